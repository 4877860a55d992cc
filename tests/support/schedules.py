"""Random schedules of faults, and the way of a simulation through them."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from prefect_expres.errors import ExpresError
from prefect_expres.execution import (
    Election,
    Event,
    RunOptions,
    ensure_started,
    fetch_results,
    stop_jobs,
)
from prefect_expres.expres import SimulationRequest
from prefect_expres.net.retry import backoff
from prefect_expres.storage import StoredFile
from prefect_expres.uws import Phase, UWSClient, wait_for
from tests.support.proxy import Fault

T = TypeVar("T")
LONGEST_SCHEDULE = 40
LONGEST_RUN_OF_FAULTS = 3
STEP_TRIES = 6


class HurriedClock:
    """The machine's clock on which sleeping takes a part of the time that it should."""

    def __init__(self, hurry: float) -> None:
        self._hurry = hurry

    def now(self) -> float:
        """Give the seconds that would have passed."""
        return asyncio.get_running_loop().time() * self._hurry

    async def sleep(self, seconds: float) -> None:
        """Let a part of the seconds pass."""
        await asyncio.sleep(seconds / self._hurry)


def schedule_of(chance: random.Random, late_seconds: float) -> Iterator[Fault]:
    """Draw a schedule: faults and passes, at most three faults in a row."""
    share, in_a_row = chance.uniform(0.1, 0.7), 0
    for _ in range(chance.randrange(LONGEST_SCHEDULE)):
        if in_a_row == LONGEST_RUN_OF_FAULTS or chance.random() > share:
            in_a_row = 0
            yield Fault("pass")
        else:
            in_a_row += 1
            yield _fault_of(chance, late_seconds)


def _fault_of(chance: random.Random, late_seconds: float) -> Fault:
    kinds = {
        Fault("delay", seconds=chance.uniform(0.0, 0.1)): 2,
        Fault("late", seconds=late_seconds): 0.3,
        Fault("reset"): 2,
        Fault("lost"): 3,
        Fault("cut", part=chance.random()): 3,
        Fault("status", status=chance.choice([500, 502, 503, 504])): 2,
        Fault("status", status=chance.choice([429, 503]), retry_after=chance.randrange(3)): 1,
        Fault("lost status", status=chance.choice([500, 502, 503])): 2,
        Fault("stale"): 2,
        Fault("not yet"): 1,
    }
    return chance.choices(list(kinds), weights=list(kinds.values()))[0]


async def brought_home(
    client: UWSClient,
    request: SimulationRequest,
    owner: str,
    folder: Path,
    notices: list[str],
    **election: Any,
) -> list[StoredFile]:
    """Go the way of a simulation, each step tried again as the flow's tasks are."""

    async def tell(event: Event) -> None:
        notices.append(repr(event))

    async def submitted() -> Any:
        asked = {"execution_duration": 60, "timeout": 600.0} | election
        return await Election(client, request, RunOptions(owner, **asked), tell=tell).submit()

    async def started() -> Phase:
        return await ensure_started(client, submission, timeout=600.0, tell=tell)

    async def fetched() -> list[StoredFile]:
        return await fetch_results(client, submission.job_id, str(folder))

    submission = await _persistently(client, submitted)
    await _persistently(client, started)
    job = await wait_for(client, submission.job_id, timeout=600.0)
    assert job.phase is Phase.COMPLETED, job
    files = await _persistently(client, fetched)
    if submission.strays:
        await _persistently(client, lambda: stop_jobs(client, owner))
    return files


async def _persistently(client: UWSClient, step: Callable[[], Awaitable[T]]) -> T:
    for attempt in range(1, STEP_TRIES + 1):
        try:
            return await step()
        except ExpresError as fault:
            if not fault.retryable or attempt == STEP_TRIES:
                raise
            await client.clock.sleep(backoff(attempt + 2))
    raise AssertionError
