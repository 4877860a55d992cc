"""Call an asynchronous flow from anywhere: the one adapter between sync and async callers."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, ParamSpec, Self, TypeVar

from prefect import Flow
from prefect.context import FlowRunContext, TaskRunContext

P = ParamSpec("P")
R = TypeVar("R")


class AnywhereFlow(Flow[P, R]):
    """An asynchronous flow that is awaited by async callers and simply called by sync ones."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the flow: give a coroutine to async callers, the result to sync ones."""
        coroutine = super().__call__(*args, **kwargs)
        return coroutine if _caller_is_async() else _run(coroutine)

    def with_options(self, **options: Any) -> Self:
        """Copy the flow with other options; the copy can be called from anywhere, too."""
        changed = super().with_options(**options)
        changed.__class__ = type(self)
        return changed  # type: ignore[return-value]


def _caller_is_async() -> bool:
    """Ask the innermost run first: a sync flow may be running inside somebody's event loop."""
    task_run, flow_run = TaskRunContext.get(), FlowRunContext.get()
    if task_run is not None:
        return bool(task_run.task.isasync)
    if flow_run is not None and flow_run.flow is not None:
        return bool(flow_run.flow.isasync)
    return _loop_is_running()


def _loop_is_running() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _run(coroutine: Coroutine[Any, Any, R]) -> R:
    if not _loop_is_running():
        return asyncio.run(coroutine)
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(copy_context().run, asyncio.run, coroutine).result()


def anywhere_flow(
    **options: Any,
) -> Callable[[Callable[P, Coroutine[Any, Any, R]]], AnywhereFlow[P, R]]:
    """Decorate an async function as a flow that can be called from anywhere."""

    def decorated(function: Callable[P, Coroutine[Any, Any, R]]) -> AnywhereFlow[P, R]:
        return AnywhereFlow(function, **options)

    return decorated
