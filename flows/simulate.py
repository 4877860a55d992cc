"""Run one ExPRES simulation: prepare, create, run, wait, download, view."""

from pathlib import PurePath
from typing import Annotated

from prefect.runtime import flow_run
from pydantic import PositiveInt

from prefect_expres.archive import Archive
from prefect_expres.archive.address import MASER
from prefect_expres.blocks import ExpresService
from prefect_expres.errors import ConfigurationError
from prefect_expres.execution import RunOptions, Take, TakenResult
from prefect_expres.execution.manifest import SimulationResult
from prefect_expres.execution.run import run_simulation
from prefect_expres.expres import Configuration, Routine, SimulationRequest
from prefect_expres.expres.request import default_label
from prefect_expres.expres.run_id import owner_of
from prefect_expres.hooks import stop_remote_jobs
from prefect_expres.monitoring.artifacts import show_result
from prefect_expres.monitoring.progress import ArtifactListener
from prefect_expres.net.url import file_name
from prefect_expres.prefect_support.forms import (
    AnyConfiguration,
    AnyObserver,
    Location,
    OfTheTeam,
    OrDefault,
    Reuse,
    Seconds,
    Text,
    titled,
)
from prefect_expres.prefect_support.sync_flow import sync_compatible_flow
from prefect_expres.services import AnyService, find_service
from prefect_expres.tasks.archive import take_published
from prefect_expres.tasks.preparation import prepare
from prefect_expres.tasks.preview import preview_simulation
from prefect_expres.tasks.steps import TaskSteps


def _run_name() -> str:
    """Name the run by what it runs, as ``io-earth-20180913``, before anything is read."""
    parameters = flow_run.parameters
    return str(parameters.get("label") or _name_of(parameters.get("configuration")))


def _name_of(configuration: object) -> str:
    """Return the stem of a file, or the default label of a configuration."""
    try:
        if isinstance(configuration, Configuration):
            return default_label(configuration)
        if isinstance(configuration, dict):
            return default_label(Configuration.from_mapping(configuration))
        if isinstance(configuration, Routine):
            return default_label(configuration.configuration(ephemeris=configuration.track))
    except ConfigurationError:
        return "simulation"
    return PurePath(file_name(str(configuration))).stem


@sync_compatible_flow(
    name="simulate",
    description="Run one ExPRES simulation on a UWS service and download its results.",
    flow_run_name=_run_name,
    on_cancellation=[stop_remote_jobs],
    on_crashed=[stop_remote_jobs],
)
async def simulate(
    configuration: Annotated[AnyConfiguration, titled("Configuration")],
    service: Annotated[AnyService, titled("Service")],
    ephemeris: Annotated[AnyObserver, titled("Ephemeris")] = None,
    output: Annotated[Location, titled("Output folder")] = "expres-results",
    branch: Annotated[str, titled("Branch of ExPRES")] = "master",
    label: Annotated[Text | OrDefault, titled("Label")] = None,
    execution_duration: Annotated[int, titled("Execution duration (s)")] = 600,
    timeout: Annotated[Seconds | OrDefault, titled("Timeout (s)")] = None,
    reuse: Annotated[Reuse, titled("Reuse")] = "verified",
    attempts: Annotated[PositiveInt, titled("Attempts")] = 1,
    archive: Annotated[Archive | OfTheTeam, titled("Archive")] = None,
    *,
    keep_running: Annotated[bool, titled("Keep the job running")] = False,
    preview_first: Annotated[bool, titled("Preview first")] = False,
) -> SimulationResult:
    """Run one ExPRES simulation and download its results.

    The identical simulation is not run twice. If its complete and verified results are under the
    output URL, they are returned as found. If a job of it is on the service, the results of that
    job are downloaded. Clients that ask for it at the same time share one job. If the flow run is
    cancelled or fails, its job is stopped.

    Args:
        configuration: A routine simulation, which needs no file; or an ExPRES configuration: its
            content, the path or fsspec URL of its file, or a `Configuration`.
        service: The service that runs it: a block, the name of a saved one, or
            an address as https://host, which is used as a guest.
        ephemeris: The positions of the observer: path or fsspec URL of the CSV file that
            OBSERVER.EPHEM names, or a source that computes them from OBSERVER.SCTIME and TIME.
            None leaves them to the configuration; a routine simulation from Earth needs none.
        output: Path or fsspec URL under which the simulation gets a folder of its own.
        branch: The ExPRES git branch; guests may only use master.
        label: A short name for people; by default it is made from moon, observer and day.
        execution_duration: Seconds that the job may run: at most 600 for guests, else 10800.
        timeout: Seconds to wait for a slot and for the job; by default the execution duration plus
            one hour.
        reuse: What replaces a new run: "verified" takes verified results under the output URL, or
            else a job of the identical simulation; "published" before that job a published
            simulation, if it is equal in all that is compared; "never" runs it again, with an
            ephemeris that is computed again.
        attempts: How many jobs may be tried: a job that fails, is aborted or is lost counts.
        archive: Where "published" looks; None for the table of the MASER team.
        keep_running: Leave a started job running when the flow run is cancelled or fails.
        preview_first: Simulate with the engine of this package first, unless results are found, and
            send nothing if it shows no emission.

    Returns:
        The files with their hashes, the phases with their times, and the visible windows.

    Raises:
        ConfigurationError: The configuration breaks rules; nothing was sent.
        NothingVisible: The preview shows no emission; nothing was sent.
        UsageError: The service is not known; nothing was sent.
        AccessError: The user may not ask for this; nothing was sent.
        ArchiveError: The extra "archive", which "published" needs, is not installed.
        JobFailed: The simulation failed on the service.
        JobAborted: The job was aborted.
        JobLost: The service no longer knows the job.
        WaitTimeout: The job was not done in time; it was stopped.
        TransferError: A result did not arrive complete, or must not be fetched.
    """
    service = await find_service(service)
    request = await prepare(
        configuration,
        service,
        ephemeris,
        branch,
        label,
        execution_duration,
        refresh=reuse == "never",
    )
    options = RunOptions(
        owner=owner_of(flow_run.id),
        execution_duration=execution_duration,
        timeout=timeout,
        attempts=attempts,
        exclusive=reuse == "never",
        keep_running=keep_running,
    )
    result, view = await run_simulation(
        request,
        str(output),
        TaskSteps(service),
        options,
        made_from=(configuration, ephemeris),
        take=_take(archive or MASER, service) if reuse == "published" else None,
        beforehand=_preview if preview_first else None,
        tell=ArtifactListener(),
    )
    if view is not None:
        await show_result(result, view)
    return result


def _take(archive: Archive, service: ExpresService) -> Take:
    """Give the task that takes a published simulation."""

    async def take(request: SimulationRequest, folder: str) -> TakenResult | None:
        taken: TakenResult | None = await take_published(request, folder, archive, service.network)
        return taken

    return take


async def _preview(request: SimulationRequest) -> None:
    """Preview the simulation, and refuse it if it shows nothing."""
    (await preview_simulation(request)).require_emission()
