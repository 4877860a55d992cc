"""Try a step again while that may help: the one place that decides how often and when."""

import itertools
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from prefect_expres.errors import ExpresError
from prefect_expres.net.clock import Clock

ATTEMPTS = 6
BUDGET_SECONDS = 180.0
LONGEST_PAUSE = 15.0

T = TypeVar("T")


async def persist(
    step: Callable[[], Awaitable[T]],
    clock: Clock,
    *,
    attempts: int = ATTEMPTS,
    budget: float = BUDGET_SECONDS,
) -> T:
    """Do a step that is safe to repeat, again while its error says that this may help.

    Args:
        step: Gives a fresh awaitable each time.
        clock: Sleeps between attempts.
        attempts: How often it is tried at most.
        budget: Seconds that attempts and pauses may take together.

    Raises:
        ExpresError: The step's last error.
    """
    began = clock.now()
    for attempt in itertools.count(1):
        try:
            return await step()
        except ExpresError as fault:
            pause = backoff(attempt, getattr(fault, "retry_after", None))
            spent = clock.now() - began + pause
            if not fault.retryable or attempt >= attempts or spent > budget:
                raise
            await clock.sleep(pause)
    raise AssertionError  # pragma: no cover - the loop returns or raises


def backoff(attempt: int, asked: float | None = None) -> float:
    """Seconds before the next attempt: what the service asked for, else 0.5, 1, 2 …; with jitter.

    The jitter never goes below what was asked for.
    """
    if asked is not None:
        return asked * random.uniform(1.0, 1.1)  # noqa: S311 - jitter is no secret
    spread = random.uniform(0.75, 1.25)  # noqa: S311 - jitter is no secret
    return min(0.5 * 2.0 ** min(attempt - 1, 20), LONGEST_PAUSE) * spread
