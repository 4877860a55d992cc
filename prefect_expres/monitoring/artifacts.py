"""Look at a finished simulation: its windows and quicklook, and what the Prefect UI shows of it."""

import asyncio
import base64
import re
import tempfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

import fsspec
from prefect import task
from prefect.artifacts import (
    acreate_image_artifact,
    acreate_link_artifact,
    acreate_markdown_artifact,
    acreate_table_artifact,
)
from prefect.cache_policies import NO_CACHE
from pydantic import BaseModel, ConfigDict

from prefect_expres.analysis.windows import Window
from prefect_expres.errors import JobError
from prefect_expres.execution.manifest import CALENDAR_END, CATALOGUE_END, QUICKLOOK_END, SimulationResult
from prefect_expres.monitoring.progress import artifact_key, decoration, tell, turn, warn
from prefect_expres.storage import StoredFile, write_whole

ANALYSIS_NEEDS = ("cdflib", "xarray", "matplotlib", "contourpy", "icalendar")


class View(BaseModel):
    """What was seen in the results; nothing if the analysis extra is not installed.

    ``files`` are the quicklook, the calendar and the catalogue of visible windows; ``picture`` is
    the quicklook as PNG.
    """

    model_config = ConfigDict(frozen=True)

    files: tuple[StoredFile, ...] = ()
    picture: bytes | None = None
    windows: tuple[Window, ...] | None = None


def lack_for_analysis(needs: Iterable[str] = ANALYSIS_NEEDS) -> str | None:
    """Say what of the analysis extra is not installed, and what brings it; None if it is there."""
    missing = ", ".join(name for name in needs if find_spec(name) is None)
    cure = "is not installed; pip install 'prefect-expres[analysis]' brings it"
    return f"{missing} {cure}" if missing else None


@task(name="Look at results", cache_policy=NO_CACHE)
async def look_at(cdf: StoredFile, folder: str) -> View:
    """Find the windows of visible emission, draw the quicklook, write calendar and catalogue.

    Not retried: the same file gives the same. Not cached: the manifest keeps what was found.

    Args:
        cdf: The simulation's CDF file.
        folder: Path or fsspec URL of the folder that gets the files.
    """
    if lack := lack_for_analysis():
        warn("No quicklook and no windows: %s", lack)
        return View()
    contents, windows = await asyncio.to_thread(_look, cdf.url)
    stem = Path(cdf.name).stem
    files = [await write_whole(folder, f"{stem}{end}", made) for end, made in contents.items()]
    names = ", ".join(file.name for file in files)
    tell("look", "%d windows of visible emission; %s", len(windows), names)
    return View(files=tuple(files), picture=contents[QUICKLOOK_END], windows=tuple(windows))


def _look(url: str) -> tuple[dict[str, bytes], list[Window]]:
    """Make the files, by the ends of their names, and the windows.

    They depend on the results alone: two who look at the same file write the same bytes.
    """
    from prefect_expres.analysis import (  # noqa: PLC0415 - heavy, and an extra
        draw_quicklook,
        find_arcs,
        open_results,
        write_calendar,
        write_catalogue,
    )

    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        local = folder / "results.cdf"
        with fsspec.open(url, "rb") as source, local.open("wb") as target:
            while block := source.read(2**20):
                target.write(block)
        with open_results(local) as dataset:
            arcs = find_arcs(dataset)
            windows = [arc.window for arc in arcs]
            stamp = windows[0].start if windows else datetime(2000, 1, 1, tzinfo=UTC)
            made = {
                QUICKLOOK_END: draw_quicklook(dataset, folder / "quicklook.png"),
                CALENDAR_END: write_calendar(windows, folder / "windows.ics", stamp=stamp),
                CATALOGUE_END: write_catalogue(arcs, folder / "windows.json"),
            }
            return {end: path.read_bytes() for end, path in made.items()}, windows


async def show_job(label: str, job_url: str) -> None:
    """Put a link to the job on the Artifacts page."""
    with decoration():
        async with turn():
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
    warn("%s", fault)
    with decoration():
        async with turn():
            await acreate_markdown_artifact(
                "\n\n".join(parts), key=artifact_key("failure", label), description="Why it failed"
            )


async def show_result(result: SimulationResult, view: View) -> None:
    """Put the tables of files and windows, and the picture, on the Artifacts page."""
    with decoration():
        await _show_files(result)
    if view.windows is not None:
        await show_windows(result.label, view.windows, "Windows of visible emission")
    if view.picture is not None:
        encoded = base64.b64encode(view.picture).decode()
        with decoration():
            await acreate_image_artifact(
                f"data:image/png;base64,{encoded}",
                key=artifact_key("quicklook", result.label),
                description="Visible emission over time and frequency",
            )


async def _show_files(result: SimulationResult) -> None:
    await acreate_table_artifact(
        [
            {
                "bytes": file.size,
                "file": file.name,
                "verified by the service's hash": file.verified,
                "SHA-256": file.sha256,
            }
            for file in result.files
        ],
        key=artifact_key("results", result.label),
        description=f"Files in {result.folder}",
    )


async def show_windows(label: str, windows: Sequence[Window], description: str) -> None:
    """Put a table of windows on the Artifacts page."""
    with decoration():
        await acreate_table_artifact(
            [
                {
                    "source": f"{window.source} {window.hemisphere}",
                    "from (UTC)": f"{window.start:%Y-%m-%d %H:%M}",
                    "to (UTC)": f"{window.end:%Y-%m-%d %H:%M}",
                    "MHz": f"{window.fmin:.2f}-{window.fmax:.2f}",
                    "polarization": window.polarization,
                }
                for window in windows
            ],
            key=artifact_key("windows", label),
            description=description,
        )


def _fenced(text: str) -> str:
    """Show text as it is: the service's words are not to be read as Markdown."""
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return f"{fence}text\n{text}\n{fence}"
