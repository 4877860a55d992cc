"""What is stopped when a run is cancelled or gives up: in virtual time."""

import asyncio
from pathlib import Path
from typing import Any

import anyio
import pytest

from prefect_expres.errors import (
    AuthenticationFailed,
    JobFailed,
)
from prefect_expres.execution import Event
from prefect_expres.execution.events import StepTaken
from prefect_expres.expres import SimulationRequest
from prefect_expres.uws import Phase
from tests.execution.attempted import (
    CREATE,
    attempts_at,
    failing,
    finish,
)
from tests.support.listening import Told
from tests.support.virtual_service import VirtualService
from tests.support.virtual_time import in_virtual_time


async def cancelled(
    service: VirtualService,
    simulation: SimulationRequest,
    folder: Path,
    after: float,
    **options: Any,
) -> float:
    """Cancel a run after some seconds, and give how many it took to end."""
    async with attempts_at(service, simulation, folder, **options) as attempts:
        finishing = asyncio.create_task(attempts.finish())
        await asyncio.sleep(after)
        finishing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await finishing
        return service.now() - after


@in_virtual_time
async def test_a_cancelled_run_stops_its_job(simulation: SimulationRequest, tmp_path: Path) -> None:
    """The running job is aborted, and that is told; there is no second look."""
    service, told = VirtualService(executing=1e9), Told()
    took = await cancelled(service, simulation, tmp_path, 50.0, told=told)
    assert service.jobs["j001"].phase is Phase.ABORTED
    assert told.steps("abort") == ["http://127.0.0.1/rest/ExPRES/j001 is ABORTED"]
    assert len([moment for moment in service.asked("GET $") if moment >= 50.0]) == 1
    assert took < 1.0


