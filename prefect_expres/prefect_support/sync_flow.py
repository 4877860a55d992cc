"""An asynchronous flow that sync and async callers use alike."""

import functools
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, Literal, ParamSpec, Self, TypeVar, overload

from prefect import Flow, State
from prefect.context import FlowRunContext
from prefect.exceptions import ParameterTypeError
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from prefect_expres.errors import UsageError
from prefect_expres.prefect_support.current_run import note_own_run
from prefect_expres.prefect_support.lost_server import noted, result_of
from prefect_expres.prefect_support.sync_call import Called, call_from_anywhere
from prefect_expres.prefect_support.termination import hangup_terminates, terminable

P = ParamSpec("P")
R = TypeVar("R")


class SyncCompatibleFlow(Flow[P, R]):
    """An asynchronous flow that is awaited by async callers and simply called by sync ones."""

    @overload
    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Called[R]: ...

    @overload
    def __call__(
        self, *args: Any, return_state: Literal[True], **kwargs: Any
    ) -> Called[State[R]]: ...

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the flow: give a coroutine to async callers, the result to sync ones."""
        running = super().__call__(*args, **kwargs)
        if not kwargs.get("return_state"):
            running = result_of(self.name, running)
        return call_from_anywhere(running)

    def validate_parameters(self, parameters: dict[str, Any]) -> dict[str, Any]:
        """Check what the flow is given, and convert it; what is wrong is told once.

        Raises:
            UsageError: A parameter is wrong, or names a block that is not there.
        """
        try:
            return super().validate_parameters(parameters)
        except ParameterTypeError as fault:
            wrong = "\n".join(f"  {line}" for line in _reasons(fault))
            msg = f"The flow {self.name} cannot be run with these parameters:\n{wrong}"
            raise UsageError(msg) from None

    def with_options(self, **options: Any) -> Self:
        """Copy the flow with other options; the copy can be called from anywhere, too."""
        changed = super().with_options(**options)
        changed.__class__ = type(self)
        return changed  # type: ignore[return-value]


def _reasons(fault: ParameterTypeError) -> Iterator[str]:
    """Give one reason for each parameter: a union has one for each of its members."""
    cause = fault.__cause__ or fault.__context__
    if not isinstance(cause, ValidationError):
        yield str(cause or fault)
        return
    by_parameter: dict[str, list[ErrorDetails]] = {}
    for error in cause.errors():
        by_parameter.setdefault(str(error["loc"][0]), []).append(error)
    for name, errors in by_parameter.items():
        # The member that was meant is the one into which the check went deepest.
        meant = max(errors, key=lambda error: len(error["loc"]))
        yield f"{name}: {meant['msg'].removeprefix('Value error, ')}"


def sync_compatible_flow(
    **options: Any,
) -> Callable[[Callable[P, Coroutine[Any, Any, R]]], SyncCompatibleFlow[P, R]]:
    """Decorate an async function as a flow that can be called from anywhere.

    Its result is kept as JSON in Prefect's result storage, so that other processes can ask for it.

    Args:
        options: The options of Prefect's own decorator, as ``name`` and ``on_crashed``.
    """

    def decorated(function: Callable[P, Coroutine[Any, Any, R]]) -> SyncCompatibleFlow[P, R]:
        return SyncCompatibleFlow(
            _as_own_run(function), persist_result=True, result_serializer="json", **options
        )

    return decorated


def _as_own_run(
    function: Callable[P, Coroutine[Any, Any, R]],
) -> Callable[P, Coroutine[Any, Any, R]]:
    """Run a flow's function so that hooks know it, and signals end it in order.

    Its tasks keep their results if they say so, not since the flow keeps its own.
    """

    @functools.wraps(function)
    async def run(*args: P.args, **kwargs: P.kwargs) -> R:
        flow_run = FlowRunContext.get()
        if flow_run is None:
            return await function(*args, **kwargs)
        note_own_run()
        with flow_run.model_copy(update={"persist_result": False}), hangup_terminates():
            return await noted(terminable(function(*args, **kwargs)))

    return run
