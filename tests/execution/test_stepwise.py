"""A simulation by separate calls: begin, wait, download; in virtual time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from prefect_expres.errors import JobFailed, WaitTimeout
from prefect_expres.execution import RunOptions, StepwiseRun, find_verified
from prefect_expres.execution.events import AttemptFailed, JobChosen
from prefect_expres.expres import SimulationRequest
from prefect_expres.uws import Phase
from tests.execution.elections import LIMIT
from tests.support.listening import Told
from tests.support.virtual_service import URL, VirtualService
from tests.support.virtual_steps import UnseenSteps
from tests.support.virtual_time import in_virtual_time

OWNER = "0123456789abcdefghijkQ"


def run_of(
    service: VirtualService,
    simulation: SimulationRequest,
    output: Path,
    told: Told | None = None,
    **options: Any,
) -> StepwiseRun:
    """Give a run whose every call has steps of its own."""

    @asynccontextmanager
    async def connect() -> AsyncIterator[UnseenSteps]:
        yield UnseenSteps({"ExPRES": service})

    run = RunOptions(OWNER, **options)
    return StepwiseRun(simulation, str(output), run, connect, tell=told or Told())


@in_virtual_time
async def test_each_call_does_its_part_once(simulation: SimulationRequest, tmp_path: Path) -> None:
    """The job is started, finished, and its results are complete; called again, nothing is done."""
    service, told = VirtualService(executing=60.0), Told()
    run = run_of(service, simulation, tmp_path, told, execution_duration=700)
    assert await run.find() is False
    await run.begin()
    assert run.submission is not None
    assert told.of(JobChosen) == [JobChosen("io", run.submission.job_url)]
    (job,) = service.jobs.values()
    assert job.phase is Phase.EXECUTING
    await run.wait()
    assert job.phase is Phase.COMPLETED
    result = await run.bring_home()
    assert (result.job_url, result.execution_duration) == (f"{URL}/{job.id}", 700)
    assert [each.phase for each in result.phases] == ["EXECUTING", "COMPLETED"]
    assert await find_verified(result.folder, simulation.fingerprint) is not None
    assert run.result is result
    assert run.view is not None
    asked = len(service.requests)
    await run.wait()
    assert await run.bring_home() is result
    assert len(service.requests) == asked


@in_virtual_time
async def test_a_download_waits_for_the_job(simulation: SimulationRequest, tmp_path: Path) -> None:
    """Nobody has to wait first."""
    run = run_of(VirtualService(), simulation, tmp_path)
    await run.begin()
    assert (await run.bring_home()).cdf == "io.cdf"


@in_virtual_time
async def test_a_complete_simulation_is_found(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """Unless it is to be exclusive; then nothing is looked for."""
    service, told = VirtualService(), Told()
    first = run_of(service, simulation, tmp_path)
    await first.begin()
    result = await first.bring_home()
    again = run_of(service, simulation, tmp_path, told)
    assert await again.find() is True
    assert told.steps("found") == [
        f"The identical simulation was found and verified in {result.folder}"
    ]
    await again.wait()
    assert (await again.bring_home()).found
    assert await run_of(service, simulation, tmp_path, exclusive=True).find() is False


@in_virtual_time
async def test_a_failed_job_is_told(simulation: SimulationRequest, tmp_path: Path) -> None:
    """With its error, in each call that needs the results."""
    service, told = VirtualService(), Told()
    run = run_of(service, simulation, tmp_path, told)
    await run.begin()
    service.jobs["j001"].ends_in = Phase.ERROR
    with pytest.raises(JobFailed) as fault:
        await run.wait()
    assert told.of(AttemptFailed) == [AttemptFailed("io", fault.value)]
    with pytest.raises(JobFailed):
        await run.bring_home()


@in_virtual_time
async def test_the_deadline_counts_from_the_begin(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """A job that takes longer is stopped; a call after the deadline has a second."""
    service = VirtualService(executing=1e9)
    service.trouble("POST $", 200, delivered=True, seconds=40.0)
    run = run_of(service, simulation, tmp_path, timeout=100.0)
    await asyncio.sleep(500.0)
    await run.begin()
    with pytest.raises(WaitTimeout):
        await run.wait()
    assert 600.0 <= service.now() < 603.0
    assert service.jobs["j001"].phase is Phase.ABORTED
    late = run_of(VirtualService(executing=1e9), simulation, tmp_path, timeout=100.0)
    await late.begin()
    await asyncio.sleep(500.0)
    with pytest.raises(WaitTimeout) as fault:
        await late.wait()
    assert fault.value.waited == pytest.approx(1.0)


@in_virtual_time
async def test_a_cancelled_call_stops_the_job(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """While it is created, and while it is waited for."""
    service = VirtualService(executing=1e9)
    run = run_of(service, simulation, tmp_path)
    beginning = asyncio.create_task(run.begin())
    await asyncio.sleep(0.5)
    beginning.cancel()
    with pytest.raises(asyncio.CancelledError):
        await beginning
    assert service.deleted == ["j001"]
    await run.begin()
    waiting = asyncio.create_task(run.wait())
    await asyncio.sleep(50.0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert service.jobs["j002"].phase is Phase.ABORTED


@in_virtual_time
async def test_a_job_that_is_not_started_yet_is_known_by_its_id(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """It is deleted where lists do not keep names, too."""
    service = VirtualService(keeps_run_ids=False)
    service.trouble("POST /j001/phase$", 500, LIMIT, times=1e9)
    beginning = asyncio.create_task(run_of(service, simulation, tmp_path).begin())
    await asyncio.sleep(30.0)
    beginning.cancel()
    with pytest.raises(asyncio.CancelledError):
        await beginning
    assert service.deleted == ["j001"]


@in_virtual_time
async def test_a_stray_job_is_stopped_when_the_chosen_one_has_ended(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """Not before: what stops it would stop the chosen one, too."""
    service = VirtualService(executing=60.0, listed_after=20.0)
    service.trouble("POST $", None, delivered=True)
    run = run_of(service, simulation, tmp_path)
    await run.begin()
    await asyncio.sleep(30.0)
    assert service.deleted == []
    result = await run.bring_home()
    assert (result.job_url, service.deleted) == (f"{URL}/j002", ["j001"])