@in_virtual_time
async def test_a_started_job_is_kept_running_if_asked(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """Whoever asks again gets the same job; one that was not started is deleted."""
    service = VirtualService(executing=1e9)
    await cancelled(service, simulation, tmp_path, 50.0, keep_running=True)
    assert service.jobs["j001"].phase is Phase.EXECUTING
    service = VirtualService(executing=1e9)
    await cancelled(service, simulation, tmp_path, 1.0, keep_running=True)
    assert service.deleted == ["j001"]


@in_virtual_time
async def test_anothers_job_is_left_running(simulation: SimulationRequest, tmp_path: Path) -> None:
    """A run that waited for another's job does not stop it, and says so."""
    service, told = VirtualService(), Told()
    job = service.plant(simulation, phase=Phase.EXECUTING, started=0.0, executing=1e9)
    await cancelled(service, simulation, tmp_path, 50.0, told=told)
    assert job.phase is Phase.EXECUTING
    assert told.steps("abort") == [
        f"http://127.0.0.1/rest/ExPRES/{job.id} is left to the run that created it"
    ]


@in_virtual_time
async def test_a_job_whose_name_is_forgotten_is_stopped(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """It is known by its id."""
    service = VirtualService(executing=1e9, keeps_run_ids=False)
    await cancelled(service, simulation, tmp_path, 50.0)
    assert service.jobs["j001"].phase is Phase.ABORTED


@in_virtual_time
async def test_a_create_under_way_is_looked_for_twice(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """A job that the list has half a second after the cancellation is deleted, too."""
    service, told = VirtualService(listed_after=1.0), Told()
    took = await cancelled(service, simulation, tmp_path, 0.5, told=told)
    assert service.deleted == ["j001"]
    assert told.steps("abort") == ["http://127.0.0.1/rest/ExPRES/j001 is deleted"]
    assert took == 1.0


@in_virtual_time
async def test_what_was_not_sent_is_looked_for_once(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """No job can be late where no create was sent."""
    service = VirtualService()
    service.trouble("GET $", 200, delivered=True, seconds=5.0)
    took = await cancelled(service, simulation, tmp_path, 0.5)
    assert (took, len(service.asked("GET $"))) == (0.0, 2)


@in_virtual_time
async def test_a_second_create_under_way_is_looked_for_twice(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """What an earlier attempt knew does not count for the next."""
    service = VirtualService(executing=10.0, listed_after=0.9)
    failing(service, 1)
    async with attempts_at(service, simulation, tmp_path, attempts=2) as attempts:
        finishing = asyncio.create_task(attempts.finish())
        for _ in range(1000):
            if len(service.jobs) == 2:
                break
            await asyncio.sleep(0.1)
        finishing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await finishing
    assert service.deleted == ["j002"]


@in_virtual_time
async def test_a_service_that_does_not_answer_is_not_waited_for_longer(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """A machine that goes down gives 10 seconds: the user is told of the job before."""
    service, told = VirtualService(executing=1e9), Told()
    async with attempts_at(service, simulation, tmp_path, told) as attempts:
        finishing = asyncio.create_task(attempts.finish())
        await asyncio.sleep(50.0)
        service.trouble("", 500, times=1e9, seconds=1000.0)
        finishing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await finishing
    assert service.now() == 50.0 + 2.0
    (warning,) = told.warnings
    assert warning.startswith("The job http://127.0.0.1/rest/ExPRES/j001 could not be stopped")


@in_virtual_time
async def test_a_service_that_answers_is_waited_for(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """A slow abort takes its time, up to that after which Prefect kills the run."""
    service, told = VirtualService(executing=1e9), Told()
    async with attempts_at(service, simulation, tmp_path, told) as attempts:
        finishing = asyncio.create_task(attempts.finish())
        await asyncio.sleep(50.0)
        service.trouble("POST /j001/phase$", 200, delivered=True, seconds=8.0)
        finishing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await finishing
    assert service.jobs["j001"].phase is Phase.ABORTED
    assert told.warnings == []


@in_virtual_time
async def test_a_service_that_lists_jobs_answers(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """Also where no job is known yet: what the list shows is deleted, however long it takes."""
    service, told = VirtualService(), Told()
    service.trouble("DELETE", 303, delivered=True, seconds=8.0)
    took = await cancelled(service, simulation, tmp_path, 0.5, told=told)
    assert (service.deleted, told.warnings) == (["j001"], [])
    assert took == pytest.approx(8.0 + 1.0)


@in_virtual_time
async def test_a_second_cancellation_does_not_break_the_abort(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """A signal cancels all tasks, and a task group cancels its own again."""
    service = VirtualService(executing=1e9)
    async with attempts_at(service, simulation, tmp_path) as attempts:
        finishing = asyncio.create_task(attempts.finish())
        await asyncio.sleep(50.0)
        service.trouble("GET /j001/phase$", 503, seconds=1.0)
        for _ in range(3):
            finishing.cancel()
            await asyncio.sleep(0.2)
        with pytest.raises(asyncio.CancelledError):
            await finishing
    assert service.jobs["j001"].phase is Phase.ABORTED


@in_virtual_time
async def test_any_other_error_stops_the_job(simulation: SimulationRequest, tmp_path: Path) -> None:
    """A service that refuses to tell the phase is given up, and its job aborted."""
    service = VirtualService(executing=1e9)
    async with attempts_at(service, simulation, tmp_path) as attempts:
        finishing = asyncio.create_task(attempts.finish())
        await asyncio.sleep(50.0)
        service.trouble("GET /j001$", 403, times=1e9)
        with pytest.raises(AuthenticationFailed):
            await finishing
    assert service.jobs["j001"].phase is Phase.ABORTED


@in_virtual_time
async def test_a_stray_job_is_stopped_at_the_end(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """The job of a create whose answer was lost appears after the choice, and is deleted."""
    service, told = VirtualService(executing=60.0, listed_after=40.0), Told()
    service.trouble(CREATE, None, delivered=True)
    finished = await finish(service, simulation, tmp_path, told=told)
    assert told.steps("submit")[0].startswith("The answer to a create was lost, ")
    assert finished.submission.strays
    assert finished.submission.job_id == "j002"
    assert service.deleted == ["j001"]


@in_virtual_time
async def test_a_stray_job_is_stopped_when_anothers_has_ended(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """It is ours, whoever created the job that was chosen."""
    service = VirtualService(listed_after=40.0)
    service.trouble(CREATE, None, delivered=True)
    async with attempts_at(service, simulation, tmp_path) as attempts:
        finishing = asyncio.create_task(attempts.finish())
        await asyncio.sleep(5.0)
        other = service.plant(simulation, phase=Phase.EXECUTING, started=0.0)
        assert (await finishing).submission.job_id == other.id
    assert service.deleted == ["j001"]


@in_virtual_time
async def test_a_stray_job_is_stopped_when_the_chosen_one_fails(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """The error is told, and no job is left."""
    service = VirtualService(executing=60.0, listed_after=40.0)
    service.trouble(CREATE, None, delivered=True)
    async with attempts_at(service, simulation, tmp_path) as attempts:
        finishing = asyncio.create_task(attempts.finish())
        await asyncio.sleep(30.0)
        service.jobs["j002"].ends_in = Phase.ERROR
        with pytest.raises(JobFailed):
            await finishing
    assert service.deleted == ["j001"]


@in_virtual_time
async def test_without_strays_nothing_is_looked_for_at_the_end(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """The list is read for the choice only."""
    service = VirtualService()
    await finish(service, simulation, tmp_path)
    assert len(service.asked("GET $")) == 2


@in_virtual_time
async def test_a_cancelled_scope_waits_until_the_job_is_stopped(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """A scope of AnyIO cancels every wait within it, but not those that stop the job."""
    service = VirtualService(executing=1e9)
    service.trouble("GET $", 200, delivered=True, seconds=0.5, times=1e9)
    async with attempts_at(service, simulation, tmp_path) as attempts:
        with anyio.move_on_after(50.0) as scope:
            await attempts.finish()
    assert scope.cancelled_caught
    assert service.jobs["j001"].phase is Phase.ABORTED


@in_virtual_time
async def test_a_fault_while_a_job_is_stopped_is_not_hidden(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """Whoever looks for the job that was left learns why."""

    class Broken(Told):
        async def __call__(self, event: Event) -> None:
            if isinstance(event, StepTaken) and event.step == "abort":
                raise RuntimeError("no listener")

    async with attempts_at(VirtualService(executing=1e9), simulation, tmp_path, Broken()) as runs:
        finishing = asyncio.create_task(runs.finish())
        await asyncio.sleep(50.0)
        finishing.cancel()
        with pytest.raises(RuntimeError, match="no listener"):
            await finishing
