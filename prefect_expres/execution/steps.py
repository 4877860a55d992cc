"""The steps on the service, with a client that is given: tasks wrap them, campaigns call them."""

from collections.abc import Awaitable, Callable

from prefect_expres.errors import JobAborted, JobError, JobFailed, JobLost, JobNotFound
from prefect_expres.expres import SimulationRequest
from prefect_expres.execution.manifest import MANIFEST
from prefect_expres.monitoring.progress import ByteCounter, tell
from prefect_expres.execution import (
    Election,
    Submission,
    fault_with_evidence,
    fetch_results,
    lost,
    see_started,
)
from prefect_expres.storage import StoredFile
from prefect_expres.uws import Job, Phase, UWSClient


async def create(
    client: UWSClient,
    request: SimulationRequest,
    owner: str,
    *,
    execution_duration: int,
    timeout: float,
    passed_over: tuple[str, ...] = (),
    alone: bool = False,
) -> Submission:
    """Come to the one job that runs the simulation; see `Election` for the arguments."""
    submission = await Election(
        client,
        request,
        owner,
        execution_duration=execution_duration,
        timeout=timeout,
        alone=alone,
        passed_over=passed_over,
        notice=_tell_submit,
    ).submit()
    origin = "ours" if submission.ours else "of another run that asks for the same simulation"
    tell("submit", "%s, %s, %s", submission.job_url, submission.phase.value, origin)
    return submission


async def start(client: UWSClient, submission: Submission, timeout: float) -> Phase:
    """See to it that the job is started, and give the phase afterwards.

    Raises:
        JobLost: The job was withdrawn or deleted.
        WaitTimeout: There was no slot in all the time.
    """
    try:
        return await see_started(client, submission, timeout=timeout, notice=_tell_submit)
    except JobNotFound:
        raise lost(submission.job_url) from None


async def finish(
    client: UWSClient,
    job_id: str,
    wait: Callable[[str], Awaitable[Job]],
) -> Job:
    """Wait in some way until the job has completed.

    Raises:
        JobFailed: The job ended in phase ERROR.
        JobAborted: The job was aborted.
        JobLost: The service knows the job no more.
        WaitTimeout: The deadline passed.
    """
    job_url = client.job_url(job_id)
    try:
        job = await wait(job_id)
    except JobNotFound:
        raise lost(job_url) from None
    if job.phase in _ENDED_BADLY:
        message = f"The job {job_url} ended in phase {job.phase.value}"
        kind = _ENDED_BADLY[job.phase]
        raise await fault_with_evidence(client, job_id, kind, message, job.error_summary)
    return job


async def download(client: UWSClient, job_id: str, folder: str, limit: int) -> list[StoredFile]:
    """Download every result and verify it; see `fetch_results`."""
    return await fetch_results(
        client, job_id, folder, taken=(MANIFEST,), limit=limit, on_bytes=ByteCounter().count
    )


_ENDED_BADLY: dict[Phase, type[JobError]] = {
    Phase.ERROR: JobFailed,
    Phase.ABORTED: JobAborted,
    Phase.ARCHIVED: JobLost,
}


def _tell_submit(message: str) -> None:
    tell("submit", "%s", message)
