"""Tests on a loop on which time passes at once, and which finds hosts without a network."""

import asyncio
import functools
import socket
from collections.abc import Callable, Coroutine
from typing import Any

from tests.benchmarks.virtual_time import VirtualLoop

SHORTEST_SLEEP = 1e-6
"""As on a real machine, time passes with every sleep, however short."""

HOSTS = {
    "files.example.org": ["93.184.216.34"],
    "six.example.org": ["2606:2800:220:1::1"],
    "inside.example.org": ["10.1.2.3"],
    "both.example.org": ["93.184.216.34", "10.1.2.3"],
    "uws.example.org": ["93.184.216.35"],
}
"""Names and addresses that the loop knows; all others are not found."""


class LoopClock:
    """The clock of the running loop."""

    def now(self) -> float:
        """Give the loop's seconds."""
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        """Let the loop's seconds pass."""
        await asyncio.sleep(max(seconds, SHORTEST_SLEEP))


class OfflineLoop(VirtualLoop):
    """Knows the addresses of `HOSTS`, and asks nobody."""

    async def getaddrinfo(self, host: Any, port: Any, **options: Any) -> Any:
        """Give the addresses of a host."""
        if host not in HOSTS:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [(0, 0, 0, "", (address, 0)) for address in HOSTS[host]]


def in_virtual_time(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Run a test on a loop of its own on which pauses take no time."""

    @functools.wraps(test)
    def run(*args: Any, **options: Any) -> None:
        with asyncio.Runner(loop_factory=OfflineLoop) as runner:
            runner.run(test(*args, **options))

    return run
