"""Download every result of a completed job."""

import contextlib
from collections.abc import Collection

from prefect_expres.errors import JobNotFound, ResultsMissing, ServiceError, TransferError
from prefect_expres.execution.events import Listener, Warned, ignore
from prefect_expres.execution.evidence import fault_with_evidence, lost
from prefect_expres.execution.manifest import is_cdf
from prefect_expres.storage import StoredFile
from prefect_expres.uws import ResultRef, UWSClient, download, file_names
from prefect_expres.uws.transfer import RESULT_LIMIT, Counter

LOOKS_FOR_RESULTS = 5


async def fetch_results(
    client: UWSClient,
    job_id: str,
    folder: str,
    *,
    taken: Collection[str] = (),
    limit: int = RESULT_LIMIT,
    on_bytes: Counter | None = None,
    tell: Listener = ignore,
) -> list[StoredFile]:
    """Download the results, each verified and under its final name only when it is whole.

    A result that cannot be had keeps no other from arriving. What is no CDF file and will not come
    is told, and left out.

    Args:
        client: The client of the job's list.
        job_id: The job.
        folder: Path or fsspec URL of the folder.
        taken: File names that no result may have.
        limit: Largest size of one result in bytes, declared or real.
        on_bytes: Is told the name, the bytes so far, and the bytes expected.
        tell: Is told which results do not come, and why.

    Raises:
        ResultsMissing: The job completed without a CDF file.
        JobLost: The service has deleted the job or its results.
        TransferError: A file did not arrive whole, or may not be fetched.
        ServiceError: The service refused, or could not be reached.
    """
    files: list[StoredFile] = []
    faults: list[TransferError | ServiceError] = []
    try:
        named = file_names(await _announced(client, job_id), taken)
        for name, result in named.items():
            try:
                stored = await download(
                    client, result, folder, name=name, limit=limit, on_bytes=on_bytes
                )
                files.append(_identified(stored, result))
            except (TransferError, ServiceError) as fault:
                if isinstance(fault, JobNotFound):
                    # If the job is gone, so is everything else.
                    await client.phase(job_id)
                if fault.retryable or is_cdf(name):
                    faults.append(fault)
                else:
                    await tell(Warned(f"The result {result.id!r} is left out: {fault}"))
    except JobNotFound as fault:
        raise lost(client.job_url(job_id), str(fault)) from None
    if faults:
        first = faults[0]
        raise lost(client.job_url(job_id), str(first)) if isinstance(first, JobNotFound) else first
    return files


def _identified(stored: StoredFile, result: ResultRef) -> StoredFile:
    """Note the id of a result whose file has another name."""
    return (
        stored if stored.name == result.id else stored.model_copy(update={"result_id": result.id})
    )


async def _announced(client: UWSClient, job_id: str) -> tuple[ResultRef, ...]:
    """List the results; OPUS may add them a moment after the job completed."""
    for look in range(LOOKS_FOR_RESULTS):
        with contextlib.suppress(JobNotFound):
            results = await client.results(job_id)
            if any(map(is_cdf, file_names(results))):
                return results
        await client.clock.sleep(0.5 * 2**look)
    await client.phase(job_id)
    message = (
        "The job completed without a CDF file, so ExPRES failed inside; look at its stdout and "
        "check the configuration"
    )
    raise await fault_with_evidence(client, job_id, ResultsMissing, message)
