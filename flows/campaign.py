"""Run many ExPRES simulations: some at once on the service, with a report of the failed ones."""

import asyncio
import time
from typing import Annotated, Any

from prefect.runtime import flow_run
from pydantic import NonNegativeInt, PositiveInt

from prefect_expres.archive import Archive, Publication
from prefect_expres.archive.address import MASER
from prefect_expres.archive.extra import TO_PUBLISH, require
from prefect_expres.blocks import ExpresService
from prefect_expres.campaigns.artifacts import CampaignProgress, show_campaign
from prefect_expres.campaigns.index import CampaignFacts, CampaignResult, keep_index
from prefect_expres.campaigns.journal import Journal, remove_silent_journals
from prefect_expres.campaigns.plan import FilesPlan, Plan, RoutinePlan
from prefect_expres.campaigns.runner import CampaignRunner, CampaignSettings
from prefect_expres.campaigns.workers import (
    CampaignWorkers,
    check_deployment,
    numbers_for,
    send_heartbeats,
    worker_parameters,
)
from prefect_expres.errors import TooManyFailures
from prefect_expres.execution import RunOptions
from prefect_expres.expres.run_id import owner_of
from prefect_expres.hooks import stop_remote_jobs
from prefect_expres.monitoring.log import log_step, log_warning
from prefect_expres.prefect_support.forms import (
    Count,
    Location,
    NoLimit,
    NotPublished,
    NotUsed,
    OfTheTeam,
    OrDefault,
    Reuse,
    Seconds,
    titled,
)
from prefect_expres.prefect_support.sync_flow import sync_compatible_flow
from prefect_expres.services import AnyService, find_service
from prefect_expres.storage import require_writable
from prefect_expres.tasks.archive import publish_simulations


def _campaign_name() -> str:
    """Name the run by its plan."""
    return _named(flow_run.parameters.get("plan"))


def _worker_name() -> str:
    """Name the run by its plan and its number, as ``io-earth-20180913-20180930-1-of-3``."""
    parameters = flow_run.parameters
    number = parameters.get("worker", 0) + 1
    return f"{_named(parameters.get('plan'))}-{number}-of-{parameters.get('workers')}"


def _named(plan: Any) -> str:
    return plan.name if isinstance(plan, RoutinePlan | FilesPlan) else "campaign"


@sync_compatible_flow(
    name="campaign",
    description="Run many ExPRES simulations on a UWS service, and index what they show.",
    flow_run_name=_campaign_name,
    on_cancellation=[stop_remote_jobs],
    on_crashed=[stop_remote_jobs],
)
async def campaign(
    plan: Annotated[Plan, titled("Plan")],
    service: Annotated[AnyService, titled("Service")],
    output: Annotated[Location, titled("Output folder")] = "expres-campaign",
    in_flight: Annotated[PositiveInt, titled("In flight")] = 8,
    workers: Annotated[PositiveInt, titled("Workers")] = 1,
    max_failures: Annotated[Count | NoLimit, titled("Most failures")] = 100,
    branch: Annotated[str, titled("Branch of ExPRES")] = "master",
    execution_duration: Annotated[int, titled("Execution duration (s)")] = 600,
    timeout: Annotated[Seconds | OrDefault, titled("Timeout (s)")] = None,
    reuse: Annotated[Reuse, titled("Reuse")] = "verified",
    attempts: Annotated[PositiveInt, titled("Attempts")] = 1,
    archive: Annotated[Archive | OfTheTeam, titled("Archive")] = None,
    publication: Annotated[Publication | NotPublished, titled("Publication")] = None,
    *,
    preview_first: Annotated[bool, titled("Preview first")] = False,
) -> CampaignResult:
    """Run many ExPRES simulations, and index what they show.

    Each simulation is a task run with its own name and state. A simulation that fails is reported,
    and the others go on. A simulation with complete and verified results under the output URL is
    not run again: run a campaign once more to do only what is missing.

    Args:
        plan: The simulations: routine ones by days, moons and observers, or files.
        service: The service that runs them: a block, the name of a saved one, or
            an address as https://host, which is used as a guest.
        output: Path or fsspec URL under which each simulation gets a folder of its own.
        in_flight: How many simulations may be on the service at once.
        workers: How many flow runs work on the campaign; more than one needs a work pool.
        max_failures: Start no more simulations when more than this number have failed; None for no
            limit.
        branch: The ExPRES git branch; guests may only use master.
        execution_duration: Seconds that each job may run: at most 600 for guests, else 10800.
        timeout: Seconds to wait for each job and its slot; by default the execution duration plus
            one hour.
        reuse: What replaces a new run: "verified" takes verified results under the output URL, or
            else a job of the identical simulation; "published" before that job a published
            simulation, if it is equal in all that is compared; "never" runs all of them again.
        attempts: How many jobs may be tried for each simulation.
        archive: Where "published" looks; None for the table of the MASER team.
        publication: Publish the complete simulations, with a table for the virtual observatory,
            in a folder that a web server shows.
        preview_first: Simulate with the engine of this package first, and send nothing of what
            shows no emission: it is counted as empty.

    Returns:
        Counts, times and bytes, the outcome of each simulation, and the URLs of index, catalogue
        and manifest.

    Raises:
        UsageError: The service is not known; nothing was sent.
        AccessError: The user may not ask for this; nothing was sent.
        ArchiveError: An extra that archives need is not installed; nothing was sent. Or the table
            of an earlier publication cannot be read; then all is run and indexed.
        ConfigurationError: The plan gives no simulations; nothing was sent.
        StorageError: The output cannot be written; nothing was sent.
        CampaignError: The campaign cannot be given to workers, or lost all of them.
        TooManyFailures: More than ``max_failures`` have failed; the others are indexed.
    """
    service, output = await find_service(service), str(output)
    service.access.check(branch, execution_duration)
    if service.access.warning:
        log_warning(service.access.warning)
    if publication is not None:
        require(TO_PUBLISH)
    total = await asyncio.to_thread(plan.count)
    await asyncio.to_thread(plan.simulation, 0)
    log_step("campaign", "%s, %d simulations, results go to %s", plan.name, total, output)
    await require_writable(output, 0)
    began = time.monotonic()
    identity = str(flow_run.id)
    journal = Journal(output, identity)
    await journal.refresh()
    progress = CampaignProgress(plan.name, total)
    options = _options(execution_duration, timeout, attempts, reuse)
    settings = CampaignSettings(
        service,
        output,
        branch,
        options,
        in_flight,
        max_failures,
        preview_first,
        (archive or MASER) if reuse == "published" else None,
    )
    if workers == 1:
        readings = await _run_here(plan, settings, journal, progress)
    else:
        await check_deployment()
        parameters = worker_parameters(plan, settings, identity, workers)
        readings = await CampaignWorkers(identity, parameters, journal).run(
            lambda: len(journal.rows) >= total or settings.too_many_failed(journal.failed),
            lambda: progress.show(journal.rows),
        )
    facts = CampaignFacts(
        campaign=identity,
        plan=plan,
        service=service.base_url,
        branch=branch,
        simulations=total,
        wall_seconds=round(time.monotonic() - began, 3),
        list_requests=readings,
    )
    result = await keep_index(output, journal.rows, facts)
    await journal.end()
    for killed in await remove_silent_journals(output):
        log_step("campaign", "Removed the journal of the campaign %s, which was killed", killed)
    await show_campaign(plan.name, result)
    if publication is not None:
        folders = [row.folder for row in result.rows if row.folder]
        await publish_simulations(folders, publication)
    if settings.too_many_failed(journal.failed):
        msg = (
            f"{result.failed} simulations failed, {result.not_begun} not started: see "
            f"{result.manifest}. Fix the cause or raise max_failures, then run it again: only what "
            "is missing is done."
        )
        raise TooManyFailures(msg, result.failed, result.not_begun, result.manifest)
    return result


