"""A flow run whose function has ended, while Prefect's server is gone for good.

Its results are there; only the server cannot be told of it.
"""

import contextlib
from collections.abc import Awaitable
from contextvars import ContextVar
from typing import Any, TypeVar

import httpx

from prefect_expres.prefect_support.current_run import run_logger

R = TypeVar("R")
_returned: ContextVar[list[Any] | None] = ContextVar("returned", default=None)
_lost: list[str] = []


async def noted(function: Awaitable[R]) -> R:
    """Await the function of a flow, and note what it returns or raises."""
    outcome: R | Exception
    try:
        outcome = await function
    except Exception as fault:
        _note(fault)
        raise
    _note(outcome)
    return outcome


def _note(outcome: object) -> None:
    returned = _returned.get()
    if returned is not None:
        returned.append(outcome)


def server_was_lost() -> bool:
    """Say whether a flow run of this process could not tell Prefect's server of its end."""
    return bool(_lost)


async def result_of(name: str, running: Awaitable[R]) -> R:
    """Give the result of a flow run; if only the server could not be told of it, log that.

    Args:
        name: The flow's name.
        running: Runs the flow.
    """
    returned: list[R | Exception] = []
    token = _returned.set(returned)
    try:
        return await running
    except httpx.TransportError:
        if not returned:
            raise
        _lost.append(name)
        run_logger().warning(
            "The flow %s has ended, but Prefect's server does not answer any more. It will show "
            "the run as running until you set its state",
            name,
        )
        outcome = returned[-1]
        if isinstance(outcome, Exception):
            raise outcome from None
        return outcome
    finally:
        with contextlib.suppress(ValueError):  # closed elsewhere
            _returned.reset(token)
