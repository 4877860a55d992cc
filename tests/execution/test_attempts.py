"""What counts as an attempt at a simulation: in virtual time."""

import asyncio
import re
from pathlib import Path

import pytest

from prefect_expres.errors import (
    JobAborted,
    JobFailed,
    JobLost,
    ResultsMissing,
    WaitTimeout,
)
from prefect_expres.execution import (
    ClientSteps,
    Submission,
)
from prefect_expres.execution.attempts import MOST_EXCLUDED
from prefect_expres.execution.events import AttemptFailed, JobChosen, JobObserved
from prefect_expres.expres import SimulationRequest
from prefect_expres.expres.run_id import RunId
from prefect_expres.uws import Phase
from tests.execution.attempted import (
    CREATE,
    OWNER,
    attempts_at,
    failing,
    finish,
)
from tests.support.listening import Told
from tests.support.virtual_jobs import CDF, VirtualJob
from tests.support.virtual_service import URL, VirtualService
from tests.support.virtual_time import in_virtual_time


@in_virtual_time
async def test_one_job_is_run_and_its_results_downloaded(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """What happened is told in order, and kept with times of phases."""
    service, told = VirtualService(executing=100.0), Told()
    finished = await finish(service, simulation, tmp_path, told=told, execution_duration=900)
    (job,) = service.jobs.values()
    assert job.given["executionDuration"] == b"900"
    assert finished.submission.job_id == finished.job.id == job.id
    assert finished.job.phase is Phase.COMPLETED
    assert [each.phase for each in finished.phases] == ["EXECUTING", "COMPLETED"]
    assert finished.phases[0].seconds == 0.0
    assert 100.0 <= finished.phases[1].seconds <= 115.0
    assert [file.name for file in finished.files] == ["io.cdf"]
    assert (tmp_path / "io.cdf").read_bytes() == CDF
    assert told.of(JobChosen) == [JobChosen("io", finished.submission.job_url)]
    looks = told.of(JobObserved)
    assert [seen.job.phase for seen in looks if seen.changed] == [Phase.EXECUTING, Phase.COMPLETED]
    assert {(seen.label, seen.job_url) for seen in looks} == {("io", finished.submission.job_url)}
    assert len(looks) > 3, "each look is told, not only changes"
    assert not told.warnings
    assert told.steps("submit") == [f"{finished.submission.job_url}, PENDING, ours"]


@in_virtual_time
async def test_whose_job_it_is_is_told(simulation: SimulationRequest, tmp_path: Path) -> None:
    """Another flow run's job is told as such."""
    service, told = VirtualService(), Told()
    service.plant(simulation, id="other", phase=Phase.EXECUTING, started=0.0)
    await finish(service, simulation, tmp_path, told=told)
    assert told.steps("submit") == [
        "http://127.0.0.1/rest/ExPRES/other, EXECUTING, of another flow run for the same simulation"
    ]


@in_virtual_time
async def test_a_failed_job_ends_the_run(simulation: SimulationRequest, tmp_path: Path) -> None:
    """With one attempt its error is the run's, and nothing is stopped: the job has ended."""
    service, told = VirtualService(), Told()
    failing(service, 1)
    with pytest.raises(JobFailed, match="ended in phase ERROR") as fault:
        await finish(service, simulation, tmp_path, told=told)
    assert fault.value.stderr == "it broke in j001"
    assert told.of(AttemptFailed) == [AttemptFailed("io", fault.value)]
    assert not told.warnings
    assert len(service.asked("POST")) == 2, "a create and a start"
    assert len(service.asked("GET $")) == 2, "for the choice only"


@in_virtual_time
async def test_as_many_jobs_may_fail_as_attempts(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """The third of three attempts is the last; a job that failed is not taken again."""
    service, told = VirtualService(), Told()
    failing(service, 2)
    finished = await finish(service, simulation, tmp_path, told=told, attempts=3)
    assert finished.submission.job_id == "j003"
    assert len(told.of(AttemptFailed)) == 2
    assert [line.endswith("ended in phase ERROR. Trying again.") for line in told.warnings] == [
        True,
        True,
    ]
    service = VirtualService()
    failing(service, 9)
    with pytest.raises(JobFailed, match="j002"):
        await finish(service, simulation, tmp_path / "two", attempts=2)
    assert len(service.asked(CREATE)) == 2


async def vanish(job: VirtualJob, service: VirtualService, how: str) -> None:
    """Have another's running job vanish."""
    await asyncio.sleep(5.0)
    if how == "deleted":
        del service.jobs[job.id]
    else:
        job.phase = Phase[how]


@pytest.mark.parametrize("how", ["ABORTED", "ARCHIVED", "deleted"])
@in_virtual_time
async def test_anothers_job_that_vanishes_does_not_count(
    simulation: SimulationRequest, tmp_path: Path, how: str
) -> None:
    """Its owner may do with it as he likes; then the run has a job of its own."""
    service = VirtualService()
    job = service.plant(simulation, phase=Phase.EXECUTING, started=0.0, executing=1e9)
    vanishing = asyncio.create_task(vanish(job, service, how))
    told = Told()
    finished = await finish(service, simulation, tmp_path, told=told)
    await vanishing
    assert finished.submission.ours
    (warning,) = told.warnings
    assert re.search(r"[^.]\. Trying again\.$", warning)


@pytest.mark.parametrize(
    ("how", "error"), [("ABORTED", JobAborted), ("ARCHIVED", JobLost), ("deleted", JobLost)]
)
@in_virtual_time
async def test_our_own_job_that_vanishes_counts(
    simulation: SimulationRequest, tmp_path: Path, how: str, error: type[Exception]
) -> None:
    """Somebody wanted it to end."""
    service = VirtualService(executing=1e9)
    async with attempts_at(service, simulation, tmp_path, timeout=1e6) as attempts:
        finishing = asyncio.create_task(attempts.finish())
        await asyncio.sleep(5.0)
        await vanish(service.jobs["j001"], service, how)
        with pytest.raises(error):
            await finishing
    assert len(service.asked(CREATE)) == 1


@in_virtual_time
async def test_anothers_job_that_fails_counts(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """The same simulation fails again."""
    service = VirtualService()
    job = service.plant(simulation, phase=Phase.EXECUTING, started=0.0)
    job.ends_in = Phase.ERROR
    with pytest.raises(JobFailed):
        await finish(service, simulation, tmp_path)
    assert not service.asked(CREATE)


@in_virtual_time
async def test_an_old_job_without_results_does_not_count(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """A job that had completed before was not run for us."""
    service, told = VirtualService(), Told()
    service.plant(simulation, phase=Phase.COMPLETED, results={})
    finished = await finish(service, simulation, tmp_path, told=told)
    assert finished.submission.job_id == "j002"
    assert len(told.of(AttemptFailed)) == 1


@in_virtual_time
async def test_a_job_that_is_gone_is_not_taken_again(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """Its list may show it for a while."""
    service = VirtualService()
    service.plant(simulation, phase=Phase.COMPLETED)
    service.trouble("GET /p001/(phase|results)", 404, times=1e9)
    assert (await finish(service, simulation, tmp_path)).submission.ours


@in_virtual_time
async def test_not_all_old_jobs_without_results_are_tried(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """After ten jobs that were excluded, the error of one more is the last."""
    service, told = VirtualService(), Told()
    for _ in range(20):
        service.plant(simulation, phase=Phase.COMPLETED, results={})
    with pytest.raises(ResultsMissing):
        await finish(service, simulation, tmp_path, told=told)
    assert len(told.of(AttemptFailed)) == MOST_EXCLUDED + 1 == 11
    assert len({event.fault.job_url for event in told.of(AttemptFailed)}) == 11


@in_virtual_time
async def test_our_own_job_without_results_counts(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """A simulation that writes no CDF writes none the second time."""
    service = VirtualService()
    async with attempts_at(service, simulation, tmp_path) as attempts:
        finishing = asyncio.create_task(attempts.finish())
        await asyncio.sleep(5.0)
        service.jobs["j001"].results = {}
        with pytest.raises(ResultsMissing):
            await finishing
    assert len(service.asked(CREATE)) == 1


@in_virtual_time
async def test_a_job_that_takes_too_long_is_stopped(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """The deadline counts from the create on, and is not an attempt."""
    service = VirtualService(executing=1e9)
    service.trouble(CREATE, seconds=30.0, status=200, delivered=True)
    with pytest.raises(WaitTimeout):
        await finish(service, simulation, tmp_path, timeout=100.0, attempts=5)
    assert service.jobs["j001"].phase is Phase.ABORTED
    assert 100.0 <= service.now() < 103.0
    assert len(service.asked(CREATE)) == 1


@in_virtual_time
async def test_a_step_has_a_second_however_late_it_is(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """The settling alone takes longer than the timeout here."""
    service = VirtualService(executing=1e9)
    with pytest.raises(WaitTimeout) as fault:
        await finish(service, simulation, tmp_path, timeout=1.0)
    assert fault.value.waited == pytest.approx(1.0)


@in_virtual_time
async def test_the_wait_lasts_an_hour_over_the_duration(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """Unless a timeout is given."""
    service = VirtualService(executing=1e9)
    with pytest.raises(WaitTimeout):
        await finish(service, simulation, tmp_path, execution_duration=700)
    assert 4300.0 <= service.now() < 4303.0


@pytest.mark.parametrize("keeps_run_ids", [True, False])
@in_virtual_time
async def test_the_name_of_the_job_tells_its_flow_run(
    simulation: SimulationRequest, tmp_path: Path, *, keeps_run_ids: bool
) -> None:
    """Hooks find the job by it, and the manifest has it also where the service forgets it."""
    service = VirtualService(keeps_run_ids=keeps_run_ids)
    finished = await finish(service, simulation, tmp_path)
    name = RunId.parse(finished.facts["run_id"])
    assert name is not None
    assert (name.owner, name.label) == (OWNER, "io")


@in_virtual_time
async def test_a_job_that_was_never_seen_is_lost() -> None:
    """It is waited for ten seconds, as a list may have a new job late."""
    service = VirtualService()
    gone = VirtualJob("gone")
    async with service.client() as client:
        submission = Submission(
            job_id=gone.id, job_url=f"{URL}/gone", run_id="", ours=True, phase=gone.phase
        )
        assert not submission.strays
        with pytest.raises(JobLost) as fault:
            await ClientSteps(client).finish(submission, "io", 600.0, 600)
    assert fault.value.job_url == f"{URL}/gone"
    assert 10.0 <= service.now() < 30.0
