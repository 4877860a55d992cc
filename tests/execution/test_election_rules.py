"""Which job is chosen, when, and what becomes of the others: the election in virtual time."""

import asyncio

import pytest

from prefect_expres.errors import (
    Unreachable,
)
from prefect_expres.execution import Submission
from prefect_expres.execution.election import SETTLE_SECONDS
from prefect_expres.expres import Configuration, SimulationRequest
from prefect_expres.expres.run_id import RunId
from prefect_expres.uws import Phase
from tests.execution.elections import (
    LIMIT,
    OWNER,
    own_name,
    submit,
)
from tests.support.listening import Told
from tests.support.virtual_jobs import VirtualJob
from tests.support.virtual_service import VirtualService
from tests.support.virtual_time import in_virtual_time


@in_virtual_time
async def test_one_client_creates_one_job_and_lets_it_settle(observed: SimulationRequest) -> None:
    """The job has all inputs, and is chosen after the service's clock has left its second."""
    service = VirtualService()
    submission = await submit(service, observed, execution_duration=1234)
    (job,) = service.jobs.values()
    assert job.given == {
        "branch": b"master",
        "executionDuration": b"1234",
        "config": observed.configuration.to_json(),
        "ephemeride": observed.ephemeris,
    }
    assert job.uploads == {
        "config": ("io.json", "application/json"),
        "ephemeride": ("earth.csv", "text/csv"),
    }
    assert RunId.is_of(job.run_id, OWNER, observed.fingerprint)
    assert submission == Submission(
        job_id=job.id,
        job_url=f"http://127.0.0.1/rest/ExPRES/{job.id}",
        run_id=job.run_id,
        ours=True,
        phase=Phase.PENDING,
        strays=False,
    )
    assert service.now() == SETTLE_SECONDS
    assert len(service.asked("GET $")) == 2


@in_virtual_time
async def test_a_later_job_of_the_same_second_is_waited_for(simulation: SimulationRequest) -> None:
    """A tie that comes 0.99 s later, and goes first by its id, is seen by all who decide."""
    service = VirtualService()
    submitting = asyncio.create_task(submit(service, simulation))
    await asyncio.sleep(0.99)
    rival = service.plant(simulation, id="a000")
    submission = await submitting
    assert (submission.job_id, submission.ours) == (rival.id, False)
    assert list(service.jobs) == [rival.id]


@in_virtual_time
async def test_a_pending_job_is_not_chosen_at_first_sight(simulation: SimulationRequest) -> None:
    """An older job may still be missing from the list in which the winner is first seen."""
    service = VirtualService()
    service.plant(simulation, id="b000")
    submitting = asyncio.create_task(submit(service, simulation))
    await asyncio.sleep(0.9)
    older = service.plant(simulation, id="a000", created=0.0)
    assert (await submitting).job_id == older.id


@in_virtual_time
async def test_a_forged_job_does_not_settle_a_list(simulation: SimulationRequest) -> None:
    """It is older than the winner: a job that comes before the winner may still be missing."""
    service = VirtualService()
    service.trouble("POST $", 500, LIMIT, **{"retry-after": "2"})
    service.plant(simulation, id="forged", created=-9.0, given={"config": b"{}"})
    submitting = asyncio.create_task(submit(service, simulation))
    await asyncio.sleep(0.1)
    service.plant(simulation, id="b000", created=0.0)
    await asyncio.sleep(3.4)
    older = service.plant(simulation, id="a000", created=0.0)
    assert (await submitting).job_id == older.id


@in_virtual_time
async def test_running_jobs_are_taken_at_once(simulation: SimulationRequest) -> None:
    """A job that runs needs no settling; nothing is created."""
    service = VirtualService()
    await asyncio.sleep(100)
    service.plant(simulation, id="pending", created=0.0)
    running = service.plant(simulation, id="running", phase=Phase.EXECUTING, started=100.0)
    submission = await submit(service, simulation)
    assert (submission.job_id, submission.phase) == (running.id, Phase.EXECUTING)
    assert service.now() == 100.0
    assert not service.asked("POST")
    assert not service.deleted, "the pending job is another's"


