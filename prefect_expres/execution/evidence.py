"""Why a job ended without its results: what the service says, and what the job printed."""

import re
from collections.abc import Awaitable

from prefect_expres.errors import ExpresError, JobError, JobLost
from prefect_expres.uws import ErrorSummary, UWSClient

TAIL_LINES = 20
LONGEST_TEXT = 4000


async def fault_with_evidence(
    client: UWSClient,
    job_id: str,
    kind: type[JobError],
    message: str,
    summary: ErrorSummary | None = None,
) -> JobError:
    """Make the error of a job that ended badly, with all that the service tells of it.

    Evidence that cannot be had takes nothing from the error.

    Args:
        client: The client of the job's list.
        job_id: The job.
        kind: Which error it is.
        message: What happened and what to do.
        summary: The error summary in the job's document.
    """
    said = summary.message if summary else None
    detail = await _told(client.error(job_id))
    stderr = await _told(client.stderr(job_id))
    stdout = await _told(client.stdout(job_id))
    return kind(
        message,
        client.job_url(job_id),
        said or detail,
        _tail(stderr),
        _tail(stdout),
        beyond(said, detail)[:LONGEST_TEXT] or None if said and detail else None,
    )


def beyond(summary: str, detail: str) -> str:
    """Give what a detailed error text says beyond the summary, with which some services begin it.

    Args:
        summary: The error summary in the job's document.
        detail: The detailed text, whose white space may be another.
    """
    again = r"\s+".join(map(re.escape, summary.split()))
    return re.sub(rf"\A{again}(?!\S)\s*", "", detail)


def lost(job_url: str, reason: str | None = None) -> JobLost:
    """Make the error of a job that the service does not know, or of which nothing is left."""
    message = (
        f"The service knows the job {job_url}, or its results, no more: it was deleted or "
        "withdrawn, or the service lost it. Run the simulation again, or allow more attempts."
    )
    return JobLost(message, job_url, reason)


async def _told(answer: Awaitable[str]) -> str | None:
    try:
        return await answer or None
    except ExpresError:
        return None


def _tail(text: str | None) -> str | None:
    return "\n".join(text.splitlines()[-TAIL_LINES:])[-LONGEST_TEXT:] if text else None
