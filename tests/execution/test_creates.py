"""Creates that are lost or refused, and lists that are stale: the election in virtual time."""

import asyncio

import pytest

from prefect_expres.errors import (
    JobNotFound,
    RequestRejected,
    SubmissionUncertain,
    WaitTimeout,
)
from prefect_expres.execution.creation import creates_noted
from prefect_expres.execution.election import SETTLE_SECONDS
from prefect_expres.expres import SimulationRequest
from prefect_expres.expres.run_id import RunId
from tests.execution.elections import (
    CREATE,
    LIMIT,
    OWNER,
    submit,
)
from tests.support.listening import Told
from tests.support.virtual_service import VirtualService
from tests.support.virtual_time import in_virtual_time


@in_virtual_time
async def test_our_name_is_known_where_lists_do_not_keep_it(simulation: SimulationRequest) -> None:
    """A service that forgets runIds still shows our own job, which is known by its id."""
    service = VirtualService(keeps_run_ids=False)
    submission = await submit(service, simulation)
    assert submission.ours
    assert RunId.is_of(submission.run_id, OWNER, simulation.fingerprint)
    assert len(service.asked(CREATE)) == 1


@pytest.mark.parametrize("status", [None, 500, 502, 503])
@in_virtual_time
async def test_a_lost_answer_is_settled_by_the_list(
    simulation: SimulationRequest, status: int | None
) -> None:
    """A create whose answer was lost, or was an error, is looked for and not sent again."""
    service, told = VirtualService(), Told()
    service.trouble(CREATE, status, delivered=True)
    submission = await submit(service, simulation, tell=told)
    assert (submission.ours, submission.strays) == (True, False)
    assert len(service.asked(CREATE)) == 1
    lost = "The answer to a create was lost, or was an error of the server; looking for "
    assert told.steps("submit") == [
        f"{lost}{submission.run_id} in the job list",
        f"The job {submission.job_id} was created",
    ]


@pytest.mark.parametrize("status", [None, 500, 503, 429])
@in_virtual_time
async def test_a_create_that_did_not_arrive_is_sent_again(
    simulation: SimulationRequest, status: int | None
) -> None:
    """It is looked for at first, for seven seconds, as it may come late; then strays are told."""
    service = VirtualService()
    service.trouble(CREATE, status)
    submission = await submit(service, simulation)
    assert (submission.ours, submission.strays) == (True, True)
    first, second = service.asked(CREATE)
    assert second - first == pytest.approx(0.5 + 1.0 + 2.0 + 4.0 + SETTLE_SECONDS, abs=1e-3)
    looks = [moment - first for moment in service.asked("GET $") if first < moment < second]
    assert [look for look in looks if look > 0.1][:3] == pytest.approx([0.5, 1.5, 3.5], abs=1e-3)


@in_virtual_time
async def test_the_service_says_how_long_to_wait(simulation: SimulationRequest) -> None:
    """Nothing is asked before the time that the service wants."""
    service = VirtualService()
    service.trouble(CREATE, 503, **{"retry-after": "30"})
    await submit(service, simulation)
    first = service.asked(CREATE)[0]
    after = [moment - first for moment, _ in service.requests if moment > first]
    assert min(after) >= 30.0


@in_virtual_time
async def test_a_create_that_comes_late_is_found(simulation: SimulationRequest) -> None:
    """The job of a lost create that the list has seven seconds later is ours; no other is sent."""
    service = VirtualService(listed_after=7.4)
    service.trouble(CREATE, None, delivered=True)
    submission = await submit(service, simulation)
    assert (submission.job_id, submission.ours, submission.strays) == ("j001", True, True)
    assert len(service.asked(CREATE)) == 1


@in_virtual_time
async def test_a_found_create_is_ours_in_a_stale_list_too(simulation: SimulationRequest) -> None:
    """Once the job of a lost create was seen, a list that lacks it is not believed."""
    service = VirtualService()
    service.trouble(CREATE, None, delivered=True)
    submitting = asyncio.create_task(submit(service, simulation))
    await asyncio.sleep(0.1)
    (job,) = service.jobs.values()
    job.listed_from = 3.0
    submission = await submitting
    assert (submission.job_id, submission.strays) == (job.id, False)
    assert len(service.asked(CREATE)) == 1


@in_virtual_time
async def test_a_copied_run_id_is_not_taken_for_a_lost_create(
    simulation: SimulationRequest, observed: SimulationRequest
) -> None:
    """Another guest's job under the name of our lost create counts only with our inputs."""
    service = VirtualService(listed_after=0.5)
    service.trouble(CREATE, None, delivered=True)
    submitting = asyncio.create_task(submit(service, simulation))
    await asyncio.sleep(0.1)
    (job,) = service.jobs.values()
    service.plant(observed, id="a000", run_id=job.run_id, created=0.0)
    assert (await submitting).job_id == job.id


@in_virtual_time
async def test_answers_that_are_always_lost_end_the_election(
    simulation: SimulationRequest,
) -> None:
    """Six creates whose answers were lost are enough; the last one's error is told."""
    service = VirtualService()
    service.trouble(CREATE, None, times=1e9)
    with pytest.raises(SubmissionUncertain, match="connection reset"):
        await submit(service, simulation)
    assert len(service.asked(CREATE)) == 6


