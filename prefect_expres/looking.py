"""The commands that look at results; the science is imported when one runs."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from prefect_expres import analysis

if TYPE_CHECKING:
    from prefect_expres.analysis.comparison import Comparison
    from prefect_expres.analysis.windows import Window

app = App()


@app.command
def plot(
    files: list[Path],
    /,
    *,
    output: Annotated[Path | None, Parameter(alias="-o")] = None,
    log: bool | None = None,
    angle: bool = False,
) -> None:
    """Draw the visible emission into a PNG file, several simulations over each other.

    Args:
        files: CDF files: of several days, moons or models.
        output: The picture; by default it is named after the first file, in this folder.
        log: Scale the frequency logarithmically; by default it is scaled as in the files.
        angle: Draw the beaming angle of the first file instead, a panel for each source.
    """
    picture = output or Path(files[0].with_suffix(".png").name)
    if angle:
        analysis.draw_beaming(analysis.open_results(files[0]), picture, log=log)
    else:
        analysis.draw_quicklook(_opened(files), picture, log=log)
    _tell(picture)


@app.command
def windows(
    files: list[Path],
    /,
    *,
    observatory: str | None = None,
    gap: int = 15,
    csv: Path | None = None,
    parquet: Path | None = None,
    ics: Path | None = None,
    tfcat: Path | None = None,
) -> None:
    """List when and where emission is visible, for the eye or for other programs.

    Args:
        files: CDF files: of several days, moons or models.
        observatory: Look from NenuFAR, NDA, LOFAR or OVRO-LWA: while the planet is up, in its band.
        gap: Steps without emission that a window may hold: close to its highest frequency an arc
            is thinner than a cell, and seen here and there only.
        csv: Write the windows as a table.
        parquet: Write the windows as a table for programs.
        ics: Write the windows as a calendar.
        tfcat: Write the outlines of the arcs as a time-frequency catalogue.
    """
    place = analysis.find_observatory(observatory) if observatory else None
    arcs = analysis.find_arcs(_opened(files), gap=gap, observatory=place)
    found = sorted((arc.window for arc in arcs), key=lambda each: each.start)
    Console().print(_table_of(found))
    if csv:
        _tell(analysis.write_csv(found, csv))
    if parquet:
        _tell(analysis.write_parquet(found, parquet))
    if ics:
        _tell(analysis.write_calendar(found, ics, observatory=place))
    if tfcat:
        _tell(analysis.write_catalogue(arcs, tfcat, observatory=place))


@app.command
def compare(before: Path, after: Path, /) -> None:
    """Compare two simulations: how arcs moved, and which only one of them has.

    Args:
        before: The CDF file of the first simulation.
        after: The CDF file of the second one.
    """
    result = analysis.compare(*_opened([before, after]))
    Console().print(_differences(result))


def _opened(files: Iterable[Path]) -> Iterator[Any]:
    """Open files one by one: a year of them does not fit into memory."""
    return (analysis.open_results(file) for file in files)


def _tell(path: Path) -> None:
    """Print where a file is, never cut: paths are there to be copied."""
    Console().print(str(path), highlight=False, markup=False, soft_wrap=True)


def _table_of(windows: Iterable["Window"]) -> Table:
    table = _table("CML", "moon phase")
    for window in windows:
        table.add_row(*_span(window), _from_to(window.cml), _from_to(window.moon_phase))
    return table


def _differences(result: "Comparison") -> Table:
    table = _table("later (min)", "higher (MHz)")
    for shift in result.shifted:
        table.add_row(*_span(shift.before), _signed(shift.minutes), _signed(shift.megahertz))
    for word, alone in (("missing", result.missing), ("added", result.added)):
        for window in alone:
            table.add_row(*_span(window), word, word)
    return table


def _table(*more: str) -> Table:
    headings = ("source", "from (UTC)", "to", "MHz", *more)
    return Table(*headings, box=SIMPLE, pad_edge=False, collapse_padding=True)


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
