"""An asynchronous flow that sync and async callers use alike."""

from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, Self, TypeVar, overload

from prefect import Flow

from prefect_expres.prefect_support.sync_call import call_from_anywhere

P = ParamSpec("P")
R = TypeVar("R")


class SyncCompatibleFlow(Flow[P, R]):
    """An asynchronous flow that is awaited by async callers and simply called by sync ones.

    Its parameters are checked by type checkers. Its result is ``Any`` to them: who calls it
    decides whether that is a coroutine or the value.
    """

    @overload
    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Any: ...

    @overload
    def __call__(
        self, *args: Any, return_state: bool, wait_for: Any = None, **kwargs: Any
    ) -> Any: ...

    @overload
    def __call__(self, *args: Any, wait_for: Any, **kwargs: Any) -> Any: ...

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the flow: give a coroutine to async callers, the result to sync ones."""
        return call_from_anywhere(super().__call__(*args, **kwargs))

    def with_options(self, **options: Any) -> Self:
        """Copy the flow with other options; the copy can be called from anywhere, too."""
        changed = super().with_options(**options)
        changed.__class__ = type(self)
        return changed  # type: ignore[return-value]


def sync_compatible_flow(
    **options: Any,
) -> Callable[[Callable[P, Coroutine[Any, Any, R]]], SyncCompatibleFlow[P, R]]:
    """Decorate an async function as a flow that can be called from anywhere."""

    def decorated(function: Callable[P, Coroutine[Any, Any, R]]) -> SyncCompatibleFlow[P, R]:
        return SyncCompatibleFlow(function, **options)

    return decorated
