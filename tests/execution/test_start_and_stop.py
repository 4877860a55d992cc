"""Who starts a job and when, and which jobs are stopped: in virtual time."""

import asyncio
from uuid import uuid4

import pytest

from prefect_expres.errors import (
    JobLost,
    JobNotFound,
    ServiceError,
    Unreachable,
    WaitTimeout,
)
from prefect_expres.execution import Submission, ensure_started, stop_jobs
from prefect_expres.execution.start import SECONDS_FOR_CREATOR, SPREAD
from prefect_expres.execution.steps import start
from prefect_expres.execution.stop import stop_job
from prefect_expres.expres import SimulationRequest
from prefect_expres.expres.run_id import RunId, owner_of
from prefect_expres.uws import Phase
from tests.execution.elections import LIMIT
from tests.support.listening import Told
from tests.support.virtual_jobs import VirtualJob
from tests.support.virtual_service import URL, VirtualService
from tests.support.virtual_time import in_virtual_time

OWNER = "0123456789abcdefghijkQ"


def chosen(job: VirtualJob, *, ours: bool) -> Submission:
    """Give the submission that has chosen a job."""
    return Submission(
        job_id=job.id, job_url=f"{URL}/{job.id}", run_id=job.run_id, ours=ours, phase=job.phase
    )


def own(service: VirtualService, simulation: SimulationRequest, phase: Phase) -> VirtualJob:
    """Add a job of the flow run `OWNER`."""
    name = RunId.new(simulation.label, simulation.fingerprint, OWNER)
    return service.plant(simulation, run_id=str(name), phase=phase, started=0.0)


@in_virtual_time
async def test_our_own_job_is_started_at_once(simulation: SimulationRequest) -> None:
    """Its creator waits for nobody."""
    service, told = VirtualService(), Told()
    job = service.plant(simulation)
    async with service.client() as client:
        submission = chosen(job, ours=True)
        phase = await ensure_started(client, submission, timeout=60, tell=told)
    assert (phase, job.started) == (Phase.EXECUTING, 0.0)
    assert told.events == []


@pytest.mark.parametrize("phase", [Phase.QUEUED, Phase.EXECUTING, Phase.COMPLETED])
@in_virtual_time
async def test_a_job_that_was_started_is_left(simulation: SimulationRequest, phase: Phase) -> None:
    """Nothing is asked about it."""
    service = VirtualService()
    job = service.plant(simulation, phase=phase)
    async with service.client() as client:
        submission = chosen(job, ours=True)
        assert await ensure_started(client, submission, timeout=60) is phase
    assert service.requests == []


@in_virtual_time
async def test_anothers_job_is_started_when_its_creator_had_time(
    simulation: SimulationRequest,
) -> None:
    """Those who wait look once a second, and do not start it at one moment."""
    moments = []
    for _ in range(20):
        service, told = VirtualService(), Told()
        job = service.plant(simulation)
        began = service.now()
        async with service.client() as client:
            submission = chosen(job, ours=False)
            await start(client, submission, 60, told)
        assert job.started is not None
        moments.append(job.started - began)
        looks = [moment - began for moment in service.asked(f"GET /{job.id}/phase")]
        assert looks[:4] == pytest.approx([0.0, 1.0, 2.0, 3.0])
        assert told.steps("submit") == [
            f"Starting {submission.job_url}: the flow run that created it has not"
        ]
    assert min(moments) >= SECONDS_FOR_CREATOR
    assert max(moments) <= SECONDS_FOR_CREATOR + SPREAD + 1.0
    assert max(moments) - min(moments) > SPREAD / 4
    assert (SECONDS_FOR_CREATOR, SPREAD) == (15.0, 10.0)


@in_virtual_time
async def test_anothers_job_is_left_when_its_creator_starts_it(
    simulation: SimulationRequest,
) -> None:
    """What leaves PENDING meanwhile is not started again."""
    service = VirtualService()
    job = service.plant(simulation)

    async def create_and_start() -> None:
        await asyncio.sleep(9.5)
        job.phase, job.started = Phase.EXECUTING, 9.5

    creator = asyncio.create_task(create_and_start())
    async with service.client() as client:
        phase = await ensure_started(client, chosen(job, ours=False), timeout=60)
    await creator
    assert (phase, service.now()) == (Phase.EXECUTING, 10.0)
    assert not service.asked("POST")


@in_virtual_time
async def test_a_start_waits_for_the_limit_of_active_jobs(simulation: SimulationRequest) -> None:
    """Pauses grow to a minute at most; each is told with the service's words."""
    service, told = VirtualService(), Told()
    job = service.plant(simulation)
    service.trouble("POST", 500, LIMIT, times=12)
    async with service.client() as client:
        submission = chosen(job, ours=True)
        assert await ensure_started(client, submission, timeout=3600, tell=told) is Phase.EXECUTING
    assert told.steps("submit") == [f"Waiting for the limit of active jobs: {LIMIT}"] * len(
        told.events
    )
    assert told.events


