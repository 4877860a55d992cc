"""The commands for results: ``plot``, ``windows`` and ``compare``.

The analysis, which is slow to import, is imported when a command runs.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter
from rich.console import RenderableType

from prefect_expres import analysis
from prefect_expres.cli.commands.options import AsJson
from prefect_expres.cli.commands.writable import require_writable
from prefect_expres.cli.console.printing import give, table
from prefect_expres.net.url import file_name

if TYPE_CHECKING:
    from prefect_expres.analysis.comparison import Comparison
    from prefect_expres.analysis.windows import Window

_HEADINGS = ("source", "from (UTC)", "to", "MHz")


def plot(
    files: list[str],
    /,
    *,
    output: Annotated[Path | None, Parameter(alias="-o")] = None,
    log: Annotated[bool | None, Parameter(negative="--no-log")] = None,
    angle: bool = False,
    as_json: AsJson = False,
) -> None:
    """Draw the visible emission into a PNG, PDF or SVG file, several simulations into one picture.

    Args:
        files: CDF files: of several days, moons or models.
        output: The picture, as PDF or SVG if its name ends so. Default: the name of the first
            file in .png, in this folder.
        log: Logarithmic frequency axis. Default: the scale of the files.
        angle: Draw the beaming angle of the first file instead, one panel per source.
        as_json: Print the picture's path as JSON.
    """
    picture = output or Path(file_name(files[0])).with_suffix(".png")
    require_writable(picture.parent, "--output")
    if angle:
        analysis.draw_beaming(analysis.open_results(files[0]), picture, log=log)
    else:
        analysis.draw_quicklook(_opened(files), picture, log=log)
    give({"picture": str(picture)}, str(picture), as_json=as_json)


def windows(
    files: list[str],
    /,
    *,
    observatory: str | None = None,
    gap: int | None = None,
    csv: Path | None = None,
    parquet: Path | None = None,
    ics: Path | None = None,
    tfcat: Path | None = None,
    as_json: AsJson = False,
) -> None:
    """List when and at which frequencies emission is visible.

    Args:
        files: CDF files: of several days, moons or models.
        observatory: Only what NenuFAR, NDA, LOFAR or OVRO-LWA can see: in its band, while the
            planet is above its horizon.
        gap: Time steps without emission that a window may contain. Near its highest
            frequency an arc is thinner than a cell of the grid, and has such gaps. Default: as
            many as 15 minutes hold.
        csv: Write the windows to this CSV file.
        parquet: Write the windows to this Parquet file.
        ics: Write the windows to this iCalendar file.
        tfcat: Write the outlines of the arcs to this TFCat catalogue.
        as_json: Print the windows as JSON.
    """
    written_to = {"--csv": csv, "--parquet": parquet, "--ics": ics, "--tfcat": tfcat}
    for option, path in written_to.items():
        if path:
            require_writable(path.parent, option)
    site = analysis.find_observatory(observatory) if observatory else None
    arcs = analysis.find_arcs(_opened(files), gap=gap, observatory=site)
    found = sorted((arc.window for arc in arcs), key=lambda each: each.start)
    written = [
        write(found, path)
        for write, path in ((analysis.write_csv, csv), (analysis.write_parquet, parquet))
        if path
    ]
    if ics:
        written.append(analysis.write_calendar(found, ics, observatory=site))
    if tfcat:
        written.append(analysis.write_catalogue(arcs, tfcat, observatory=site))
    records = [window.model_dump(mode="json") for window in found]
    give(records, table_of_windows(found), *map(str, written), as_json=as_json)


def compare(before: str, after: str, /, *, as_json: AsJson = False) -> None:
    """Compare two simulations: which arcs moved, and which are in only one of them.

    Args:
        before: The CDF file of the first simulation.
        after: The CDF file of the second one.
        as_json: Print the differences as JSON.
    """
    result = analysis.compare(*_opened([before, after]))
    same = f"{len(result.unmoved)} arcs did not move"
    give(result.model_dump(mode="json"), _differences(result), same, as_json=as_json)


def _opened(files: Iterable[str]) -> Iterator[Any]:
    """Open the files one after the other: a year of them does not fit into memory."""
    return (analysis.open_results(file) for file in files)


def table_of_windows(windows: Iterable["Window"]) -> RenderableType:
    """Lay out windows of visible emission."""
    rows = (
        (*_span(window), _from_to(window.cml), _from_to(window.moon_phase), window.cut_at)
        for window in windows
    )
    return table(*_HEADINGS, "CML", "moon phase", "cut at", rows=rows)


def _differences(result: "Comparison") -> RenderableType:
    rows = [
        (*_span(shift.before), _signed(shift.minutes), _signed(shift.megahertz))
        for shift in result.shifted
    ]
    for word, unpaired in (("missing", result.missing), ("added", result.added)):
        rows += [(*_span(window), word, word) for window in unpaired]
    return table(*_HEADINGS, "later (min)", "higher (MHz)", rows=rows)


def _span(window: "Window") -> tuple[str, str, str, str]:
    return (
        f"{window.source} {window.hemisphere} {window.polarization}",
        f"{window.start:%Y-%m-%d %H:%M}",
        f"{window.end:%H:%M}",
        f"{window.fmin:.1f}-{window.fmax:.1f}",
    )


def _from_to(angles: tuple[float, float] | None) -> str:
    return f"{angles[0]:.0f}°-{angles[1]:.0f}°" if angles else ""


def _signed(value: float | None) -> str:
    return "" if value is None else f"{value:+.1f}"
