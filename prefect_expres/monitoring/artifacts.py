"""What the Prefect UI shows of a simulation: its job, its failure, its files and windows."""

import base64
import re
from collections.abc import Sequence

from prefect.artifacts import (
    acreate_image_artifact,
    acreate_link_artifact,
    acreate_markdown_artifact,
    acreate_table_artifact,
)

from prefect_expres.analysis.windows import Window
from prefect_expres.errors import JobError
from prefect_expres.execution import ResultView, SimulationResult
from prefect_expres.monitoring.best_effort import artifact_key, artifact_limit, best_effort
from prefect_expres.monitoring.log import log_step, log_warning
from prefect_expres.preview import Preview

WINDOWS = "Windows of visible emission; one that is cut at an end of the simulation may be longer"


async def show_job(label: str, job_url: str) -> None:
    """Put a link to the job on the Artifacts page."""
    with best_effort():
        async with artifact_limit():
            await acreate_link_artifact(
                job_url,
                key=artifact_key("job", label),
                link_text=job_url,
                description="The UWS job",
            )


async def show_failure(label: str, fault: JobError) -> None:
    """Put what is known of a job that ended badly into the log and on the Artifacts page."""
    parts = [f"# {label}", fault.args[0], f"[{fault.job_url}]({fault.job_url})"]
    said = [("The service says", fault.error)] if fault.error else []
    for heading, text in (*said, *fault.evidence):
        parts.append(f"## {heading}\n\n{_fenced(text)}")
    log_warning("%s", fault)
    with best_effort():
        async with artifact_limit():
            await acreate_markdown_artifact(
                "\n\n".join(parts), key=artifact_key("failure", label), description="Why it failed"
            )


async def show_result(result: SimulationResult, view: ResultView) -> None:
    """Put the tables of files and windows, and the picture, on the Artifacts page."""
    with best_effort():
        await _show_files(result)
    if view.windows is not None:
        await show_windows(result.label, view.windows, WINDOWS)
    if view.picture is not None:
        words = "Visible emission over time and frequency"
        await _show_picture(view.picture, "quicklook", result.label, words)


async def show_preview(preview: Preview) -> None:
    """Put the picture of a preview on the Artifacts page, and what it found into the log."""
    log_step("preview", "%s", preview.summary)
    if preview.picture is not None:
        await _show_picture(preview.picture, "preview", preview.label, preview.made_by)


async def _show_picture(picture: bytes, kind: str, label: str, description: str) -> None:
    encoded = base64.b64encode(picture).decode()
    with best_effort():
        await acreate_image_artifact(
            f"data:image/png;base64,{encoded}",
            key=artifact_key(kind, label),
            description=description,
        )


async def _show_files(result: SimulationResult) -> None:
    await acreate_table_artifact(
        [
            {
                "checked": result.check_of(file),
                "bytes": f"{file.size:,}",
                "file": file.name,
                "SHA-256": file.sha256,
            }
            for file in result.files
        ],
        key=artifact_key("results", result.label),
        description=f"Files in {result.folder}",
    )


async def show_windows(label: str, windows: Sequence[Window], description: str) -> None:
    """Put a table of windows on the Artifacts page."""
    with best_effort():
        await acreate_table_artifact(
            [
                {
                    "source": f"{window.source} {window.hemisphere}",
                    "from (UTC)": f"{window.start:%Y-%m-%d %H:%M}",
                    "to (UTC)": f"{window.end:%Y-%m-%d %H:%M}",
                    "MHz": f"{window.fmin:.2f}-{window.fmax:.2f}",
                    "polarization": window.polarization,
                    "cut at": window.cut_at,
                }
                for window in sorted(windows, key=lambda window: window.start)
            ],
            key=artifact_key("windows", label),
            description=description,
        )


def _fenced(text: str) -> str:
    """Show text as it is: the service's words are not to be read as Markdown."""
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return f"{fence}text\n{text}\n{fence}"
