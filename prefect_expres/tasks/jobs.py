"""Prefect tasks: one a UWS step.

Each is retried only where a second try is safe and may help, and says so. Between tasks go
addresses and small values; the job's address is its identity.
"""

import contextlib
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task, exponential_backoff

from prefect_expres.execution import steps
from prefect_expres.execution.attempts import Terms
from prefect_expres.blocks import ExpresService
from prefect_expres.errors import ExpresError
from prefect_expres.expres import SimulationRequest
from prefect_expres.execution.manifest import PhaseTime
from prefect_expres.monitoring.progress import ProgressArtifact, tell
from prefect_expres.execution import Submission
from prefect_expres.storage import StoredFile
from prefect_expres.uws import Job, Phase, UWSClient, wait_for
from prefect_expres.monitoring.artifacts import View, look_at, show_job


async def may_help(task: Task[..., Any], task_run: TaskRun, state: State[Any]) -> bool:
    """Say whether trying the task again may help; Prefect wants a plain function here."""
    fault = await state.aresult(raise_on_failure=False)
    return isinstance(fault, ExpresError) and fault.retryable


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
    timeout: float = 4200.0,
    passed_over: tuple[str, ...] = (),
    *,
    alone: bool = False,
) -> Submission:
    """Come to the one job that runs the simulation: find it, or create it in phase PENDING.

    Retried when the service is busy or away, which is safe: each try looks at the job list first,
    and so does a create whose answer was lost. Not cached: jobs end.

    Args:
        request: The simulation.
        service: The service.
        owner: Stands for the flow run that asks, in the runId of its jobs.
        execution_duration: Seconds that a new job may run.
        timeout: Seconds to wait for a slot, where the service limits active jobs.
        passed_over: Ids of jobs that have disappointed.
        alone: Take no job but the flow run's own.

    Raises:
        WaitTimeout: No job could be had in all the time.
        SubmissionUncertain: Answers were lost again and again.
    """
    async with service.get_client(request.job_list) as client:
        return await steps.create(
            client,
            request,
            owner,
            execution_duration=execution_duration,
            timeout=timeout,
            passed_over=passed_over,
            alone=alone,
        )


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
        submission: The job.
        service: The service.
        timeout: Seconds to wait for a slot, where the service limits active jobs.

    Returns:
        The phase afterwards.

    Raises:
        JobLost: The job was withdrawn or deleted.
        WaitTimeout: There was no slot in all the time.
    """
    client, _ = service.client_of(submission.job_url)
    async with client:
        return await steps.start(client, submission, timeout)


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
    artifact = ProgressArtifact(label, job_url, execution_duration)
    async with client:
        wait = partial(wait_for, client, timeout=timeout, on_progress=artifact.show)
        job = await steps.finish(client, job_id, wait)
    return job, artifact.phases


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
        files = await steps.download(client, job_id, folder, service.largest_result)
    for file in files:
        check = "verified" if file.verified else "no hash announced"
        tell("download", "%s, %s bytes, %s", file.name, f"{file.size:,}", check)
    return files


class TaskSteps:
    """The steps on the service, each a task run of its own; see `Steps`.

    Args:
        service: The service.
    """

    def __init__(self, service: ExpresService) -> None:
        self._service = service

    def slot(self) -> AbstractAsyncContextManager[object]:
        """Hold no place: the service itself says when there are too many."""
        return contextlib.nullcontext()

    def client(self, job_list: str) -> AbstractAsyncContextManager[UWSClient]:
        """Give a client of a job list."""
        return self._service.get_client(job_list)

    async def create(
        self, request: SimulationRequest, terms: Terms, passed_over: tuple[str, ...]
    ) -> Submission:
        """Come to the one job that runs the simulation."""
        return await create_job(
            request,
            self._service,
            terms.owner,
            terms.execution_duration,
            terms.patience,
            passed_over,
            alone=terms.alone,
        )

    async def show_job(self, label: str, job_url: str) -> None:
        """Put a link to the job on the Artifacts page."""
        await show_job(label, job_url)

    async def start(self, submission: Submission, timeout: float) -> Phase:
        """See to it that the job is started."""
        return await run_job(submission, self._service, timeout)

    async def finish(
        self, submission: Submission, label: str, timeout: float, execution_duration: int
    ) -> tuple[Job, tuple[PhaseTime, ...]]:
        """Wait until the job has completed."""
        return await await_phase(
            submission.job_url, self._service, label, timeout, execution_duration
        )

    async def download(self, submission: Submission, folder: str) -> list[StoredFile]:
        """Bring the results home."""
        return await download_results(submission.job_url, self._service, folder)

    async def look(self, cdf: StoredFile, folder: str) -> View:
        """Look at the results."""
        return await look_at(cdf, folder)
