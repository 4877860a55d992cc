"""Best-effort updates of Prefect's UI: they neither end a simulation nor hold it up."""

import asyncio
import contextlib
import re
from collections.abc import Iterator

import anyio
from anyio.lowlevel import RunVar

from prefect_expres.prefect_support.current_run import run_logger

LONGEST_UPDATE = 10.0
SHORTER_UPDATE = 1.0
UPDATES_AT_ONCE = 4
_OTHER = re.compile("[^a-z0-9]+", re.ASCII)
_AWAY: RunVar[bool] = RunVar("server_away")
_LIMIT: RunVar[asyncio.Semaphore] = RunVar("artifact_limit")


@contextlib.contextmanager
def best_effort() -> Iterator[None]:
    """Update the UI as far as that works in `LONGEST_UPDATE` seconds; errors are logged at DEBUG.

    A Prefect server that restarts must neither end a simulation that runs well nor hold it up:
    Prefect's client tries for a minute. After an update that took too long the next ones have less
    time, until one succeeds.
    """
    try:
        with anyio.fail_after(SHORTER_UPDATE if _AWAY.get(False) else LONGEST_UPDATE):
            yield
        _AWAY.set(False)
    except TimeoutError:
        _AWAY.set(True)
        run_logger().debug("Prefect's server did not take an update of the UI in time")
    except Exception as fault:  # noqa: BLE001 - whatever it is, it is only about the UI
        run_logger().debug("Prefect's server did not take an update of the UI: %r", fault)


def artifact_limit() -> asyncio.Semaphore:
    """Give the semaphore that lets `UPDATES_AT_ONCE` of many simulations write an artifact.

    Prefect's client has 16 connections. When the time is up for a request that has just been given
    one, but has not begun, that connection is lost to it: after hundreds of requests at once no
    connection was left, and the flow run could not tell that it had ended.
    """
    try:
        return _LIMIT.get()
    except LookupError:
        _LIMIT.set(asyncio.Semaphore(UPDATES_AT_ONCE))
        return _LIMIT.get()


def artifact_key(kind: str, label: str) -> str:
    """Name an artifact by what it shows, in the letters that Prefect allows."""
    return _OTHER.sub("-", f"{kind}-{label}".lower()).strip("-")
