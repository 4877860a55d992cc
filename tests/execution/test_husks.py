"""Jobs that a failed create leaves without their inputs: they are deleted, and never run."""

import asyncio

import pytest

from prefect_expres.errors import AuthenticationFailed, RequestRejected
from prefect_expres.execution import Election, RunOptions
from prefect_expres.execution.creation import creates_noted
from prefect_expres.expres import Configuration, SimulationRequest
from prefect_expres.uws import JobListPoller, Phase
from tests.execution.elections import CREATE, OWNER, own_name, submit
from tests.support.listening import Told
from tests.support.virtual_service import URL, VirtualService
from tests.support.virtual_time import LoopClock, in_virtual_time

REASON = 'cannot upload URL for input "ephemeride"'


@pytest.mark.parametrize(
    ("status", "looked_for", "looks"), [(500, 0.0, 1), (503, 7.5, 4), (None, 7.5, 4)]
)
@in_virtual_time
async def test_a_husk_is_deleted_and_another_job_runs(
    observed: SimulationRequest, status: int | None, looked_for: float, looks: int
) -> None:
    """At once if the server has failed; else the job may still get its inputs for a while."""
    service, told = VirtualService(husks=1), Told()
    service.trouble(CREATE, status, REASON, delivered=True)
    submission = await submit(service, observed, tell=told)
    assert service.deleted == ["j001"]
    (deleted,), created = service.asked("DELETE"), service.asked(CREATE)
    assert deleted - created[0] == pytest.approx(looked_for, abs=0.01)
    before = [moment for moment in service.asked("GET $") if moment <= deleted]
    assert len(before) == 1 + looks
    assert submission.job_id == "j002"
    assert service.jobs["j002"].given["config"] == observed.configuration.to_json()
    reason = f" ({REASON})" if status else ""
    assert told.steps("submit")[1:] == [
        f"The create failed{reason} and left the job j001 without its inputs: it was deleted"
    ]
    assert not submission.strays


@pytest.mark.parametrize(
    ("inputs", "phase"),
    [("none", Phase.EXECUTING), ("none", Phase.COMPLETED), ("others", Phase.PENDING)],
)
@in_virtual_time
async def test_only_what_was_not_started_and_has_no_inputs_is_a_husk(
    simulation: SimulationRequest, observed: SimulationRequest, inputs: str, phase: Phase
) -> None:
    """Nothing else that is under the name of a lost create is taken for one, and deleted."""
    service, told = VirtualService(), Told()
    service.trouble(CREATE, None)
    with creates_noted() as noted:
        submitting = asyncio.create_task(submit(service, simulation, tell=told))
        await asyncio.sleep(0.1)
        job = service.plant(observed, run_id=str(noted[0]), phase=phase, started=0.0)
        if inputs == "none":
            job.given = {}
        submission = await submitting
    assert (submission.job_id, submission.strays) == ("j002", True)
    assert not any("without its inputs" in line for line in told.steps("submit"))
    assert (job.id in service.jobs) is (inputs == "none")


@in_virtual_time
async def test_a_refused_create_whose_job_is_whole_is_told_as_refused(
    simulation: SimulationRequest,
) -> None:
    """It is no husk: whoever gives up finds it by its name."""
    service = VirtualService()
    service.trouble(CREATE, 400, REASON, delivered=True)
    with pytest.raises(RequestRejected, match=REASON):
        await submit(service, simulation)
    assert list(service.jobs) == ["j001"]


@in_virtual_time
async def test_a_server_that_leaves_husks_only_is_told_in_its_own_words(
    observed: SimulationRequest,
) -> None:
    """After three of them the error gives the server's reason; no husk is left, none was run."""
    service = VirtualService(husks=9)
    service.trouble(CREATE, 500, REASON, times=9, delivered=True)
    with pytest.raises(RequestRejected, match=REASON) as fault:
        await submit(service, observed)
    assert not service.jobs
    assert service.deleted == ["j001", "j002", "j003"]
    assert (fault.value.status, fault.value.reason) == (500, REASON)
    assert not service.asked("POST /.*/phase")


@in_virtual_time
async def test_inputs_that_come_a_moment_later_make_no_husk(simulation: SimulationRequest) -> None:
    """A server that still writes the job, while the answer is lost, is given its time."""
    service = VirtualService()
    service.trouble(CREATE, None, delivered=True)
    service.trouble("GET /.*/parameters", 200, "<parameters/>", times=2)
    submission = await submit(service, simulation)
    assert (submission.job_id, service.deleted) == ("j001", [])


