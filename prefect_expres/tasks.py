"""Prefect tasks: one a UWS step, and the steps before and after.

Each is retried only where a second try is safe and may help, and says so. Between tasks go
addresses and small values; the job's address is its identity.
"""

import asyncio
from pathlib import Path
from typing import Any

import fsspec
from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task, exponential_backoff

from prefect_expres.blocks import ExpresService
from prefect_expres.errors import (
    ConfigurationError,
    EphemerisError,
    ExpresError,
    JobAborted,
    JobFailed,
    ResultsMissing,
    ServiceError,
    SubmissionUncertain,
)
from prefect_expres.expres import Configuration, SimulationRequest
from prefect_expres.outcome import MANIFEST, PhaseTime
from prefect_expres.progress import ByteCounter, ProgressArtifact, tell, warn
from prefect_expres.uws import (
    Job,
    Phase,
    ResultRef,
    StoredFile,
    Upload,
    UWSClient,
    download,
    wait_for,
)
from prefect_expres.uws.transfer import file_names, write_whole

LARGEST_INPUT = 64 * 2**20
TAIL_LINES = 20
LOOKS_FOR_RESULTS = 5


async def may_help(task: Task[..., Any], task_run: TaskRun, state: State[Any]) -> bool:
    """Say whether trying the task again may help; Prefect wants a plain function here."""
    fault = await state.aresult(raise_on_failure=False)
    return isinstance(fault, ExpresError) and fault.retryable


@task(name="Prepare simulation", cache_policy=NO_CACHE)
async def prepare(
    configuration: str | Path | dict[str, Any] | Configuration,
    service: ExpresService,
    ephemeris: str | Path | None = None,
    branch: str = "master",
    label: str | None = None,
    execution_duration: int = 600,
) -> SimulationRequest:
    """Read and check everything before anything is sent.

    Not retried: a broken rule stays broken. Not cached: files may change behind the same name.

    Args:
        configuration: Path or fsspec URL of a file, its content, or the model.
        service: The service, whose access rules hold.
        ephemeris: Path or fsspec URL of the CSV file that ``OBSERVER.EPHEM`` names.
        branch: The ExPRES git branch.
        label: A short name for people.
        execution_duration: Seconds that the job may run.

    Raises:
        ConfigurationError: The configuration breaks rules.
        EphemerisError: The ephemeris is missing or not named.
        AccessError: The user may not ask for this.
    """
    service.access.check(branch, execution_duration)
    if service.access.warning:
        warn(service.access.warning)
    model = await _configuration(configuration)
    track = None if ephemeris is None else await _content(ephemeris, EphemerisError)
    request = SimulationRequest.build(model, track, branch, label)
    tell(
        "prepare",
        "%s, %d times, %d frequencies, %d sources, fingerprint %s",
        request.label,
        model.time.nbr,
        model.frequency.nbr,
        model.number.source,
        request.fingerprint[:12],
    )
    return request


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
    run_id: str,
    execution_duration: int = 600,
) -> str:
    """Create the job in phase PENDING, once.

    Retried when the service is busy or away, which is safe: each try looks for the runId first,
    and so does a create whose answer was lost. Not cached: jobs end.

    Args:
        request: The simulation.
        service: The service.
        run_id: The name of this attempt, unique.
        execution_duration: Seconds that the job may run.

    Returns:
        The job's URL.
    """
    async with service.get_client(request.job_list) as client:
        found = await client.find(run_id)
        job_id = (
            found[0].id if found else await _created(client, request, run_id, execution_duration)
        )
        job_url = client.job_url(job_id)
    tell("submit", "%s", job_url)
    return job_url


@task(
    name="Run job",
    cache_policy=NO_CACHE,
    retries=10,
    retry_delay_seconds=exponential_backoff(5),
    retry_jitter_factor=0.5,
    retry_condition_fn=may_help,
)
async def run_job(job_url: str, service: ExpresService) -> Phase:
    """Start the job.

    Retried while the limit of active jobs is reached or the service is away, which is safe: a
    start that took is seen by the phase. Not cached: it is an act.

    Args:
        job_url: The job.
        service: The service.

    Returns:
        The phase afterwards.
    """
    client, job_id = service.client_of(job_url)
    async with client:
        return await client.start(job_id)


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
        WaitTimeout: The deadline passed.
    """
    client, job_id = service.client_of(job_url)
    artifact = ProgressArtifact(label, job_url, execution_duration)
    async with client:
        job = await wait_for(client, job_id, timeout=timeout, on_progress=artifact.show)
        if job.phase in {Phase.ERROR, Phase.ABORTED}:
            raise await _evidence(client, job)
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
        TransferError: A file did not arrive whole, or may not be fetched.
    """
    client, job_id = service.client_of(job_url)
    async with client:
        results = await _results(client, job_id)
        named = file_names(results, taken=(MANIFEST,))
        files, counter = [], ByteCounter()
        for name, result in named.items():
            stored = await download(client, result, folder, name=name, on_bytes=counter.count)
            check = "verified" if stored.verified else "no hash announced"
            tell("download", "%s, %s bytes, %s", name, f"{stored.size:,}", check)
            files.append(stored)
    return files