@sync_compatible_flow(
    name="campaign-worker",
    description="Run a part of a campaign; the flow campaign starts it.",
    flow_run_name=_worker_name,
    on_cancellation=[stop_remote_jobs],
)
async def campaign_worker(
    plan: Annotated[Plan, titled("Plan")],
    service: Annotated[ExpresService, titled("Service")],
    output: Annotated[str, titled("Output folder")],
    campaign: Annotated[str, titled("Campaign")],
    worker: Annotated[NonNegativeInt, titled("Worker")],
    workers: Annotated[PositiveInt, titled("Workers")],
    in_flight: Annotated[PositiveInt, titled("In flight")] = 8,
    max_failures: Annotated[Count | NoLimit, titled("Most failures")] = 100,
    branch: Annotated[str, titled("Branch of ExPRES")] = "master",
    execution_duration: Annotated[int, titled("Execution duration (s)")] = 600,
    timeout: Annotated[Seconds | OrDefault, titled("Timeout (s)")] = None,
    reuse: Annotated[Reuse, titled("Reuse")] = "verified",
    attempts: Annotated[PositiveInt, titled("Attempts")] = 1,
    archive: Annotated[Archive | NotUsed, titled("Archive")] = None,
    *,
    preview_first: Annotated[bool, titled("Preview first")] = False,
) -> int:
    """Run a part of a campaign, then what other workers have left.

    Its jobs are not stopped when it crashes: the others go on with them.

    Args:
        plan: The simulations.
        service: The service that runs them.
        output: Path or fsspec URL of the campaign's output.
        campaign: The campaign's id.
        worker: The worker's number, from 0 on.
        workers: How many workers there are.
        in_flight: How many simulations of this worker may be on the service at once.
        max_failures: Start no more simulations when more than this number have failed.
        branch: The ExPRES git branch.
        execution_duration: Seconds that each job may run.
        timeout: Seconds to wait for each job and its slot.
        reuse: What replaces a new run.
        attempts: How many jobs may be tried for each simulation.
        archive: Where published simulations are looked for.
        preview_first: Send nothing of what shows no emission.

    Returns:
        How many simulations the campaign has rows of.
    """
    total = await asyncio.to_thread(plan.count)
    journal = Journal(output, campaign)
    await journal.refresh()
    options = _options(execution_duration, timeout, attempts, reuse)
    settings = CampaignSettings(
        service, output, branch, options, in_flight, max_failures, preview_first, archive
    )
    progress = CampaignProgress(flow_run.name or plan.name, total)

    async with CampaignRunner(settings, journal, lambda: progress.show(journal.rows)) as runner:
        heartbeats = asyncio.create_task(send_heartbeats(journal, str(flow_run.id), runner))
        try:
            await runner.run(plan, numbers_for(total, worker, workers))
        finally:
            heartbeats.cancel()
    return len(journal.rows)


async def _run_here(
    plan: RoutinePlan | FilesPlan,
    settings: CampaignSettings,
    journal: Journal,
    progress: CampaignProgress,
) -> int:
    """Run the whole plan in this flow run; return how often the job list was read."""
    async with CampaignRunner(settings, journal, lambda: progress.show(journal.rows)) as runner:
        await runner.run(plan, range(plan.count()))
        return runner.poller.readings


def _options(
    execution_duration: int, timeout: float | None, attempts: int, reuse: Reuse
) -> RunOptions:
    return RunOptions(
        owner=owner_of(flow_run.id),
        execution_duration=execution_duration,
        timeout=timeout,
        attempts=attempts,
        exclusive=reuse == "never",
    )
