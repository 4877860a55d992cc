"""The monotonic clock that all pauses and deadlines use; tests inject their own."""

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """Gives seconds that never go back, and sleeps."""

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
