"""Run one ExPRES simulation: prepare, create, run, wait, download, look."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from prefect.runtime import flow_run

import prefect_expres
from prefect_expres.blocks import ExpresService
from prefect_expres.calling import anywhere_flow
from prefect_expres.errors import ExpresError
from prefect_expres.expres import Configuration, SimulationRequest
from prefect_expres.outcome import (
    Manifest,
    PhaseTime,
    SimulationResult,
    find_verified,
    keep_manifest,
)
from prefect_expres.progress import tell, warn
from prefect_expres.tasks import (
    await_phase,
    create_job,
    download_results,
    keep_inputs,
    prepare,
    run_job,
    stop_job,
)
from prefect_expres.uws import Job, StoredFile
from prefect_expres.viewing import View, look_at, show_job, show_result

QUEUE_ALLOWANCE = 3600.0


def _run_name() -> str:
    """Name the run by what it runs: its label, else its configuration's file name."""
    parameters = flow_run.parameters
    configuration = parameters.get("configuration")
    stem = Path(str(configuration)).stem if isinstance(configuration, str | Path) else "simulation"
    return str(parameters.get("label") or stem)


@anywhere_flow(
    name="simulate",
    description="Run one ExPRES simulation on a UWS service and bring its results home.",
    flow_run_name=_run_name,
)
async def simulate(
    configuration: str | Path | dict[str, Any] | Configuration,
    service: ExpresService,
    ephemeris: str | Path | None = None,
    output: str = "expres-results",
    branch: str = "master",
    label: str | None = None,
    execution_duration: int = 600,
    timeout: float | None = None,
    *,
    fresh: bool = False,
) -> SimulationResult:
    """Run one ExPRES simulation and bring its results home.

    The identical simulation is not run twice: if it stands complete and verified under the
    output URL, it is returned as found.

    Args:
        configuration: The ExPRES configuration: a path, any fsspec URL, its content, or a model.
        service: The service that runs it.
        ephemeris: Path or fsspec URL of the CSV file that OBSERVER.EPHEM names.
        output: Path or fsspec URL under which the simulation gets a folder of its own.
        branch: The ExPRES git branch; guests may only use master.
        label: A short name for people; by default it is made from moon, observer and day.
        execution_duration: Seconds that the job may run: at most 600 for guests, else 10800.
        timeout: Seconds to wait for the job; by default an hour over the execution duration.
        fresh: Run it even if it is found.

    Returns:
        The files with their hashes, the phases with their times, and the visible windows.

    Raises:
        ConfigurationError: The configuration breaks rules; nothing was sent.
        AccessError: The user may not ask for this; nothing was sent.
        JobFailed: The simulation failed on the service.
    """
    request = await prepare(configuration, service, ephemeris, branch, label, execution_duration)
    folder = f"{output.rstrip('/')}/{request.folder}"
    found = None if fresh else await find_verified(folder, request.fingerprint)
    if found is not None:
        tell("found", "The identical simulation was found and verified in %s", folder)
        return found
    run_id = request.run_id(_attempt_tag())
    job_url = await create_job(request, service, run_id, execution_duration)
    async with _not_left_running(job_url, service):
        await show_job(request.label, job_url)
        await run_job(job_url, service)
        patience = timeout or execution_duration + QUEUE_ALLOWANCE
        job, phases = await await_phase(
            job_url, service, request.label, patience, execution_duration
        )
    files = [
        *await download_results(job_url, service, folder),
        *await keep_inputs(request, folder),
    ]
    cdf = next(file for file in files if file.name.lower().endswith(".cdf"))
    view = await look_at(cdf, folder)
    manifest = _manifest(request, job_url, job, phases, execution_duration, files, cdf, view)
    result = await keep_manifest(folder, manifest)
    await show_result(result, view)
    return result


def _attempt_tag() -> str:
    """Tell this attempt from all others: the flow run and its run count, or chance."""
    run, count = str(flow_run.id or uuid4()), flow_run.run_count or 1
    return f"{count}-{run[:8]}"


@contextlib.asynccontextmanager
async def _not_left_running(job_url: str, service: ExpresService) -> AsyncIterator[None]:
    """Stop the job if the flow is cancelled or gives up while the job may still be running."""
    try:
        yield
    except (Exception, asyncio.CancelledError, KeyboardInterrupt):
        try:
            await asyncio.shield(stop_job(job_url, service))
        except ExpresError as fault:
            warn("The job %s could not be stopped; look at it on the service. %s", job_url, fault)
        raise


def _manifest(
    request: SimulationRequest,
    job_url: str,
    job: Job,
    phases: tuple[PhaseTime, ...],
    execution_duration: int,
    files: list[StoredFile],
    cdf: StoredFile,
    view: View,
) -> Manifest:
    quicklook = [view.quicklook] if view.quicklook else []
    return Manifest(
        label=request.label,
        fingerprint=request.fingerprint,
        branch=request.branch,
        run_id=job.run_id or "",
        job_url=job_url,
        owner=job.owner_id,
        created=datetime.now(UTC),
        execution_duration=execution_duration,
        package_version=prefect_expres.__version__,
        phases=phases,
        files=(*files, *quicklook),
        cdf=cdf.name,
        quicklook=view.quicklook.name if view.quicklook else None,
        windows=view.windows,
    )
