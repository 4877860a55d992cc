"""An event loop on which time passes at once: every pause is skipped, threads are waited for.

So the exact seconds of a story can be told, however many they are, and hours of waiting take as
long as the work in them. The loop asks no network: it knows the addresses of a few hosts.
"""

import asyncio
import functools
import selectors
import socket
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

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


class _Skipping(selectors.DefaultSelector):
    """Counts the seconds that it was told to wait; waits only while a thread works."""

    def __init__(self) -> None:
        super().__init__()
        self.passed = 0.0
        self.threads = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if self.threads:
            return super().select(1.0 if timeout is None else min(timeout, 1.0))
        ready = super().select(0)
        if not ready:
            assert timeout is not None, "everybody waits for something that no time brings"
            self.passed += max(timeout, 0.0)
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """Skips every pause, and knows the addresses of `HOSTS` only."""

    def __init__(self) -> None:
        self._skipping = _Skipping()
        super().__init__(self._skipping)

    def time(self) -> float:
        """Give the seconds that were skipped."""
        return self._skipping.passed

    async def getaddrinfo(self, host: Any, port: Any, **options: Any) -> Any:
        """Give the addresses of a host."""
        if host not in HOSTS:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [(0, 0, 0, "", (address, 0)) for address in HOSTS[host]]

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> asyncio.Future[Any]:
        """Run something in a thread; no time passes meanwhile."""
        self._skipping.threads += 1
        working = super().run_in_executor(executor, func, *args)
        working.add_done_callback(self._done)
        return working

    async def shutdown_default_executor(self, *args: Any) -> None:
        """End the threads."""
        self._skipping.threads += 1
        await super().shutdown_default_executor(*args)
        self._skipping.threads -= 1

    def _done(self, _: asyncio.Future[Any]) -> None:
        self._skipping.threads -= 1


class LoopClock:
    """The clock of the running loop, virtual or not."""

    def now(self) -> float:
        """Give the loop's seconds."""
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        """Let the loop's seconds pass."""
        await asyncio.sleep(max(seconds, SHORTEST_SLEEP))


def skipping_pauses(work: Coroutine[Any, Any, T]) -> T:
    """Run something on a virtual loop of its own."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work)


def in_virtual_time(story: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """Make a test of a coroutine function, which runs on a virtual loop of its own."""

    @functools.wraps(story)
    def test(*args: P.args, **kwargs: P.kwargs) -> None:
        skipping_pauses(story(*args, **kwargs))

    return test
