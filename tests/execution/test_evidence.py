"""What the error of a job says: all that the service tells of it, and nothing twice."""

import pytest

from prefect_expres.errors import JobFailed
from prefect_expres.execution.evidence import beyond, fault_with_evidence
from prefect_expres.uws import ErrorSummary, UWSClient
from tests.support.no_pause import NoPause
from tests.support.scripted_service import JOBS_URL, ScriptedService

SAID = "Error: (a star)\nis not there"


@pytest.mark.parametrize(
    ("detail", "more"),
    [
        (SAID, ""),
        ("Error: (a star) is not there", ""),
        ("Error: (a star) is not there\n\nat 12:00\nand at 13:00", "at 12:00\nand at 13:00"),
        ("Error: (a star) is not therein", "Error: (a star) is not therein"),
        ("At noon: Error: (a star) is not there", "At noon: Error: (a star) is not there"),
        ("", ""),
    ],
)
def test_summary_is_left_out_of_the_detail(detail: str, more: str) -> None:
    """Only at its beginning, in any white space, and as a whole."""
    assert beyond(SAID, detail) == more
    assert beyond("", detail) == detail


@pytest.mark.parametrize(
    ("summary", "detail", "error", "more"),
    [
        ("it failed", "it failed", "it failed", None),
        ("it failed", "it failed\nsince it rains", "it failed", "since it rains"),
        ("it failed", "x" * 5000, "it failed", "x" * 4000),
        (None, "it rains", "it rains", None),
        ("it failed", 404, "it failed", None),
    ],
)
async def test_detail_is_told_once(
    summary: str | None, detail: str | int, error: str, more: str | None
) -> None:
    """Safir and GAVO DaCHS begin it with the summary."""
    service = ScriptedService()
    service.on("GET /j1/error", detail)
    for stream in ("stdout", "stderr"):
        service.on(f"GET /j1/{stream}", 404)
    async with UWSClient(JOBS_URL, transport=service, clock=NoPause()) as client:
        said = ErrorSummary(summary) if summary else None
        fault = await fault_with_evidence(client, "j1", JobFailed, "The job failed", said)
    assert (fault.error, fault.detail) == (error, more)
