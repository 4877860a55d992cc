"""Tests in virtual time: every pause is skipped, and threads are waited for.

So the exact seconds of a story can be told, however many they are.
"""

import asyncio
import functools
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec

P = ParamSpec("P")


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


class _VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._skipping = _Skipping()
        super().__init__(self._skipping)

    def time(self) -> float:
        return self._skipping.passed

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
        await asyncio.sleep(seconds)


def in_virtual_time(story: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """Make a test of a coroutine function, which runs on a virtual loop of its own."""

    @functools.wraps(story)
    def test(*args: P.args, **kwargs: P.kwargs) -> None:
        with asyncio.Runner(loop_factory=_VirtualLoop) as runner:
            runner.run(story(*args, **kwargs))

    return test
