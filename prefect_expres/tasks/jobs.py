"""The Prefect tasks of a job's life: one a UWS step.

Each is retried only where a second try is safe and may help, and says so. Between tasks go
URLs and small values; the job's URL is its identity.
"""

from functools import partial

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.tasks import exponential_backoff

from prefect_expres.blocks import ExpresService
from prefect_expres.execution import PhaseTime, RunOptions, Submission, steps
from prefect_expres.expres import SimulationRequest
from prefect_expres.monitoring.log import log_step
from prefect_expres.monitoring.progress import ArtifactListener, LogListener
from prefect_expres.storage import StoredFile
from prefect_expres.tasks.retry import may_help
from prefect_expres.uws import Job, Phase, wait_for


@task(
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
    owner: str,
    execution_duration: int = 600,
    timeout: float | None = None,
    excluded: tuple[str, ...] = (),
    *,
    exclusive: bool = False,
) -> Submission:
    """Come to the one job that runs the simulation: find it, or create it in phase PENDING.

    Retried when the service is busy or away, which is safe: each try looks at the job list first,
    and so does a create whose answer was lost. Not cached: jobs end.

    Args:
        request: The simulation.
        service: The service.
        owner: Stands for the flow run that asks, in the runId of its jobs.
        execution_duration: Seconds that a new job may run.
        timeout: Seconds to wait where the service limits active jobs; by default an hour over the
            execution duration.
        excluded: Ids of jobs to exclude: earlier attempts failed.
        exclusive: Take no job but the flow run's own.

    Raises:
        WaitTimeout: No job could be had in all the time.
        SubmissionUncertain: Answers were lost again and again.
    """
    options = RunOptions(owner, execution_duration, timeout, exclusive=exclusive)
    async with service.get_client(request.job_list) as client:
        return await steps.create(client, request, options, excluded, LogListener())


@task(
    name="Run job",
    cache_policy=NO_CACHE,
    retries=5,
    retry_delay_seconds=exponential_backoff(5),
    retry_jitter_factor=0.5,
    retry_condition_fn=may_help,
)
async def run_job(submission: Submission, service: ExpresService, timeout: float = 4200.0) -> Phase:
    """See to it that the job is started: a job of ours at once, another's if its creator does not.

    Retried while the service is away, which is safe: a start that took is seen by the phase. Not
    cached: it is an act.

    Args:
        submission: The job, from `create_job`.
        service: The service.
        timeout: Seconds to wait where the service limits active jobs.

    Returns:
        The phase afterwards.

    Raises:
        JobLost: The job was withdrawn or deleted.
        WaitTimeout: The limit left no room in all the time.
    """
    client, _ = service.client_of(submission.job_url)
    async with client:
        return await steps.start(client, submission, timeout, LogListener())


@task(name="Await phase", cache_policy=NO_CACHE)
async def await_phase(
    job_url: str,
    service: ExpresService,
    label: str,
    timeout: float,
    execution_duration: float = 600,
) -> tuple[Job, tuple[PhaseTime, ...]]:
    """Wait until the job has completed.

    Not retried: the wait itself outlasts a service that is away, and its deadline is the end of
    it. Not cached: it looks at a moving thing.

    Args:
        job_url: The job.
        service: The service.
        label: The simulation's label, for the progress artifact.
        timeout: Seconds until the deadline.
        execution_duration: Seconds that the job may run, for the progress artifact.

    Returns:
        The completed job, and when each phase was first seen.

    Raises:
        JobFailed: The job ended in phase ERROR.
        JobAborted: The job was aborted.
        JobLost: The service knows the job no more.
        WaitTimeout: The deadline passed.
    """
    client, job_id = service.client_of(job_url)
    async with client:
        wait = partial(wait_for, client, job_id, timeout=timeout)
        return await steps.finish(client, job_id, label, wait, ArtifactListener(execution_duration))


@task(
    name="Download results",
    cache_policy=NO_CACHE,
    retries=3,
    retry_delay_seconds=exponential_backoff(2),
    retry_jitter_factor=0.5,
    retry_condition_fn=may_help,
)
async def download_results(job_url: str, service: ExpresService, folder: str) -> list[StoredFile]:
    """Download every result of a completed job and verify it.

    Retried when a transfer was cut or the service is away: a file gets its name only when it is
    whole. Not cached: the manifest beside the files says whether they are still there.

    Args:
        job_url: The job.
        service: The service.
        folder: Path or fsspec URL of the folder.

    Raises:
        ResultsMissing: The job completed without a CDF file.
        JobLost: The service has deleted the job or its results.
        TransferError: A file did not arrive whole, or may not be fetched.
    """
    client, job_id = service.client_of(job_url)
    async with client:
        files = await steps.download(client, job_id, folder, service.largest_result, LogListener())
    for file in files:
        check = "verified" if file.verified else "no hash announced"
        log_step("download", "%s, %s bytes, %s", file.name, f"{file.size:,}", check)
    return files