@in_virtual_time
async def test_completed_goes_before_running_and_the_youngest_of_them_first(
    simulation: SimulationRequest,
) -> None:
    """What has completed last is likely to have its results for the longest time."""
    service = VirtualService()
    service.plant(simulation, id="running", phase=Phase.EXECUTING, started=0.0, executing=1e9)
    service.plant(simulation, id="old", phase=Phase.COMPLETED, created=-500.0)
    service.plant(simulation, id="young", phase=Phase.COMPLETED, created=-400.0)
    assert (await submit(service, simulation)).job_id == "young"
    del service.jobs["young"]
    assert (await submit(service, simulation)).job_id == "old"


@in_virtual_time
async def test_the_oldest_running_job_is_taken(simulation: SimulationRequest) -> None:
    """Of several that run, all take the same one."""
    service = VirtualService()
    for name, created in (("b", -5.0), ("a", -3.0), ("c", -9.0)):
        service.plant(simulation, id=name, phase=Phase.QUEUED, created=created)
    assert (await submit(service, simulation)).job_id == "c"


@pytest.mark.parametrize("phase", [Phase.ERROR, Phase.ABORTED, Phase.ARCHIVED])
@in_virtual_time
async def test_jobs_that_ended_badly_are_not_taken(
    simulation: SimulationRequest, phase: Phase
) -> None:
    """A new job is created beside them."""
    service = VirtualService()
    service.plant(simulation, id="bad", phase=phase)
    assert (await submit(service, simulation)).ours


@in_virtual_time
async def test_a_job_of_ours_that_was_aborted_before_it_is_chosen_is_replaced(
    simulation: SimulationRequest,
) -> None:
    """It is not taken for one that the list does not know yet."""
    service = VirtualService()
    submitting = asyncio.create_task(submit(service, simulation))
    await asyncio.sleep(0.5)
    service.jobs["j001"].phase = Phase.ABORTED
    assert (await submitting).job_id == "j002"


@in_virtual_time
async def test_a_service_that_keeps_no_names_is_asked_no_more_often(
    simulation: SimulationRequest,
) -> None:
    """A job of ours is known in the list by its id."""
    service = VirtualService(keeps_run_ids=False)
    assert (await submit(service, simulation)).job_id == "j001"
    assert service.now() == SETTLE_SECONDS
    assert not service.asked("GET /j001")


@in_virtual_time
async def test_excluded_jobs_are_not_taken(simulation: SimulationRequest) -> None:
    """What has failed in an earlier attempt is left."""
    service = VirtualService()
    service.plant(simulation, id="bad", phase=Phase.COMPLETED)
    other = service.plant(simulation, id="good", phase=Phase.COMPLETED, created=-9.0)
    assert (await submit(service, simulation, excluded=("bad",))).job_id == other.id


@in_virtual_time
async def test_exclusive_takes_only_jobs_of_its_flow_run(simulation: SimulationRequest) -> None:
    """Others' jobs do not count, whatever their phase; one's own does, also after a restart."""
    service = VirtualService()
    service.plant(simulation, phase=Phase.COMPLETED)
    own = service.plant(simulation, run_id=own_name(simulation), phase=Phase.EXECUTING, started=0.0)
    submission = await submit(service, simulation, exclusive=True)
    assert (submission.job_id, submission.ours) == (own.id, True)
    del service.jobs[own.id]
    assert (await submit(service, simulation, exclusive=True)).job_id == "j003"


@in_virtual_time
async def test_other_simulations_do_not_count(
    simulation: SimulationRequest, observed: SimulationRequest
) -> None:
    """A job of our form that names another simulation is not even looked at."""
    service = VirtualService()
    other = service.plant(observed, phase=Phase.COMPLETED)
    foreign = service.plant(simulation, run_id="by-hand", phase=Phase.COMPLETED)
    assert (await submit(service, simulation)).ours
    assert not service.asked(f"GET /({other.id}|{foreign.id})/")


def forged(service: VirtualService, simulation: SimulationRequest, **given: bytes) -> VirtualJob:
    """Add a completed job that claims to be a simulation, and was given something else."""
    job = service.plant(simulation, phase=Phase.COMPLETED)
    job.given |= given
    return job


