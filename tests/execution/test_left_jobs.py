"""Which jobs a run that ends early tells of, since it could not stop them: in virtual time."""

import asyncio
from pathlib import Path
from uuid import uuid4

import pytest

from prefect_expres.errors import ServiceError, WaitTimeout
from prefect_expres.execution.attempts import Finished
from prefect_expres.execution.events import Warned
from prefect_expres.execution.stop import was_given_up
from prefect_expres.expres import SimulationRequest
from prefect_expres.expres.run_id import RunId, owner_of
from prefect_expres.uws import Phase
from tests.execution.attempted import CREATE, OWNER, attempts_at, failing
from tests.execution.test_guard import cancelled
from tests.support.listening import Told
from tests.support.virtual_service import URL, VirtualService
from tests.support.virtual_time import in_virtual_time


@in_virtual_time
async def test_no_job_is_told_that_cannot_exist(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """Where the service was away all the time, no create was sent."""
    service, told = VirtualService(), Told()
    service.trouble("", 503, times=1e9)
    took = await cancelled(service, simulation, tmp_path, 5.0, told=told)
    assert (told.warnings, took) == ([], 2.0)


async def cut_off(service: VirtualService, finishing: asyncio.Task[Finished], creates: int) -> None:
    """Cancel a run when so many creates were sent; then the service answers nothing any more."""
    for _ in range(1000):
        if len(service.asked(CREATE)) == creates:
            break
        await asyncio.sleep(0.1)
    service.trouble("", 503, times=1e9)
    finishing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await finishing


@in_virtual_time
async def test_a_job_that_may_exist_is_told_by_its_name(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """The create was sent, and no answer came."""
    service, told = VirtualService(), Told()
    service.trouble(CREATE, None, delivered=True)
    async with attempts_at(service, simulation, tmp_path, told) as attempts:
        finishing = asyncio.create_task(attempts.finish())
        await cut_off(service, finishing, creates=1)
    (warning,) = told.warnings
    assert ", if it was created, could not be stopped" in warning
    assert simulation.fingerprint[:12] in warning


@in_virtual_time
async def test_what_an_earlier_attempt_has_sent_is_not_told(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """Its job has failed; that of the second create may exist."""
    service, told = VirtualService(executing=1.0), Told()
    failing(service, 1)
    service.trouble(CREATE, 200, delivered=True)
    service.trouble(CREATE, None, delivered=True)
    async with attempts_at(service, simulation, tmp_path, told, attempts=2) as attempts:
        finishing = asyncio.create_task(attempts.finish())
        await cut_off(service, finishing, creates=2)
    (again, warning) = told.warnings
    assert again.endswith("Trying again.")
    assert warning.startswith(f"The job {service.jobs['j002'].run_id}, if it was created, ")


@in_virtual_time
async def test_a_stray_job_is_stopped_though_the_results_do_not_come(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """The chosen job has ended; a failed download is no reason to leave the other."""
    service = VirtualService(listed_after=40.0)
    service.trouble(CREATE, None, delivered=True)
    service.trouble("GET /j002/results/", 403, times=1e9)
    async with attempts_at(service, simulation, tmp_path) as attempts:
        with pytest.raises(ServiceError):
            await attempts.finish()
    assert service.deleted == ["j001"]


@in_virtual_time
async def test_a_job_that_cannot_be_stopped_is_told(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """The cancellation goes on."""
    service, told = VirtualService(executing=1e9), Told()
    async with attempts_at(service, simulation, tmp_path, told) as attempts:
        finishing = asyncio.create_task(attempts.finish())
        await asyncio.sleep(50.0)
        service.trouble("GET /j001/phase$", 401, times=1e9)
        finishing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await finishing
    (warning,) = told.of(Warned)
    assert warning.step == "abort"
    assert "could not be stopped, and may be running; abort it later" in warning.message


@pytest.mark.parametrize("after", [0.5, 50.0])
@in_virtual_time
async def test_jobs_of_other_simulations_of_the_run_go_on(
    simulation: SimulationRequest, observed: SimulationRequest, tmp_path: Path, after: float
) -> None:
    """Those of a campaign have one owner; one that gives up is no reason to stop the others."""
    service = VirtualService(executing=1e9)
    jobs = [
        service.plant(
            observed, run_id=str(RunId.new("other", observed.fingerprint, OWNER)), **facts
        )
        for facts in ({}, {"phase": Phase.EXECUTING, "started": 0.0, "executing": 1e9})
    ]
    await cancelled(service, simulation, tmp_path, after)
    assert [job.phase for job in jobs] == [Phase.PENDING, Phase.EXECUTING]
    assert all(job.id in service.jobs for job in jobs)


@pytest.mark.parametrize(
    ("pattern", "status", "seconds", "given_up"),
    [("", 500, 1000.0, True), ("GET $", None, 0.0, True), ("GET $", 401, 0.0, False)],
    ids=["silent", "away after an answer", "refused"],
)
@in_virtual_time
async def test_a_service_that_is_asked_in_vain_is_noted(
    simulation: SimulationRequest,
    tmp_path: Path,
    *,
    pattern: str,
    status: int | None,
    seconds: float,
    given_up: bool,
) -> None:
    """The hook of the same process asks it no more; one that refuses does answer."""
    service, owner = VirtualService(executing=1e9), owner_of(uuid4())
    async with attempts_at(service, simulation, tmp_path, owner=owner) as attempts:
        finishing = asyncio.create_task(attempts.finish())
        await asyncio.sleep(50.0)
        service.trouble(pattern, status, times=1e9, seconds=seconds)
        finishing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await finishing
    assert was_given_up(owner) is given_up


@in_virtual_time
async def test_anothers_job_is_none_that_is_left(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """It is its own run's to stop, whether the service answers or not."""
    service, told = VirtualService(), Told()
    job = service.plant(simulation, phase=Phase.EXECUTING, started=0.0, executing=1e9)
    async with attempts_at(service, simulation, tmp_path, told) as attempts:
        finishing = asyncio.create_task(attempts.finish())
        await asyncio.sleep(50.0)
        service.trouble("", 401, times=1e9)
        finishing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await finishing
    assert told.warnings == []
    assert told.steps("abort") == [f"{URL}/{job.id} is left to the run that created it"]


@pytest.mark.parametrize(("timeout", "seconds"), [(None, 25.0), (50.0, 5.0)])
@in_virtual_time
async def test_an_abort_without_an_end_is_given_up(
    simulation: SimulationRequest, tmp_path: Path, timeout: float | None, seconds: float
) -> None:
    """Before Prefect kills the run, and sooner where the time was over anyway."""
    service, told = VirtualService(executing=1e9), Told()
    async with attempts_at(service, simulation, tmp_path, told, timeout=timeout) as attempts:
        finishing = asyncio.create_task(attempts.finish())
        await asyncio.sleep(49.0)
        service.trouble("POST /j001/phase$", 200, seconds=1000.0)
        await asyncio.sleep(1.0)
        if timeout is None:
            finishing.cancel()
        with pytest.raises(asyncio.CancelledError if timeout is None else WaitTimeout):
            await finishing
    assert service.now() == pytest.approx(50.0 + seconds)
    (warning,) = told.warnings
    assert warning.endswith("abort it later. The service did not answer in time")
    said = [f"Stopping jobs of ours, {seconds:.0f} s at most"]
    assert told.steps("abort") == (said if timeout else [])


@pytest.mark.parametrize(
    ("refused", "lost", "left"),
    [
        ("", True, ["{lost}, if it was created,", f"{URL}/j002"]),
        ("GET $", True, ["{lost}, if it was created,"]),
        ("", False, [f"{URL}/j001"]),
        ("GET $", False, []),
    ],
)
@in_virtual_time
async def test_each_job_that_may_be_left_is_told_once(
    simulation: SimulationRequest, tmp_path: Path, *, refused: str, lost: bool, left: list[str]
) -> None:
    """That of a lost create by its name, the chosen one by its address unless it was stopped."""
    service, told = VirtualService(executing=1e9, listed_after=40.0), Told()
    if lost:
        service.trouble(CREATE, None, delivered=True)
    async with attempts_at(service, simulation, tmp_path, told) as attempts:
        finishing = asyncio.create_task(attempts.finish())
        await asyncio.sleep(30.0)
        service.trouble(refused, 401, times=1e9)
        finishing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await finishing
    jobs = [f"The job {job.format(lost=service.jobs['j001'].run_id)}" for job in left]
    assert [warning.partition(" could not be stopped")[0] for warning in told.warnings] == jobs
