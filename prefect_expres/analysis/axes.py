"""The axes of all pictures: time, frequency, and angles that change with time."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain, count

import matplotlib.dates as mdates
import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter
from numpy.typing import NDArray

from prefect_expres.analysis.moons import Degrees
from prefect_expres.analysis.titles import meridian_title, provenance, title_of
from prefect_expres.analysis.visibility import Sighting

GREY = "#5f6368"
"""The colour of secondary text: the angles, the provenance."""

AXIS_HEIGHT = 0.52
"""Inches that an axis of angles takes below a panel."""

TITLE_SIZE = 13
"""Points."""

_POINTS = 72.0
_FIRST_AXIS = 0.55
"""Inches from a panel to the first axis of angles; the time axis is in between."""

_MARKS = 12
"""The most angles on an axis."""

_PAUSE = 2
"""How many usual steps are a pause in which times are missing."""

_Course = tuple[NDArray[np.datetime64], Degrees]
"""Times, and an angle at them."""

_MARGIN = 1.08
"""Factor between the highest emission and the end of the axis."""


def add_grid(panel: Axes) -> None:
    """Draw a light grid behind everything else."""
    panel.set_axisbelow(True)
    panel.grid(alpha=0.25, linewidth=0.6)


def add_captions(figure: Figure, datasets: Sequence[xr.Dataset]) -> None:
    """Write the title above a picture and, small, the provenance below it."""
    figure.suptitle(title_of(datasets), fontsize=TITLE_SIZE)
    figure.supxlabel(provenance(datasets), fontsize=7, color=GREY, x=0.99, ha="right")


def scale_time(panel: Axes, time: NDArray[np.datetime64], steps: NDArray[np.timedelta64]) -> None:
    """Write UTC below a panel, from the first time step to the end of the last one.

    Args:
        panel: The panel.
        time: Shape (n,), in any order.
        steps: How long each step lasts, shape (n,).
    """
    locator = mdates.AutoDateLocator(minticks=5, maxticks=12)
    panel.xaxis.set_major_locator(locator)
    panel.xaxis.set_major_formatter(
        mdates.ConciseDateFormatter(
            locator,
            formats=["%Y", "%b", "%d %b", "%H:%M", "%H:%M", "%H:%M:%S"],
            zero_formats=["", "%Y", "%b", "%d %b", "%H:%M", "%H:%M:%S"],
            show_offset=False,
        )
    )
    start, end = (mdates.date2num(each) for each in (time.min(), (time + steps).max()))
    if start < end:
        panel.set_xlim(start, end)
    panel.set_xlabel("time (UTC)")


def scale_frequency(
    panel: Axes,
    frequency: NDArray[np.floating],
    seen: NDArray[np.bool_],
    *,
    log: bool | None = None,
) -> None:
    """Scale the frequency axis, up to a little above the emission.

    Args:
        panel: The panel.
        frequency: Shape (n,), MHz, in any order.
        seen: Whether there is emission at each frequency, shape (n,).
        log: Scale it logarithmically; None follows the spacing of the frequencies.
    """
    low, high = frequency.min(), frequency.max()
    logarithmic = is_logarithmic(frequency) if log is None else log
    if seen.any():
        high = min(high, frequency[seen].max() * _MARGIN)
        if logarithmic:
            low = max(low, frequency[seen].min() / _MARGIN)
    if logarithmic:
        panel.set_yscale("log")
        _write_plain_numbers(panel)
    if low < high:
        panel.set_ylim(low, high)
    panel.set_ylabel("frequency (MHz)")


def is_logarithmic(frequency: NDArray[np.floating]) -> bool:
    """Say whether frequencies grow by equal ratios."""
    ratios = frequency[1:] / frequency[:-1]
    return bool(ratios.size > 1 and np.allclose(ratios, ratios[0], rtol=1e-3))


def add_angle_axes(panel: Axes, series: Sequence[Sighting]) -> int:
    """Add an axis below the time for each angle, with marks along all that is drawn.

    They are the central meridian longitude and the phase of each moon. Where files overlap in time,
    the first has the marks; where days are missing, there are none.

    Args:
        panel: The lowest panel.
        series: What is drawn.

    Returns:
        How many axes were added: angles that are not known, decrease or jump have none.
    """
    angles: dict[str, list[_Course]] = defaultdict(list)
    for each in series:
        if each.meridian is not None:
            angles[meridian_title(each.identity)].append((each.time, each.meridian))
    for each in series:
        if each.moon_phase is not None:
            angles[f"phase of {each.source.name}"].append((each.time, each.moon_phase))
    added = 0
    for label, courses in angles.items():
        added += _add_angle_axis(panel, list(_runs(courses)), label, added)
    return added


def _runs(courses: Sequence[_Course]) -> Iterator[_Course]:
    """Give the spans without a missing time, none twice, with the angle counted on over 360°."""
    taken: list[tuple[np.datetime64, np.datetime64]] = []
    for time, values in courses:
        free = np.ones(time.size, dtype=bool)
        for start, end in taken:
            free &= (time < start) | (time > end)
        taken.append((time[0], time[-1]))
        steps = np.diff(time).astype(float)
        usual = np.median(steps) if steps.size else 0.0
        breaks = (steps > _PAUSE * usual) | (free[1:] != free[:-1])
        for run in np.split(np.arange(time.size), np.flatnonzero(breaks) + 1):
            if free[run].all():
                yield time[run], np.unwrap(values[run], period=360)


def _add_angle_axis(panel: Axes, runs: Sequence[_Course], label: str, number: int) -> bool:
    growing = [(time, turned) for time, turned in runs if turned.size > 1]
    span = sum(turned[-1] - turned[0] for _, turned in growing)
    if span <= 0 or not all((np.diff(turned) > 0).all() for _, turned in growing):
        return False
    every = _angle_step(span)
    positions, names = [], []
    for time, turned in growing:
        marks = np.arange(np.ceil(turned[0] / every) * every, turned[-1], every)
        positions += list(np.interp(marks, turned, mdates.date2num(time)))
        names += [f"{mark % 360:g}°" for mark in marks]
    below = panel.secondary_xaxis("bottom")
    outward = _POINTS * (_FIRST_AXIS + number * AXIS_HEIGHT)
    below.spines["bottom"].set_position(("outward", outward))
    below.set_xticks(positions, names)
    below.tick_params(colors=GREY, labelsize=9)
    below.spines["bottom"].set_color(GREY)
    below.set_xlabel(label, color=GREY, fontsize=9, labelpad=1)
    return True


def _angle_step(span: float) -> int:
    """Choose a round step with a dozen marks at most; over many days, every so many turns."""
    turns: Iterator[int] = (digit * 10**power for power in count() for digit in (1, 2, 5))
    steps = chain((10, 30, 90, 180), (360 * turn for turn in turns))
    return next(step for step in steps if span <= _MARKS * step)


def _write_plain_numbers(panel: Axes) -> None:
    """Write 0.5, 1, 2, 5 and so on instead of powers of ten."""
    panel.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    panel.yaxis.set_minor_locator(LogLocator(subs=range(2, 10)))
    panel.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    panel.yaxis.set_minor_formatter(NullFormatter())
