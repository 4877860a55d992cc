"""View results: the windows of visible emission, a quicklook, a calendar and a catalogue."""

import asyncio
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import PurePosixPath

from pydantic import BaseModel, ConfigDict

from prefect_expres.analysis.windows import Window
from prefect_expres.execution.events import Listener, StepTaken, Warned, ignore
from prefect_expres.execution.manifest import CALENDAR_END, CATALOGUE_END, QUICKLOOK_END
from prefect_expres.net.url import file_name
from prefect_expres.storage import StoredFile, scratch_folder, write_whole

ANALYSIS_NEEDS = ("cdflib", "xarray", "matplotlib", "contourpy", "icalendar")


class ResultView(BaseModel):
    """What is visible in results; nothing if the analysis extra is not installed.

    ``files`` are the quicklook, the calendar and the catalogue of visible windows; ``picture`` is
    the quicklook as PNG.
    """

    model_config = ConfigDict(frozen=True)

    files: tuple[StoredFile, ...] = ()
    picture: bytes | None = None
    windows: tuple[Window, ...] | None = None


def missing_for_analysis(needs: Iterable[str] = ANALYSIS_NEEDS) -> str | None:
    """Say what of the analysis extra is not installed, and what installs it; None if it is."""
    missing = ", ".join(name for name in needs if find_spec(name) is None)
    remedy = "is not installed; pip install 'prefect-expres[analysis]' brings it"
    return f"{missing} {remedy}" if missing else None


async def view_results(cdf: str, folder: str, tell: Listener = ignore) -> ResultView:
    """Find the windows of visible emission, draw the quicklook, write calendar and catalogue.

    Args:
        cdf: Path or fsspec URL of the simulation's CDF file.
        folder: Path or fsspec URL of the folder that gets the files.
        tell: Is told what was found.
    """
    if missing := missing_for_analysis():
        await tell(Warned(f"No quicklook and no windows: {missing}"))
        return ResultView()
    contents, windows = await asyncio.to_thread(_view, cdf)
    stem = PurePosixPath(file_name(cdf)).stem
    files = [await write_whole(folder, f"{stem}{end}", made) for end, made in contents.items()]
    names = ", ".join(file.name for file in files)
    await tell(StepTaken("view", f"{len(windows)} windows of visible emission; {names}"))
    return ResultView(files=tuple(files), picture=contents[QUICKLOOK_END], windows=tuple(windows))


def _view(url: str) -> tuple[dict[str, bytes], list[Window]]:
    """Make the files, by the ends of their names, and the windows.

    They depend on the results only: two who view the same file write the same bytes.
    """
    from prefect_expres.analysis import (  # noqa: PLC0415 - heavy, and an extra
        draw_quicklook,
        find_arcs,
        open_results,
        write_calendar,
        write_catalogue,
    )

    with scratch_folder() as folder, open_results(url) as dataset:
        arcs = find_arcs(dataset)
        windows = sorted((arc.window for arc in arcs), key=lambda window: window.start)
        stamp = windows[0].start if windows else None
        made = {
            QUICKLOOK_END: draw_quicklook(dataset, folder / "quicklook.png"),
            CALENDAR_END: write_calendar(windows, folder / "windows.ics", stamp=stamp),
            CATALOGUE_END: write_catalogue(arcs, folder / "windows.json"),
        }
        return {end: path.read_bytes() for end, path in made.items()}, windows