@in_virtual_time
async def test_each_input_of_a_found_job_is_compared(observed: SimulationRequest) -> None:
    """Another ephemeris, configuration or branch, or none, is another simulation."""
    service = VirtualService()
    content = observed.configuration.content()
    other = Configuration.from_mapping(content | {"SIMU": content["SIMU"] | {"NAME": "other"}})
    names = [
        forged(service, observed, ephemeride=b"# another ephemeris\n1, 2, 3\n").id,
        forged(service, observed, config=other.to_json()).id,
        forged(service, observed, branch=b"develop").id,
    ]
    without = forged(service, observed)
    del without.given["ephemeride"]
    submission = await submit(service, observed)
    assert submission.ours
    assert service.jobs.keys() == {*names, without.id, submission.job_id}


@in_virtual_time
async def test_the_same_inputs_are_the_same_simulation(observed: SimulationRequest) -> None:
    """A found job with our ephemeris, or without its default branch, is taken."""
    service = VirtualService()
    job = forged(service, observed)
    del job.given["branch"]
    assert (await submit(service, observed)).job_id == job.id


@in_virtual_time
async def test_inputs_are_read_once(simulation: SimulationRequest) -> None:
    """The verdict on a job holds while the list settles."""
    service = VirtualService()
    other = service.plant(simulation)
    await submit(service, simulation)
    assert len(service.asked(f"GET /{other.id}/parameters$")) == 1


@in_virtual_time
async def test_where_inputs_are_not_shown_only_our_own_jobs_are_believed(
    simulation: SimulationRequest,
) -> None:
    """A service that refuses to show inputs has others' jobs ignored, and ours taken."""
    service = VirtualService()
    service.trouble("GET /.*/parameters", 403, times=1e9)
    service.plant(simulation, phase=Phase.COMPLETED)
    own = service.plant(simulation, run_id=own_name(simulation), phase=Phase.EXECUTING, started=0.0)
    assert (await submit(service, simulation)).job_id == own.id
    del service.jobs[own.id]
    assert (await submit(service, simulation)).job_id not in {own.id, "p001"}


@in_virtual_time
async def test_a_service_that_is_away_gives_no_verdict(simulation: SimulationRequest) -> None:
    """Nothing is created beside a job that cannot be compared just now."""
    service = VirtualService()
    service.plant(simulation, phase=Phase.COMPLETED)
    service.trouble("GET /.*/parameters", 503, times=1e9)
    with pytest.raises(Unreachable):
        await submit(service, simulation)
    assert not service.asked("POST")


@in_virtual_time
async def test_inputs_that_come_late_are_waited_for(simulation: SimulationRequest) -> None:
    """A job is in the list a moment before its inputs can be fetched."""
    service = VirtualService()
    other = service.plant(simulation, phase=Phase.COMPLETED)
    service.trouble("GET /.*/parameters", 404, times=2)
    assert (await submit(service, simulation)).job_id == other.id
    assert service.now() == 1.5


@in_virtual_time
async def test_what_else_is_ours_is_withdrawn(simulation: SimulationRequest) -> None:
    """Our PENDING jobs that lost are deleted; others', and those that run, are not touched."""
    service, told = VirtualService(), Told()
    winner = service.plant(simulation, phase=Phase.EXECUTING, started=0.0, created=-9.0)
    own = service.plant(simulation, run_id=own_name(simulation))
    running = service.plant(
        simulation, run_id=own_name(simulation), phase=Phase.EXECUTING, started=0.0
    )
    other = service.plant(simulation)
    assert (await submit(service, simulation, tell=told)).job_id == winner.id
    assert service.deleted == [own.id]
    assert service.jobs.keys() == {winner.id, running.id, other.id}
    assert any(f"Withdrew {own.id}" in line for line in told.steps("submit"))


@in_virtual_time
async def test_a_job_that_cannot_be_withdrawn_is_told(simulation: SimulationRequest) -> None:
    """A PENDING job that stays does nothing: the choice stands."""
    service, told = VirtualService(), Told()
    winner = service.plant(simulation, phase=Phase.EXECUTING, started=0.0)
    own = service.plant(simulation, run_id=own_name(simulation))
    service.trouble("DELETE", 403)
    assert (await submit(service, simulation, tell=told)).job_id == winner.id
    assert any(f"{own.id} could not be withdrawn" in line for line in told.steps("submit"))
