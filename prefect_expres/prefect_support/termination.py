"""SIGTERM and SIGHUP end what runs in order, wherever in its process they arrive.

Prefect's handler of SIGTERM raises an exception at whatever line is running. In a callback of the
event loop, in another asyncio task or in a finalizer, that exception only gets printed or lost, and
the flow would go on. So the event loop takes the signal instead, and cancels what is to end.
"""

import asyncio
import contextlib
import os
import signal
import threading
from collections.abc import Coroutine, Iterator
from typing import Any, TypeVar
from weakref import WeakSet

from prefect.exceptions import TerminationSignal

R = TypeVar("R")
_SET_BY_RUNNERS = "PREFECT__ENABLE_CANCELLATION_AND_CRASHED_HOOKS"
"""A variable that is "false" in each process that a runner of Prefect starts for a flow run."""
_under_way: list["asyncio.Task[Any]"] = []
_terminated: WeakSet["asyncio.Task[Any]"] = WeakSet()


async def terminable(coroutine: Coroutine[Any, Any, R]) -> R:
    """Await it; SIGTERM cancels it, and is raised when it has put things in order.

    Raises:
        TerminationSignal: The process was sent SIGTERM, or SIGHUP that was taken for it.
    """
    if not _may_be_taken():
        return await coroutine
    task = asyncio.current_task()
    assert task is not None
    with _taken_by_loop(task):
        try:
            return await coroutine
        except asyncio.CancelledError:
            if task not in _terminated:
                raise
            raise TerminationSignal(signal.SIGTERM) from None


def _may_be_taken() -> bool:
    """Say whether the handler of SIGTERM can be replaced here, and is nobody else's business.

    A runner of Prefect cancels its flow runs by a message and SIGTERM. The message is confirmed
    only while Prefect's own handler is there; a runner also kills what goes on all the same.
    """
    return (
        hasattr(signal, "SIGHUP")  # not on Windows
        and threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGTERM) not in (None, signal.SIG_IGN)
        and os.environ.get(_SET_BY_RUNNERS) != "false"
    )


@contextlib.contextmanager
def _taken_by_loop(task: "asyncio.Task[Any]") -> Iterator[None]:
    """Have the event loop take SIGTERM, for this and whatever else it does so for already."""
    loop, before = asyncio.get_running_loop(), signal.getsignal(signal.SIGTERM)
    _under_way.append(task)
    loop.add_signal_handler(signal.SIGTERM, _cancel)
    try:
        yield
    finally:
        _under_way.remove(task)
        if not _under_way:
            loop.remove_signal_handler(signal.SIGTERM)
        signal.signal(signal.SIGTERM, before)


def _cancel() -> None:
    """Cancel what is under way, once: what ends already is not disturbed."""
    for task in set(_under_way) - set(_terminated):
        _terminated.add(task)
        task.cancel()


@contextlib.contextmanager
def hangup_terminates() -> Iterator[None]:
    """Take SIGHUP of a closed terminal for SIGTERM; who has set another handler keeps it."""
    hangup = getattr(signal, "SIGHUP", None)  # Windows has none
    main = threading.current_thread() is threading.main_thread()
    if hangup is None or not main or signal.getsignal(hangup) is not signal.SIG_DFL:
        yield
        return
    signal.signal(hangup, _terminate)
    try:
        yield
    finally:
        signal.signal(hangup, signal.SIG_DFL)


def _terminate(number: int, frame: Any) -> None:
    signal.raise_signal(signal.SIGTERM)
