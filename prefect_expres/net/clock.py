"""The one place where this package sleeps, and the clock that its deadlines use."""

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """Tells seconds that only ever grow, and sleeps."""

    def now(self) -> float:
        """Seconds since some fixed moment."""

    async def sleep(self, seconds: float) -> None:
        """Let so many seconds pass."""


class MonotonicClock:
    """The machine's monotonic clock."""

    def now(self) -> float:
        """Seconds since some fixed moment."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Let so many seconds pass."""
        await asyncio.sleep(seconds)
