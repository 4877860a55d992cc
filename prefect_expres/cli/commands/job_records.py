"""Show a job: as a record for programs, and as lines for people."""

from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from prefect_expres.cli.console.printing import facts, phase, table
from prefect_expres.uws import Job, JobRef, ResultRef, Timestamp

_KIBI = 1024


def ref_record(ref: JobRef, url: str) -> dict[str, Any]:
    """Return the record of an entry of a job list."""
    return {
        "id": ref.id,
        "url": url,
        "run_id": ref.run_id,
        "owner": ref.owner_id,
        "phase": ref.phase.value,
        "created": _text(ref.creation_time),
    }


def job_record(job: Job, url: str) -> dict[str, Any]:
    """Return the record of a job; times are as the service wrote them."""
    return {
        "id": job.id,
        "url": url,
        "run_id": job.run_id,
        "owner": job.owner_id,
        "phase": job.phase.value,
        "created": _text(job.creation_time),
        "started": _text(job.start_time),
        "ended": _text(job.end_time),
        "quote": job.quote,
        "execution_duration": job.execution_duration,
        "destruction": _text(job.destruction),
        "parameters": {parameter.id: parameter.value for parameter in job.parameters},
        "results": [result_record(result) for result in job.results],
        "error": job.error_summary.message if job.error_summary else None,
        "info": {extra.name: extra.text for extra in job.job_info},
        "version": job.version,
    }


def result_record(result: ResultRef) -> dict[str, Any]:
    """Return the record of a result; an empty text of the service is None."""
    return {
        "id": result.id,
        "url": result.href or None,
        "type": result.mime_type or None,
        "size": result.size,
        "hash": result.hash or None,
    }


def jobs_table(refs: Iterable[JobRef]) -> RenderableType:
    """Show a job list."""
    rows = (
        (
            ref.id,
            ref.run_id or "",
            ref.owner_id or "",
            phase(ref.phase.value),
            _text(ref.creation_time) or "",
        )
        for ref in refs
    )
    return table("job", "runId", "owner", "phase", "created", rows=rows)


def job_lines(job: Job, url: str) -> tuple[RenderableType, ...]:
    """Show a job: its attributes, parameters and results."""
    attributes: dict[str, RenderableType] = {
        "job": job.id,
        "URL": url,
        "runId": job.run_id or "",
        "owner": job.owner_id or "",
        "phase": phase(job.phase.value),
        "created": _text(job.creation_time) or "",
        "started": _text(job.start_time) or "",
        "ended": _text(job.end_time) or "",
        "quote": job.quote or "",
        "may run for": _seconds(job.execution_duration),
        "kept until": _text(job.destruction) or "",
        "error": job.error_summary.message if job.error_summary else "",
        **{extra.name: extra.text for extra in job.job_info},
    }
    parameters: Mapping[str, RenderableType] = {each.id: each.value for each in job.parameters}
    shown: list[RenderableType] = [facts(attributes)]
    if parameters:
        shown += ["", "Parameters", facts(parameters)]
    if job.results:
        shown += ["", "Results", results_table(job.results)]
    return tuple(shown)


def results_table(results: Iterable[ResultRef]) -> RenderableType:
    """Show the results of a job."""
    rows = (
        (
            each.id,
            each.mime_type or "",
            Text(size(each.size), justify="right"),
            each.hash or "",
            each.href or "",
        )
        for each in results
    )
    return table("result", "type", "size", "hash", "URL", rows=rows)


def size(count: int | None) -> str:
    """Format a number of bytes for people."""
    if count is None:
        return ""
    amount, unit = float(count), "B"
    for larger in ("KiB", "MiB", "GiB", "TiB"):
        if amount < _KIBI:
            break
        amount, unit = amount / _KIBI, larger
    return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"


def _seconds(duration: float | None) -> str:
    if duration is None:
        return ""
    return f"{duration:g} s" if duration else "no limit"


def _text(moment: Timestamp | None) -> str | None:
    return moment.text if moment else None
