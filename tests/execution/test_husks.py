"""Jobs that a failed create leaves without their inputs: they are deleted, and never run."""

import pytest

from prefect_expres.errors import RequestRejected
from prefect_expres.expres import SimulationRequest
from prefect_expres.uws import Phase
from tests.execution.elections import CREATE, own_name, submit
from tests.support.listening import Told
from tests.support.virtual_service import VirtualService
from tests.support.virtual_time import in_virtual_time

REASON = 'cannot upload URL for input "ephemeride"'


@pytest.mark.parametrize("status", [500, None])
@in_virtual_time
async def test_a_husk_is_deleted_and_another_job_runs(
    observed: SimulationRequest, status: int | None
) -> None:
    """Whether the server told why, or the answer was lost."""
    service, told = VirtualService(husks=1), Told()
    service.trouble(CREATE, status, REASON, delivered=True)
    submission = await submit(service, observed, tell=told)
    assert service.deleted == ["j001"]
    assert submission.job_id == "j002"
    assert service.jobs["j002"].given["config"] == observed.configuration.to_json()
    lines = told.steps("submit")
    assert any("j001" in line and "without its inputs" in line for line in lines)
    assert status is None or any(REASON in line for line in lines)
    assert not submission.strays


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
