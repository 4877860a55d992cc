"""When the phases of a job were first seen, as its manifest tells."""

import pytest

from prefect_expres.errors import JobFailed
from prefect_expres.execution import PhaseTime
from prefect_expres.execution.events import JobObserved
from prefect_expres.execution.steps import finish
from prefect_expres.uws import ErrorSummary, Job, Observation, Phase
from prefect_expres.uws.waiting import Observer
from tests.support.listening import Told
from tests.support.virtual_service import URL, VirtualService

LOOKS = [
    (Phase.QUEUED, 0.0),
    (Phase.QUEUED, 1.0),
    (Phase.EXECUTING, 2.34567),
    (Phase.EXECUTING, 3.0),
    (Phase.EXECUTING, 4.0),
    (Phase.COMPLETED, 9.87651),
]


async def test_a_phase_counts_from_its_first_sight() -> None:
    """To the millisecond; each look is told, and whether it showed another phase."""

    async def wait(*, on_progress: Observer) -> Job:
        for phase, elapsed in LOOKS:
            await on_progress(Observation(Job(id="a1", phase=phase), elapsed))
        return Job(id="a1", phase=Phase.COMPLETED)

    told = Told()
    async with VirtualService().client() as client:
        job, phases = await finish(client, "a1", "io", wait, told)
    assert job == Job(id="a1", phase=Phase.COMPLETED)
    assert phases == (
        PhaseTime(phase="QUEUED", seconds=0.0),
        PhaseTime(phase="EXECUTING", seconds=2.346),
        PhaseTime(phase="COMPLETED", seconds=9.877),
    )
    assert [(each.label, each.job_url) for each in told.of(JobObserved)] == [
        ("io", f"{URL}/a1")
    ] * len(LOOKS)
    assert [(each.job.phase, each.elapsed) for each in told.of(JobObserved)] == LOOKS
    assert [each.changed for each in told.of(JobObserved)] == [
        True,
        False,
        True,
        False,
        False,
        True,
    ]


async def test_the_summary_of_an_error_is_told() -> None:
    """Also where the service has no other resource for it."""

    async def wait(*, on_progress: Observer) -> Job:
        return Job(id="a1", phase=Phase.ERROR, error_summary=ErrorSummary(message="no such field"))

    async with VirtualService().client() as client:
        with pytest.raises(JobFailed, match="ended in phase ERROR") as fault:
            await finish(client, "a1", "io", wait)
    assert (fault.value.job_url, fault.value.error) == (f"{URL}/a1", "no such field")
