"""The wait for room under the limit of active jobs."""

import itertools

import pytest

from prefect_expres.errors import ActiveJobsLimit, WaitTimeout
from prefect_expres.execution.events import StepTaken
from prefect_expres.execution.job_limit import JobLimitWait
from tests.support.listening import Told
from tests.support.no_pause import NoPause


def refusal(reason: str | None = None, retry_after: float | None = None) -> ActiveJobsLimit:
    """Give what the service says when there are too many jobs."""
    return ActiveJobsLimit("too many", "http://127.0.0.1/x", 500, reason, retry_after)


async def test_pauses_grow_until_the_deadline() -> None:
    """From two seconds on they double, up to 15; the last one ends at the deadline."""
    clock, told = NoPause(), Told()
    wait = JobLimitWait(clock, 100.0, "http://127.0.0.1/x", told)
    moments = [0.0]
    while clock.time < 100.0:
        await wait.pause(refusal())
        moments.append(clock.time)
    pauses = [after - before for before, after in itertools.pairwise(moments)]
    for pause, plain in zip(pauses, (2.0, 4.0, 8.0, 15.0, 15.0), strict=False):
        assert 0.75 * plain <= pause <= 1.25 * plain
    with pytest.raises(WaitTimeout, match="no further active job for 100 s"):
        await wait.pause(refusal())
    assert clock.time == 100.0
    assert told.events == [
        StepTaken("submit", "Waiting for the limit of active jobs: too many active jobs")
    ] * len(pauses)


async def test_the_service_may_ask_for_a_minute_at_most() -> None:
    """A longer time that it asks for is not waited in one go."""
    clock, told = NoPause(), Told()
    wait = JobLimitWait(clock, 1000.0, "http://127.0.0.1/x", told)
    await wait.pause(refusal("Maximum number", 120.0))
    assert clock.time == 60.0
    assert told.steps("submit") == ["Waiting for the limit of active jobs: Maximum number"]
    await wait.pause(refusal("Maximum number", 30.0))
    assert 90.0 <= clock.time <= 93.0


async def test_the_error_tells_what_was_waited_for() -> None:
    """And the service's own words."""
    clock = NoPause()
    wait = JobLimitWait(clock, 5.0, "http://127.0.0.1/x", Told())
    await clock.sleep(5.0)
    with pytest.raises(WaitTimeout, match=r"longer timeout\. too many") as fault:
        await wait.pause(refusal())
    assert (fault.value.job_url, fault.value.waited) == ("http://127.0.0.1/x", 5.0)
    assert fault.value.phase == "waiting for the limit of active jobs"
