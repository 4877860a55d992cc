"""The Prefect tasks of a job's life: one a UWS step.

Each is retried only where a second try is safe and may help, and says so. Between tasks go
URLs and small values; the job's URL is its identity.
"""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial

from prefect.cache_policies import NO_CACHE
from prefect.tasks import exponential_backoff

from prefect_expres.blocks import ExpresService
from prefect_expres.errors import ExpresError, JobError, JobNotFound
from prefect_expres.execution import (
    PhaseTime,
    RunOptions,
    Submission,
    lost,
    steps,
    verify_downloaded,
)
from prefect_expres.execution.stop import stop_jobs
from prefect_expres.expres import SimulationRequest
from prefect_expres.expres.run_id import RunId
from prefect_expres.monitoring.log import log_step, log_warning
from prefect_expres.monitoring.progress import ArtifactListener, LogListener
from prefect_expres.prefect_support.current_run import current_owner
from prefect_expres.prefect_support.job_lists import record_job, record_job_list
from prefect_expres.prefect_support.retry import may_help
from prefect_expres.prefect_support.sync_task import sync_compatible_task
from prefect_expres.storage import StoredFile
from prefect_expres.uws import Job, Phase, UWSClient, wait_for


@sync_compatible_task(
    name="Create job",
    cache_policy=NO_CACHE,
    retries=5,
    retry_delay_seconds=exponential_backoff(2),
    retry_jitter_factor=0.5,
    retry_condition_fn=may_help,
)
async def create_job(
    request: SimulationRequest,
    service: ExpresService,
    options: RunOptions | None = None,
    excluded: tuple[str, ...] = (),
) -> Submission:
    """Come to the one job that runs the simulation: find it, or create it in phase PENDING.

    Retried five times when the service is busy or away, which is safe: each try looks at the job
    list first, and so does a create whose answer was lost. Not cached: jobs end.

    Which service is used is recorded with the flow run, so that the hook `stop_remote_jobs` finds
    the job wherever the service came from.

    Args:
        request: The simulation, from `prepare`.
        service: The service.
        options: How it is to be run. The owner is the running flow run unless another is given.
        excluded: Ids of jobs to exclude: earlier attempts failed.

    Returns:
        The job, for `run_job`, `await_phase` and `download_results`.

    Raises:
        WaitTimeout: No job could be had in all the time.
        SubmissionUncertain: Answers were lost again and again.
        ServiceError: The service refused, or could not be reached.
    """
    options = options or RunOptions()
    owned = options if options.owner else replace(options, owner=current_owner())
    used = service.use_of(request.job_list, keep_running=options.keep_running)
    await record_job_list(used, service)
    async with service.get_client(request.job_list) as client:
        submission = await steps.create(client, request, owned, excluded, LogListener())
    if submission.ours and not used.can_be_reached:
        await record_job(submission.job_url)
    return submission


@sync_compatible_task(
    name="Run job",
    cache_policy=NO_CACHE,
    retries=5,
    retry_delay_seconds=exponential_backoff(5),
    retry_jitter_factor=0.5,
    retry_condition_fn=may_help,
)
async def run_job(
    job: Submission | str, service: ExpresService, timeout: float | None = None
) -> Phase:
    """See to it that the job is started: a job of ours at once, another's if its creator does not.

    Retried five times while the service is away, which is safe: a start that took is seen by the
    phase. Not cached: it is an act.

    Args:
        job: The job, from `create_job`; or its URL, to start it at once.
        service: The service.
        timeout: Seconds to wait where the service limits active jobs; by default 4200.

    Returns:
        The phase afterwards.

    Raises:
        JobLost: The job was withdrawn or deleted.
        WaitTimeout: The limit was reached during all the time.
        ValueError: The job is not on this service.
    """
    client, job_id = service.client_of(_url_of(job))
    submission = job if isinstance(job, Submission) else _ours(job, job_id)
    async with client:
        limit = timeout or RunOptions().seconds_to_wait
        return await steps.start(client, submission, limit, LogListener())


