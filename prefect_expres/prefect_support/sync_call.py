"""Call what is asynchronous from anywhere: the one adapter between sync and async callers."""

import asyncio
import contextlib
import signal
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from prefect.context import FlowRunContext, TaskRunContext
from prefect.exceptions import TerminationSignal

from prefect_expres.prefect_support.termination import hangup_terminates, terminable

R = TypeVar("R")

if TYPE_CHECKING:

    class Called(Awaitable[R], Any):  # type: ignore[misc] # it is to be taken for any value, too
        """What a call gives, as type checkers see it: awaited it is R, else anything.

        No type says "R for sync callers, an awaitable for async ones", and a union of the two can
        be neither used nor awaited before it is told apart. So ``await simulate(...)`` has the
        exact type, and the value of a sync call is taken for what it is used or annotated as:
        ``result: SimulationResult = simulate(...)``.
        """

else:

    class Called(Generic[R]):
        """What a call gives to type checkers; no value has this type."""


def call_from_anywhere(coroutine: Coroutine[Any, Any, R]) -> Coroutine[Any, Any, R] | R:
    """Give an async caller the coroutine to await, and a sync caller its result."""
    return coroutine if _caller_is_async() else run_here(coroutine)


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


def run_here(coroutine: Coroutine[Any, Any, R]) -> R:
    """Run what is asynchronous to its end; a signal that has ended it ends the process, too."""
    try:
        return _run_beside(coroutine) if _loop_is_running() else asyncio.run(terminable(coroutine))
    except KeyboardInterrupt:
        # What was under way when the user stopped it is no fault to be traced.
        raise KeyboardInterrupt from None
    except TerminationSignal as ended:
        # Prefect has given its handler back, which by default ends the process without a trace.
        signal.raise_signal(ended.signal)
        raise


def _run_beside(coroutine: Coroutine[Any, Any, R]) -> R:
    """Run it in a thread of its own, while the running event loop of this thread stands still.

    Ctrl-C and Prefect's signals interrupt this thread only; from here the other one is cancelled,
    and waited for, since it has its jobs to stop.
    """
    cancel: Future[Callable[[], object]] = Future()

    async def cancellable() -> R:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None
        cancel.set_result(lambda: loop.call_soon_threadsafe(task.cancel))
        return await coroutine

    with _interrupt_raises(), hangup_terminates(), ThreadPoolExecutor(max_workers=1) as pool:
        running = pool.submit(copy_context().run, asyncio.run, cancellable())
        try:
            return running.result()
        except BaseException:
            if not running.done():
                cancel.result()()
            raise


@contextlib.contextmanager
def _interrupt_raises() -> Iterator[None]:
    """Have Ctrl-C raise at once: the handler of a running loop would wait for that loop."""
    handler = signal.getsignal(signal.SIGINT)
    if not callable(handler) or threading.current_thread() is not threading.main_thread():
        yield
        return
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
