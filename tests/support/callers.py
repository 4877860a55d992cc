"""Plain scripts that call simulate, as users write them: ``callers.py CALLER PARAMETERS``."""

import asyncio
import json
import signal
import sys
from typing import Any

from prefect import flow

from prefect_expres.blocks import ExpresService
from prefect_expres.flows.simulate import simulate
from prefect_expres.hooks import stop_remote_jobs


@flow(on_cancellation=[stop_remote_jobs], on_crashed=[stop_remote_jobs])
def science(simulation: dict[str, Any]) -> None:
    """Call simulate from a sync flow of the user's own, with a service that was saved."""
    service = ExpresService.load(simulation["service"])
    simulate(**simulation | {"service": service})


def sync_script(simulation: dict[str, Any]) -> None:
    """Call it like a function."""
    simulate(**simulation)


def async_script(simulation: dict[str, Any]) -> None:
    """Await it."""

    async def main() -> None:
        await simulate(**simulation)

    asyncio.run(main())


def notebook(simulation: dict[str, Any]) -> None:
    """Call a sync flow while an event loop runs, as a notebook does."""

    async def main() -> None:
        science(simulation)

    asyncio.run(main())


def served(deployment: str) -> None:
    """Serve simulate."""
    simulate.serve(name=deployment)


if __name__ == "__main__":
    # A shell that starts the tests in the background has them, and so this, ignore Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    caller, given = sys.argv[1:]
    globals()[caller](json.loads(given))
    sys.stdout.write("the script has ended well\n")