@sync_compatible_task(name="Await phase", cache_policy=NO_CACHE)
async def await_phase(
    job: Submission | str,
    service: ExpresService,
    timeout: float | None = None,
    label: str | None = None,
) -> tuple[Job, tuple[PhaseTime, ...]]:
    """Wait until the job has completed.

    Not retried: the wait itself outlasts a service that is away, and its deadline is the end of
    it. Not cached: it looks at a moving thing. When the job has ended, the late jobs of creates
    whose answers were lost are stopped.

    Args:
        job: The job, from `create_job`, or its URL.
        service: The service.
        timeout: Seconds until the deadline; by default an hour over the job's execution duration.
        label: The simulation's name in log and artifacts; by default that of the job's runId.

    Returns:
        The completed job, and when each phase was first seen.

    Raises:
        JobFailed: The job ended in phase ERROR.
        JobAborted: The job was aborted.
        JobLost: The service knows the job no more.
        WaitTimeout: The deadline passed.
        ValueError: The job is not on this service.
    """
    client, job_id = service.client_of(_url_of(job))
    async with client:
        if timeout is None or label is None:
            seen = await _read(client, job_id)
            duration = int(seen.execution_duration or service.access.longest_run)
            timeout = timeout or RunOptions(execution_duration=duration).seconds_to_wait
            label = label or _label_of(job, seen)
        wait = partial(wait_for, client, job_id, timeout=timeout)
        async with _strays_stopped(client, job):
            return await steps.finish(client, job_id, label, wait, ArtifactListener())


@sync_compatible_task(
    name="Download results",
    cache_policy=NO_CACHE,
    retries=3,
    retry_delay_seconds=exponential_backoff(2),
    retry_jitter_factor=0.5,
    retry_condition_fn=may_help,
)
async def download_results(
    job: Submission | str,
    service: ExpresService,
    folder: str,
    request: SimulationRequest | None = None,
) -> list[StoredFile]:
    """Download every result of a completed job and verify it.

    Retried three times when a transfer was cut or the service is away: a file gets its name only
    when it is whole. Not cached: the manifest beside the files says whether they are still there.

    Args:
        job: The job, from `create_job`, or its URL.
        service: The service.
        folder: Path or fsspec URL of the folder.
        request: The simulation that the results must show; None compares nothing.

    Returns:
        Each file with its URL and hash, for `view_results` and the tasks of the analysis.

    Raises:
        ResultsMissing: The job completed without a CDF file.
        ResultMismatch: The results show another simulation; they are set aside.
        JobLost: The service has deleted the job or its results.
        TransferError: A file did not arrive whole, or may not be fetched.
        ValueError: The job is not on this service.
    """
    client, job_id = service.client_of(_url_of(job))
    async with client:
        files = await steps.download(client, job_id, folder, service.largest_result, LogListener())
    if request is not None:
        compared = await verify_downloaded(request, files, folder, client.job_url(job_id))
        log_step("download", "As asked for: %s", ", ".join(compared) or "nothing was compared")
    for file in files:
        check = "verified" if file.verified else "no hash announced"
        log_step("download", "%s, %s bytes, %s", file.name, f"{file.size:,}", check)
    return files


def _url_of(job: Submission | str) -> str:
    return job.job_url if isinstance(job, Submission) else job


def _ours(job_url: str, job_id: str) -> Submission:
    """Take a job that is given by its URL as one that we may start at once."""
    return Submission(job_id=job_id, job_url=job_url, run_id="", ours=True, phase=Phase.PENDING)


@contextlib.asynccontextmanager
async def _strays_stopped(client: UWSClient, job: Submission | str) -> AsyncIterator[None]:
    """When the job has ended, stop those of creates whose answers were lost."""
    try:
        yield
    except JobError:
        await _stop_strays(client, job)
        raise
    await _stop_strays(client, job)


async def _stop_strays(client: UWSClient, job: Submission | str) -> None:
    """Look for them by name; that this fails is told, and ends nothing."""
    if isinstance(job, str) or not job.strays or (name := RunId.parse(job.run_id)) is None:
        return
    owner = name.owner if job.ours else current_owner()
    try:
        stopped = await stop_jobs(client, owner, fingerprint=name.fingerprint)
    except ExpresError as fault:
        log_warning("A create whose answer was lost may have left a job. %s", fault)
        return
    for job_url in stopped:
        log_step("abort", "%s was left by a create whose answer was lost; it was stopped", job_url)


async def _read(client: UWSClient, job_id: str) -> Job:
    try:
        return await client.job(job_id)
    except JobNotFound:
        raise lost(client.job_url(job_id)) from None


def _label_of(job: Submission | str, seen: Job) -> str:
    """Name the simulation as the job's runId does: some services do not keep it."""
    run_id = job.run_id if isinstance(job, Submission) else seen.run_id
    name = RunId.parse(run_id)
    return name.label if name else seen.id
