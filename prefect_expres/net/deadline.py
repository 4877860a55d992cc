"""The deadline of what is under way, over all its requests and retries.

Whoever has a deadline sets it with `within`; what is called inside, directly or in tasks, keeps to
it without being told.
"""

import asyncio
import contextlib
import math
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextvars import ContextVar

from prefect_expres.net.clock import Clock

NOTICE_SECONDS = 5.0
LAST_REQUEST_SECONDS = 1.0
"""A request has as much time, however late it is sent: the last look at a job is worth it."""


class Deadline:
    """A deadline, and who is told of what is waited for.

    Args:
        clock: Gives the time.
        seconds: How long until the deadline.
        tell: Is told with a line for people, at the first error and then every few seconds; by
            default, whoever set the deadline around this one.
    """

    def __init__(
        self, clock: Clock, seconds: float, tell: Callable[[str], Awaitable[None]] | None = None
    ) -> None:
        self._clock = clock
        self._began = clock.now()
        self._seconds = seconds
        self._tell = tell
        self._told = -math.inf
        self.outer: Deadline | None = None

    @property
    def left(self) -> float:
        """The seconds that are left; below zero after the deadline."""
        left = self._began + self._seconds - self._clock.now()
        return left if self.outer is None else min(left, self.outer.left)

    async def waits_for(self, what: object) -> None:
        """Tell what is waited for, unless something was told a moment ago."""
        if self._tell is None:
            if self.outer is not None:
                await self.outer.waits_for(what)
            return
        now = self._clock.now()
        if now - self._told < NOTICE_SECONDS:
            return
        self._told = now
        await self._tell(
            f"Waiting since {now - self._began:.0f} s, at most {self._seconds:.0f} s: {what}"
        )

    @contextlib.asynccontextmanager
    async def told_about(self, what: str) -> AsyncIterator[None]:
        """Tell what is waited for every few seconds, as long as nothing else is told."""
        telling = asyncio.ensure_future(self._repeat(what))
        try:
            yield
        finally:
            telling.cancel()
            await asyncio.wait({telling})

    async def _repeat(self, what: str) -> None:
        while True:
            await self._clock.sleep(NOTICE_SECONDS)
            await self.waits_for(what)


_current: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


@contextlib.contextmanager
def within(deadline: Deadline) -> Iterator[None]:
    """Keep everything that is called inside to a deadline, and to those around it."""
    deadline.outer = _current.get()
    token = _current.set(deadline)
    try:
        yield
    finally:
        _current.reset(token)


def seconds_left() -> float:
    """Give the seconds until the deadline of what is under way; infinite if it has none."""
    deadline = _current.get()
    return math.inf if deadline is None else deadline.left


def seconds_for_request(usual: float) -> float:
    """Give the seconds that a request may take, which are fewer before a deadline."""
    return min(usual, max(seconds_left(), LAST_REQUEST_SECONDS))


async def waits_for(fault: Exception) -> None:
    """Tell whoever waits that something failed and is tried again."""
    deadline = _current.get()
    if deadline is not None:
        await deadline.waits_for(fault)
