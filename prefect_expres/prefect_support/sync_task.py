"""An asynchronous task that sync and async callers use alike."""

from collections.abc import Callable, Coroutine
from typing import Any, Literal, ParamSpec, Self, TypeVar, overload

from prefect import State, Task

from prefect_expres.prefect_support.sync_call import Called, call_from_anywhere

P = ParamSpec("P")
R = TypeVar("R")


class SyncCompatibleTask(Task[P, R]):
    """An asynchronous task that is awaited by async callers and simply called by sync ones.

    Prefect gives the coroutine of an async task to a sync flow, too, which then completes without
    it.
    """

    fn: Callable[P, Coroutine[Any, Any, R]]  # type: ignore[assignment]

    def __init__(self, fn: Callable[P, Coroutine[Any, Any, R]], **options: Any) -> None:
        super().__init__(fn, **options)  # type: ignore[arg-type]

    @overload  # type: ignore[override] # Prefect's own gives a coroutine or a value
    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Called[R]: ...

    @overload
    def __call__(
        self, *args: Any, return_state: Literal[True], **kwargs: Any
    ) -> Called[State[R]]: ...

    @overload
    def __call__(self, *args: Any, wait_for: Any, **kwargs: Any) -> Called[R]: ...

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the task: give a coroutine to async callers, the result to sync ones."""
        return call_from_anywhere(self.run_async(*args, **kwargs))

    def run_async(self, *args: Any, **kwargs: Any) -> Any:
        """Run the task as Prefect does: give its coroutine."""
        return super().__call__(*args, **kwargs)

    def with_options(self, **options: Any) -> Self:
        """Copy the task with other options; the copy can be called from anywhere, too."""
        changed = super().with_options(**options)
        changed.__class__ = type(self)
        return changed  # type: ignore[return-value]


def sync_compatible_task(
    **options: Any,
) -> Callable[[Callable[P, Coroutine[Any, Any, R]]], SyncCompatibleTask[P, R]]:
    """Decorate an async function as a task that can be called from anywhere.

    Args:
        options: The options of Prefect's own decorator, as ``name`` and ``cache_policy``.
    """

    def decorated(function: Callable[P, Coroutine[Any, Any, R]]) -> SyncCompatibleTask[P, R]:
        return SyncCompatibleTask(function, **options)

    return decorated
