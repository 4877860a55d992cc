"""Download every result of a completed job."""

import contextlib
from collections.abc import Collection

from prefect_expres.errors import JobNotFound, ResultsMissing
from prefect_expres.execution.evidence import fault_with_evidence, lost
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
) -> list[StoredFile]:
    """Download the results, each verified and under its final name only when it is whole.

    Args:
        client: The client of the job's list.
        job_id: The job.
        folder: Path or fsspec URL of the folder.
        taken: File names that no result may have.
        limit: Largest size of one result in bytes, declared or real.
        on_bytes: Is told the name, the bytes so far, and the bytes expected.

    Raises:
        ResultsMissing: The job completed without a CDF file.
        JobLost: The service has deleted the job or its results.
        TransferError: A file did not arrive whole, or may not be fetched.
        ServiceError: The service refused, or could not be reached.
    """
    try:
        named = file_names(await _announced(client, job_id), taken)
        return [
            await download(client, result, folder, name=name, limit=limit, on_bytes=on_bytes)
            for name, result in named.items()
        ]
    except JobNotFound as fault:
        raise lost(client.job_url(job_id), str(fault)) from None


async def _announced(client: UWSClient, job_id: str) -> tuple[ResultRef, ...]:
    """List the results; OPUS may add them a moment after the job completed."""
    for look in range(LOOKS_FOR_RESULTS):
        with contextlib.suppress(JobNotFound):
            results = await client.results(job_id)
            if any(result.id.lower().endswith(".cdf") for result in results):
                return results
        await client.clock.sleep(0.5 * 2**look)
    await client.phase(job_id)
    message = (
        "The job completed without a CDF file, so ExPRES failed inside; look at its stdout and "
        "check the configuration"
    )
    raise await fault_with_evidence(client, job_id, ResultsMissing, message)
