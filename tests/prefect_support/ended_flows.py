"""Flows that are sent a signal while their process is within what hides exceptions."""

import asyncio
import os
import signal
import sys

from prefect_expres.prefect_support.sync_flow import sync_compatible_flow


class Closing:
    """It is sent a signal while it is cleared away, where exceptions are only printed."""

    def __init__(self, number: int) -> None:
        self._number = number

    def __del__(self) -> None:
        os.kill(os.getpid(), self._number)


async def _elsewhere() -> None:
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.sleep(0)


def _send(where: str) -> None:
    loop = asyncio.get_running_loop()
    match where:
        case "callback":
            loop.call_soon(os.kill, os.getpid(), signal.SIGTERM)
        case "finalizer":
            Closing(signal.SIGTERM)
        case "hangup":
            Closing(signal.SIGHUP)
        case _:
            loop.sent = loop.create_task(_elsewhere())  # type: ignore[attr-defined] # kept alive


@sync_compatible_flow(name="sends itself a signal")
async def interrupted(where: str) -> None:
    """Wait for long, and put things in order at the end, which takes a moment."""
    _send(where)
    try:
        await asyncio.sleep(60)
    finally:
        await asyncio.sleep(0.2)
        sys.stderr.write("in order\n")


@sync_compatible_flow(name="calls a flow")
async def outer(where: str) -> None:
    """Run the other flow as a subflow."""
    try:
        await interrupted(where)
    finally:
        await asyncio.sleep(0.2)
        sys.stderr.write("all in order\n")


async def _script(where: str) -> None:
    await outer(where)


if __name__ == "__main__":
    how, moment = sys.argv[1:]
    if how == "sync":
        outer(moment)
    else:
        asyncio.run(_script(moment))