@in_virtual_time
async def test_a_husk_that_cannot_be_deleted_may_still_appear(observed: SimulationRequest) -> None:
    """It is told, and is looked for again at the end."""
    service, told = VirtualService(husks=1), Told()
    service.trouble(CREATE, 500, REASON, delivered=True)
    service.trouble("DELETE", 403, times=9)
    submission = await submit(service, observed, tell=told)
    assert (submission.job_id, submission.strays) == ("j002", True)
    assert any("j001" in line and "could not be deleted" in line for line in told.steps("submit"))


@pytest.mark.parametrize("phase", [Phase.PENDING, Phase.EXECUTING, Phase.COMPLETED])
@in_virtual_time
async def test_a_husk_of_an_earlier_try_is_not_adopted(
    simulation: SimulationRequest, phase: Phase
) -> None:
    """Not even if it runs or has completed: it computes the server's default configuration."""
    service = VirtualService()
    husk = service.plant(
        simulation, run_id=own_name(simulation), phase=phase, given={}, started=0.0, created=-9.0
    )
    submission = await submit(service, simulation)
    assert submission.job_id != husk.id
    assert service.jobs[submission.job_id].given["config"] == simulation.configuration.to_json()
    assert (husk.id in service.jobs) is (phase is not Phase.PENDING)


@in_virtual_time
async def test_a_job_that_has_no_inputs_yet_is_looked_at_again(
    simulation: SimulationRequest,
) -> None:
    """Another client's job that is just being created is no other simulation for ever."""
    service = VirtualService()
    other = service.plant(simulation, created=-9.0)
    service.trouble("GET /.*/parameters", 200, "<parameters/>", times=1)
    assert (await submit(service, simulation)).job_id == other.id


@in_virtual_time
async def test_where_inputs_are_not_shown_a_lost_create_is_sent_again(
    simulation: SimulationRequest,
) -> None:
    """What cannot be seen is not run; it is withdrawn."""
    service = VirtualService()
    service.trouble(CREATE, 500, "out of memory", delivered=True)
    service.trouble("GET /.*/parameters", 403, times=1e9)
    submission = await submit(service, simulation)
    assert submission.job_id == "j002"
    assert service.deleted == ["j001"]


@in_virtual_time
async def test_what_a_refused_create_leaves_is_deleted(observed: SimulationRequest) -> None:
    """A refusal is told at once, and nothing is left of it."""
    service, told = VirtualService(husks=1), Told()
    service.trouble(CREATE, 400, REASON, delivered=True)
    with pytest.raises(RequestRejected, match=REASON):
        await submit(service, observed, tell=told)
    assert service.deleted == ["j001"]
    assert len(service.asked(CREATE)) == 1
    assert any("j001" in line and REASON in line for line in told.steps("submit"))


@in_virtual_time
async def test_a_refusal_is_told_though_nothing_can_be_looked_for(
    observed: SimulationRequest,
) -> None:
    """A list that fails meanwhile hides no reason."""
    service = VirtualService()
    service.trouble(CREATE, 400, REASON)
    service.trouble("GET $", 200, delivered=True)
    service.trouble("GET $", 500, "list is broken", times=1e9)
    with pytest.raises(RequestRejected, match=REASON):
        await submit(service, observed)


@in_virtual_time
async def test_who_may_not_enter_looks_for_nothing(observed: SimulationRequest) -> None:
    """Wrong credentials are told, without a look at the list."""
    service = VirtualService()
    service.trouble(CREATE, 401)
    with pytest.raises(AuthenticationFailed):
        await submit(service, observed)
    assert len(service.asked("GET $")) == 1


@in_virtual_time
async def test_husks_of_a_campaign_are_deleted_too(simulation: SimulationRequest) -> None:
    """Simulations that share one poller of the job list look for their own jobs only."""
    service = VirtualService(husks=2)
    service.trouble(CREATE, 500, REASON, times=2, delivered=True)
    content = simulation.configuration.content()
    later = content | {"OBSERVER": content["OBSERVER"] | {"SCTIME": "201809140000"}}
    other = SimulationRequest.build(Configuration.from_mapping(later))
    async with JobListPoller(URL, transport=service, clock=LoopClock()) as poller:
        elections = [Election(poller, each, RunOptions(OWNER)) for each in (simulation, other)]
        chosen = await asyncio.gather(*(election.submit() for election in elections))
    assert sorted(service.deleted) == ["j001", "j002"]
    assert {each.job_id for each in chosen} == service.jobs.keys()
    for submission, request in zip(chosen, (simulation, other), strict=True):
        given = service.jobs[submission.job_id].given
        assert given["config"] == request.configuration.to_json()