@task(name="Keep inputs", cache_policy=NO_CACHE)
async def keep_inputs(request: SimulationRequest, folder: str) -> list[StoredFile]:
    """Write the configuration and the ephemeris beside the results.

    Not retried and not cached: writing again what is there does no harm, and costs nothing.

    Args:
        request: The simulation.
        folder: Path or fsspec URL of the folder.
    """
    files = [await write_whole(folder, request.configuration_name, request.configuration.to_json())]
    if request.ephemeris is not None:
        files.append(await write_whole(folder, request.ephemeris_name, request.ephemeris))
    return files


async def stop_job(job_url: str, service: ExpresService) -> None:
    """Abort the job whatever its phase, so that nobody's job is left running by mistake."""
    client, job_id = service.client_of(job_url)
    async with client:
        phase = await client.abort(job_id)
    tell("abort", "%s is %s", job_url, phase.value if phase else "deleted")


async def _configuration(given: str | Path | dict[str, Any] | Configuration) -> Configuration:
    if isinstance(given, Configuration):
        return Configuration.from_mapping(given.content())
    if isinstance(given, dict):
        return Configuration.from_mapping(given)
    return Configuration.parse(await _content(given, ConfigurationError))


async def _content(location: str | Path, error: type[ExpresError]) -> bytes:
    def read() -> bytes:
        with fsspec.open(str(location), "rb") as stream:
            return bytes(stream.read(LARGEST_INPUT + 1))

    try:
        content = await asyncio.to_thread(read)
    except (OSError, ValueError, ImportError) as fault:
        msg = f"{location} cannot be read: {fault}"
        raise error(msg) from None
    if len(content) > LARGEST_INPUT:
        msg = f"{location} is larger than {LARGEST_INPUT} bytes, which no input of ExPRES is"
        raise error(msg)
    return content


async def _created(
    client: UWSClient, request: SimulationRequest, run_id: str, execution_duration: int
) -> str:
    """Post the job; if the answer is lost, let the job list tell what became of it.

    Only the job that is returned is ever started, so a post whose job appears late runs nothing;
    it is withdrawn when it is seen.
    """
    uploads = {
        "config": Upload(
            request.configuration_name, request.configuration.to_json(), "application/json"
        )
    }
    if request.ephemeris is not None:
        uploads["ephemeride"] = Upload(request.ephemeris_name, request.ephemeris, "text/csv")
    parameters = {
        "runId": run_id,
        "branch": request.branch,
        "executionDuration": str(execution_duration),
    }
    uncertain: SubmissionUncertain | None = None
    for _ in range(3):
        try:
            job_id = await client.create(parameters, uploads)
        except SubmissionUncertain as fault:
            uncertain = fault
            found = await _appeared(client, run_id)
            if found is None:
                continue
            job_id = found
        if uncertain is not None:
            await _withdraw_others(client, run_id, job_id)
        return job_id
    assert uncertain is not None
    raise uncertain


async def _appeared(client: UWSClient, run_id: str) -> str | None:
    """Look for the job of a lost answer in the job list, three times."""
    for pause in (0.5, 2.0, 5.0):
        await client.clock.sleep(pause)
        found = await client.find(run_id)
        if found:
            return found[0].id
    return None


async def _withdraw_others(client: UWSClient, run_id: str, kept: str) -> None:
    for job in await client.find(run_id):
        if job.id != kept and job.phase is Phase.PENDING:
            await client.delete(job.id)


async def _results(client: UWSClient, job_id: str) -> tuple[ResultRef, ...]:
    """List the results; OPUS may add them a moment after the job completed."""
    for look in range(LOOKS_FOR_RESULTS):
        results = await client.results(job_id)
        if any(result.id.lower().endswith(".cdf") for result in results):
            return results
        await client.clock.sleep(0.5 * 2**look)
    message = (
        "The job completed without a CDF file, so ExPRES failed inside; look at its stdout and "
        "check the configuration"
    )
    raise await _with_evidence(client, job_id, ResultsMissing, message, None)


async def _evidence(client: UWSClient, job: Job) -> JobFailed | JobAborted:
    kind = JobFailed if job.phase is Phase.ERROR else JobAborted
    summary = job.error_summary.message if job.error_summary else None
    message = f"The job {client.job_url(job.id)} ended in phase {job.phase.value}"
    fault: JobFailed | JobAborted = await _with_evidence(client, job.id, kind, message, summary)
    return fault


async def _with_evidence(
    client: UWSClient, job_id: str, kind: type[Any], message: str, summary: str | None
) -> Any:
    try:
        stderr: str | None = "\n".join((await client.stderr(job_id)).splitlines()[-TAIL_LINES:])
    except ServiceError:
        stderr = None
    return kind(message, client.job_url(job_id), summary, stderr or None)
