"""Draw an overview of many days for observers: a strip for each, with what is visible when."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from prefect_expres.analysis.arcs import Arc
from prefect_expres.analysis.axes import GREY, TITLE_SIZE, add_grid
from prefect_expres.analysis.colours import colour_of
from prefect_expres.analysis.observatories import Observatory, times_up
from prefect_expres.analysis.quicklook import DPI, WIDTH, save_and_release
from prefect_expres.analysis.sources import in_order
from prefect_expres.analysis.titles import source_title

PLANET = "Jupiter"
_STRIP, _MARGINS = 1.0, 2.1
"""Inches: the heights of a day and of everything around the days."""

_DOWN = "#e4e6e9"
"""The colour of the time in which the planet is too low."""

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_MARGIN = 1.1
"""Factor between the band up to the highest emission and the height of the axis."""

_THINNEST = 0.8
"""MHz: the least height of an arc that is drawn, so that it can be seen."""

_LEGEND_COLUMNS = 3


@dataclass(frozen=True)
class Overview:
    """What an overview is about.

    Args:
        observatory: The observatory.
        first: The first day, UTC.
        last: The last day, UTC.
        moons: The simulated moons, in the order of the legend, which also names those of which
            nothing is seen.
        missing: By day, the simulations that should be there and are missing.
    """

    observatory: Observatory
    first: date
    last: date
    moons: Sequence[str] = ()
    missing: Mapping[date, Sequence[str]] = field(default_factory=dict)


def draw_overview(arcs: Sequence[Arc], path: str | Path, about: Overview) -> Path:
    """Draw when an observatory can see emission over many days into a PNG, PDF or SVG file.

    Each day is a strip with the hours of UTC to the right and the frequency in MHz upwards. It is
    white while the planet is high enough, and grey while it is not. Each moon has the colours that
    it has in every picture, a cold one for the north and a warm one for the south. The files have
    the exact shapes; here arcs are drawn thick enough to be seen.

    Args:
        arcs: From `find_arcs` with the observatory.
        path: Local path or ``file://`` URL of the file, which is complete when it has this name;
            its end tells the format.
        about: The observatory, the days and the moons.

    Returns:
        The path of the file.
    """
    return save_and_release(overview_figure(arcs, about), path)


def overview_figure(arcs: Sequence[Arc], about: Overview) -> Figure:
    """Make the figure that `draw_overview` saves, to be shown or changed."""
    observatory, first, last, moons = about.observatory, about.first, about.last, about.moons
    days = [first + _DAY * number for number in range((last - first).days + 1)]
    figure = Figure((WIDTH, _STRIP * len(days) + _MARGINS), dpi=DPI, layout="constrained")
    panels = figure.subplots(len(days), sharex=True, sharey=True, squeeze=False)
    strips: list[Axes] = list(panels[:, 0])
    sources = in_order((arc.sighting.source for arc in arcs), moons)
    _scale(strips, arcs, observatory)
    for day, strip in zip(days, strips, strict=True):
        _draw_day(strip, day, observatory, about.missing.get(day, ()))
        for arc in arcs:
            _draw_arc(strip, day, arc)
    seen = {source.name for source in sources}
    figure.legend(
        handles=[
            *(Patch(color=colour_of(each), label=source_title(each)) for each in sources),
            *(Patch(alpha=0, label=f"{moon}: not visible") for moon in moons if moon not in seen),
            Patch(color=_DOWN, label=f"{PLANET} below {observatory.min_elevation:g}°"),
        ],
        loc="outside lower center",
        ncols=_LEGEND_COLUMNS,
        frameon=False,
        handlelength=1.2,
    )
    figure.suptitle(
        f"{PLANET} from {observatory.name}, {observatory.fmin:g}-{observatory.fmax:g} MHz, "
        + " to ".join(dict.fromkeys([f"{first}", f"{last}"])),
        fontsize=TITLE_SIZE,
    )
    figure.supylabel("frequency (MHz)", fontsize=10)
    return figure


def shown_band(arcs: Iterable[Arc], observatory: Observatory) -> tuple[float, float]:
    """Give the frequencies of a chart: a little more than up to the highest emission, MHz."""
    low = observatory.fmin
    top = max((arc.window.fmax for arc in arcs), default=low * 4)
    return low, low + (top - low) * _MARGIN


def _scale(strips: Sequence[Axes], arcs: Sequence[Arc], observatory: Observatory) -> None:
    """Share the axes: the hours of a day, and the band up to the highest emission."""
    first, last = strips[0], strips[-1]
    first.set_ylim(*shown_band(arcs, observatory))
    first.set_xlim(0, 24)
    first.set_xticks(range(0, 25, 2), [f"{hour:02d}:00" for hour in range(0, 25, 2)])
    first.tick_params(top=True, labeltop=True)
    last.set_xlabel("time (UTC)")


def _draw_day(strip: Axes, day: date, observatory: Observatory, missing: Sequence[str]) -> None:
    start = datetime.combine(day, time(), UTC)
    strip.set_facecolor(_DOWN)
    for rise, fall in times_up(observatory, PLANET, start, start + _DAY):
        strip.axvspan((rise - start) / _HOUR, (fall - start) / _HOUR, color="white", zorder=0)
    add_grid(strip)
    strip.tick_params(labelsize=8)
    strip.set_ylabel(
        f"{day:%a}\n{day:%d %b}", rotation=0, ha="right", va="center", fontsize=10, labelpad=8
    )
    if missing:
        strip.text(
            0.995,
            0.06,
            f"not simulated: {', '.join(missing)}",
            transform=strip.transAxes,
            ha="right",
            fontsize=8,
            color=GREY,
        )


def _draw_arc(strip: Axes, day: date, arc: Arc) -> None:
    """Draw what of an arc lies within a day: from its lowest to its highest visible frequency.

    Arcs are often thinner than a line can be drawn in so small a panel: they are drawn not thinner
    than `_THINNEST`.
    """
    midnight = np.datetime64(day, "ns")
    hours = (arc.time - midnight) / np.timedelta64(1, "h")
    low, high = arc.edges
    inside = (hours >= 0) & (hours < _DAY / _HOUR)
    spare = np.maximum(_THINNEST - (high - low), 0) / 2
    colour = colour_of(arc.sighting.source)
    strip.fill_between(
        hours, low - spare, high + spare, where=inside, color=colour, linewidth=0.8, alpha=0.9
    )