@in_virtual_time
async def test_a_start_ends_at_its_deadline(simulation: SimulationRequest) -> None:
    """The error says what to do, for how long was waited, and for what."""
    service = VirtualService()
    job = service.plant(simulation)
    service.trouble("POST", 500, LIMIT, times=1e9)
    async with service.client() as client:
        with pytest.raises(WaitTimeout, match="longer timeout") as fault:
            await ensure_started(client, chosen(job, ours=True), timeout=300.0)
    assert (fault.value.job_url, fault.value.waited) == (f"{URL}/{job.id}", 300.0)
    assert fault.value.phase == "waiting for the limit of active jobs"
    assert 300.0 <= service.now() < 500.0


@in_virtual_time
async def test_a_job_that_was_withdrawn_is_lost(simulation: SimulationRequest) -> None:
    """The step tells it as the error of a job, after which another attempt may follow."""
    service = VirtualService()
    job = service.plant(simulation)
    del service.jobs[job.id]
    for ours in (True, False):
        submission = chosen(job, ours=ours)
        async with service.client() as client:
            with pytest.raises(JobNotFound):
                await ensure_started(client, submission, timeout=60)
            with pytest.raises(JobLost, match="Run the simulation again") as fault:
                await start(client, submission, 60)
        assert fault.value.job_url == submission.job_url


@in_virtual_time
async def test_only_the_flow_runs_own_unfinished_jobs_are_stopped(
    simulation: SimulationRequest, observed: SimulationRequest
) -> None:
    """Others' jobs are not touched, nor what has ended; PENDING jobs are deleted."""
    service = VirtualService()
    running = own(service, simulation, Phase.EXECUTING)
    pending = own(service, observed, Phase.PENDING)
    own(service, simulation, Phase.COMPLETED)
    other = service.plant(simulation, phase=Phase.EXECUTING, started=0.0)
    async with service.client() as client:
        stopped = await stop_jobs(client, OWNER)
        assert stopped == {
            f"{URL}/{running.id}": Phase.ABORTED,
            f"{URL}/{pending.id}": None,
        }
        assert await stop_jobs(client, OWNER) == {}
    assert other.phase is Phase.EXECUTING
    assert service.deleted == [pending.id]


@in_virtual_time
async def test_the_jobs_of_one_simulation_are_stopped(
    simulation: SimulationRequest, observed: SimulationRequest
) -> None:
    """A fingerprint spares the flow run's other simulations."""
    service = VirtualService()
    wanted = own(service, simulation, Phase.EXECUTING)
    other = own(service, observed, Phase.EXECUTING)
    async with service.client() as client:
        stopped = await stop_jobs(client, OWNER, fingerprint=simulation.fingerprint)
    assert list(stopped) == [f"{URL}/{wanted.id}"]
    assert other.phase is Phase.EXECUTING


@in_virtual_time
async def test_a_job_that_cannot_be_stopped_keeps_no_other_running(
    simulation: SimulationRequest, observed: SimulationRequest
) -> None:
    """The refusal of the first is told when the others were stopped."""
    service = VirtualService()
    jobs = [own(service, each, Phase.EXECUTING) for each in (simulation, observed, observed)]
    service.trouble(f"POST /{jobs[0].id}/phase", 500, "no such process", times=1e9)
    async with service.client() as client:
        with pytest.raises(ServiceError, match="no such process"):
            await stop_jobs(client, OWNER)
    assert [job.phase for job in jobs] == [Phase.EXECUTING, Phase.ABORTED, Phase.ABORTED]


@in_virtual_time
async def test_a_service_that_goes_away_is_asked_no_further(
    simulation: SimulationRequest, observed: SimulationRequest
) -> None:
    """Who stops jobs has not the time to wait for each."""
    service = VirtualService()
    first, second = (own(service, each, Phase.EXECUTING) for each in (simulation, observed))
    service.trouble(f"GET /{first.id}/phase", times=1e9)
    async with service.client() as client:
        with pytest.raises(Unreachable):
            await stop_jobs(client, OWNER)
    assert not service.asked(f"GET /{second.id}")


@in_virtual_time
async def test_started_jobs_can_be_spared(simulation: SimulationRequest) -> None:
    """Then only what was never started is deleted."""
    service = VirtualService()
    running = own(service, simulation, Phase.EXECUTING)
    pending = own(service, simulation, Phase.PENDING)
    async with service.client() as client:
        stopped = await stop_jobs(client, OWNER, spare_started=True)
    assert stopped == {f"{URL}/{pending.id}": None}
    assert running.phase is Phase.EXECUTING


@in_virtual_time
async def test_known_jobs_are_stopped_where_names_are_not_kept(
    simulation: SimulationRequest,
) -> None:
    """On a service that forgets runIds a job is stopped by its id; once is enough."""
    service = VirtualService(keeps_run_ids=False)
    job = own(service, simulation, Phase.EXECUTING)
    other = service.plant(simulation, run_id=str(RunId.new("io", "0" * 12, owner_of(uuid4()))))
    async with service.client() as client:
        assert await stop_jobs(client, OWNER) == {}
        assert await stop_job(client, job.id, spare_started=True) == {}
        assert await stop_job(client, job.id) == {f"{URL}/{job.id}": Phase.ABORTED}
        assert await stop_job(client, job.id) == await stop_job(client, "gone") == {}
    assert other.phase is Phase.PENDING