@in_virtual_time
async def test_a_refused_create_is_not_sent_again(simulation: SimulationRequest) -> None:
    """What the service refuses, it would refuse again."""
    service = VirtualService()
    service.trouble(CREATE, 400, "bad", times=1e9)
    with pytest.raises(RequestRejected, match="bad"):
        await submit(service, simulation)
    assert len(service.asked(CREATE)) == 1


@in_virtual_time
async def test_new_jobs_that_vanish_end_the_election(simulation: SimulationRequest) -> None:
    """A service that loses every new job is not flooded with them; refused creates made none."""
    service = VirtualService()
    service.trouble(CREATE, 500, LIMIT, times=3)

    async def lose() -> None:
        while True:
            await asyncio.sleep(0.5)
            service.jobs.clear()

    losing = asyncio.create_task(lose())
    with pytest.raises(SubmissionUncertain, match="10 new jobs vanished"):
        await submit(service, simulation)
    losing.cancel()
    assert len(service.asked(CREATE)) == 3 + 10


@in_virtual_time
async def test_a_list_without_our_job_is_not_believed(simulation: SimulationRequest) -> None:
    """While our job exists, a list that lacks it is read again; then the job itself counts."""
    service = VirtualService()
    submitting = asyncio.create_task(submit(service, simulation))
    await asyncio.sleep(0.1)
    (job,) = service.jobs.values()
    job.listed_from = 1e9
    submission = await submitting
    assert (submission.job_id, submission.ours) == (job.id, True)
    assert len(service.asked(CREATE)) == 1
    looks = [SETTLE_SECONDS * look for look in range(1 + 5)]
    assert service.asked("GET $") == pytest.approx(looks, abs=1e-3)


@in_virtual_time
async def test_a_job_that_no_list_shows_keeps_its_age(simulation: SimulationRequest) -> None:
    """A younger one that is listed does not come before it."""
    service = VirtualService()
    submitting = asyncio.create_task(submit(service, simulation))
    await asyncio.sleep(0.1)
    (job,) = service.jobs.values()
    job.listed_from = 1e9
    service.plant(simulation, created=30.0)
    assert (await submitting).job_id == job.id


@in_virtual_time
async def test_creates_are_noted_by_whoever_asked_last(
    simulation: SimulationRequest, observed: SimulationRequest
) -> None:
    """Then by whoever had asked before; outside nobody asks."""
    service = VirtualService()
    with creates_noted() as outer:
        with creates_noted() as inner:
            first = await submit(service, simulation)
        second = await submit(service, observed)
    await submit(service, simulation, exclusive=True, excluded=(first.job_id,))
    assert list(map(str, inner)) == [first.run_id]
    assert list(map(str, outer)) == [second.run_id]


@in_virtual_time
async def test_a_job_that_is_gone_is_forgotten(simulation: SimulationRequest) -> None:
    """A job of ours that somebody deleted is not waited for: another is created."""
    service = VirtualService()
    submitting = asyncio.create_task(submit(service, simulation))
    await asyncio.sleep(0.1)
    service.jobs.clear()
    submission = await submitting
    assert submission.job_id in service.jobs
    assert len(service.asked(CREATE)) == 2
    assert len(service.asked("GET /j001$")) == 1


@in_virtual_time
async def test_the_limit_of_active_jobs_is_waited_for(simulation: SimulationRequest) -> None:
    """A refused create is sent again after a while, any number of times, and counts as none."""
    service, told = VirtualService(), Told()
    service.trouble(CREATE, 500, LIMIT, times=20)
    submission = await submit(service, simulation, tell=told)
    assert (submission.ours, submission.strays) == (True, False)
    assert len(service.asked(CREATE)) == 21
    assert sum("Waiting for the limit" in line for line in told.steps("submit")) == 20


@in_virtual_time
async def test_the_wait_for_the_limit_has_a_deadline(simulation: SimulationRequest) -> None:
    """A slot that does not come in time ends the election at its deadline, not before."""
    service = VirtualService()
    service.trouble(CREATE, 500, LIMIT, times=1e9)
    with pytest.raises(WaitTimeout, match="no further active job for 100 s") as fault:
        await submit(service, simulation, timeout=100.0)
    assert fault.value.waited == 100.0
    assert 100.0 <= service.now() < 110.0


@in_virtual_time
async def test_a_list_that_never_settles_ends_at_the_deadline(
    simulation: SimulationRequest,
) -> None:
    """A winner that is another one at each look is not chosen, and the wait ends."""
    service = VirtualService()

    async def replace() -> None:
        for number in range(10_000, 0, -1):
            service.jobs.clear()
            service.plant(simulation, id=f"n{number:05}", created=-1000.0)
            await asyncio.sleep(SETTLE_SECONDS)

    replacing = asyncio.create_task(replace())
    await asyncio.sleep(0.0)
    with pytest.raises(WaitTimeout, match="No job could be chosen") as fault:
        await submit(service, simulation, timeout=60.0)
    replacing.cancel()
    assert fault.value.waited == 60.0
    assert 60.0 < service.now() < 63.0


@in_virtual_time
async def test_a_list_that_is_refused_is_told(simulation: SimulationRequest) -> None:
    """What the list says is said."""
    service = VirtualService()
    service.trouble("GET $", 404, times=1e9)
    with pytest.raises(JobNotFound):
        await submit(service, simulation)
