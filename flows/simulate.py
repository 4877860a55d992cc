"""Run one ExPRES simulation: prepare, create, run, wait, download, look."""

from pathlib import Path
from typing import Any, Literal

from prefect.runtime import flow_run
from pydantic import PositiveFloat, PositiveInt

from prefect_expres.attempts import Terms
from prefect_expres.blocks import ExpresService
from prefect_expres.calling import anywhere_flow
from prefect_expres.ephemeris import AnyEphemeris
from prefect_expres.expres import Configuration
from prefect_expres.expres.run_id import owner_of
from prefect_expres.hooks import stop_remote_jobs
from prefect_expres.outcome import SimulationResult
from prefect_expres.preparing import prepare
from prefect_expres.running import run_simulation
from prefect_expres.tasks import TaskSteps
from prefect_expres.viewing import show_result

QUEUE_ALLOWANCE = 3600.0
Reuse = Literal["verified", "never"]


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
    on_cancellation=[stop_remote_jobs],
    on_crashed=[stop_remote_jobs],
)
async def simulate(
    configuration: str | Path | dict[str, Any] | Configuration,
    service: ExpresService,
    ephemeris: str | Path | AnyEphemeris | None = None,
    output: str = "expres-results",
    branch: str = "master",
    label: str | None = None,
    execution_duration: int = 600,
    timeout: PositiveFloat | None = None,
    reuse: Reuse = "verified",
    attempts: PositiveInt = 1,
    *,
    keep_running: bool = False,
) -> SimulationResult:
    """Run one ExPRES simulation and bring its results home.

    The identical simulation is not run twice: if it stands complete and verified under the
    output URL, it is returned as found; if a job runs or has run it on the service, that job's
    results are brought home. Whoever asks for it at the same time gets the same job. If the flow
    run is cancelled or gives up, its job is stopped.

    Args:
        configuration: The ExPRES configuration: a path, any fsspec URL, its content, or a model.
        service: The service that runs it.
        ephemeris: Where the observer is: path or fsspec URL of the CSV file that OBSERVER.EPHEM
            names, or a source that computes it from OBSERVER.SCTIME and TIME on.
        output: Path or fsspec URL under which the simulation gets a folder of its own.
        branch: The ExPRES git branch; guests may only use master.
        label: A short name for people; by default it is made from moon, observer and day.
        execution_duration: Seconds that the job may run: at most 600 for guests, else 10800.
        timeout: Seconds to wait for a slot and for the job; by default an hour over the execution
            duration.
        reuse: What stands in for a new run: "verified" takes verified results under the output
            URL, then a job of the identical simulation; "never" runs it anew.
        attempts: How many jobs may fail, be aborted or be lost before the flow run fails.
        keep_running: Leave a started job running when the flow run is cancelled or gives up.

    Returns:
        The files with their hashes, the phases with their times, and the visible windows.

    Raises:
        ConfigurationError: The configuration breaks rules; nothing was sent.
        AccessError: The user may not ask for this; nothing was sent.
        JobFailed: The simulation failed on the service.
        JobAborted: The job was aborted.
        JobLost: The service has lost the job.
        WaitTimeout: The job was not done in time; it was stopped.
        TransferError: A result did not arrive whole, or may not be fetched.
    """
    request = await prepare(configuration, service, ephemeris, branch, label, execution_duration)
    terms = Terms(
        owner=owner_of(flow_run.id),
        execution_duration=execution_duration,
        patience=timeout or execution_duration + QUEUE_ALLOWANCE,
        attempts=attempts,
        alone=reuse == "never",
        keep_running=keep_running,
    )
    result, view = await run_simulation(
        request, output, TaskSteps(service), terms, made_from=(configuration, ephemeris)
    )
    if view is not None:
        await show_result(result, view)
    return result
