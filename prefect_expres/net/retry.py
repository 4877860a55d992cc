"""Try a step again while that may help: how often, after which pause, and for how long at most."""

import itertools
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from prefect_expres.errors import ExpresError
from prefect_expres.net.clock import Clock
from prefect_expres.net.deadline import seconds_left, waits_for

ATTEMPTS = 6
BUDGET_SECONDS = 180.0
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 15.0

T = TypeVar("T")


async def persist(
    step: Callable[[], Awaitable[T]],
    clock: Clock,
    *,
    attempts: int = ATTEMPTS,
    budget: float = BUDGET_SECONDS,
    first_pause: float = FIRST_PAUSE,
) -> T:
    """Run a step that is safe to repeat, again while its error is ``retryable``.

    The deadline of what is under way holds, see `prefect_expres.net.deadline`.

    Args:
        step: Gives a fresh awaitable each time.
        clock: Sleeps between attempts.
        attempts: How often it is tried at most.
        budget: Seconds that attempts and pauses may take together.
        first_pause: Seconds before the second attempt, unless the error asks for others.

    Raises:
        ExpresError: The step's last error.
    """
    began = clock.now()
    for attempt in itertools.count(1):
        try:
            return await step()
        except ExpresError as fault:
            pause = backoff(attempt, getattr(fault, "retry_after", None), first_pause)
            spent = clock.now() - began + pause
            if not fault.retryable or attempt >= attempts or spent > budget:
                raise
            await waits_for(fault)
            left = seconds_left()
            await clock.sleep(min(pause, max(left, 0.0)))
            if pause >= left:
                raise
    raise AssertionError  # pragma: no cover - the loop returns or raises


def backoff(attempt: int, asked: float | None = None, first_pause: float = FIRST_PAUSE) -> float:
    """Give the seconds to wait before the next attempt, with jitter.

    Args:
        attempt: How many attempts have failed, at least 1.
        asked: Seconds that the service asks to wait, if it does; the jitter only adds to them.
        first_pause: The pause after one failed attempt; it doubles with each further one, up to
            `LONGEST_PAUSE`.
    """
    if asked is not None:
        return asked * random.uniform(1.0, 1.1)  # noqa: S311 - jitter is no secret
    spread = random.uniform(0.75, 1.25)  # noqa: S311 - jitter is no secret
    return min(first_pause * 2.0 ** min(attempt - 1, 20), LONGEST_PAUSE) * spread
