"""An event loop on which time passes at once, and the clock that tells its time.

Hours of waiting take as long as the work in them. Nothing outside may be waited for: no network,
no thread.
"""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class _NoWaiting(selectors.DefaultSelector):
    """Counts the seconds that it was told to wait, and does not wait."""

    def __init__(self) -> None:
        super().__init__()
        self.passed = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready:
            assert timeout is not None, "everybody waits for something that no time brings"
            self.passed += max(timeout, 0.0)
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """Skips every pause."""

    def __init__(self) -> None:
        self._skipping = _NoWaiting()
        super().__init__(self._skipping)

    def time(self) -> float:
        """Give the seconds that were skipped."""
        return self._skipping.passed


class LoopClock:
    """The clock of the running loop, virtual or not."""

    def now(self) -> float:
        """Give the loop's seconds."""
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        """Let the loop's seconds pass."""
        await asyncio.sleep(seconds)


def skipping_pauses(work: Coroutine[Any, Any, T]) -> T:
    """Run something on a virtual loop of its own."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work)
