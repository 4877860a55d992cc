"""The axes of all pictures: time, frequency, and angles that change with time."""

from collections.abc import Sequence

import matplotlib.dates as mdates
import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter
from numpy.typing import NDArray

from prefect_expres.analysis.moons import Degrees
from prefect_expres.analysis.titles import provenance, title_of
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


def scale_time(panel: Axes, time: NDArray[np.datetime64]) -> None:
    """Write UTC below a panel, over the whole of a time axis."""
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
    numbers = mdates.date2num(time)
    if time.size > 1:
        panel.set_xlim(numbers[0], numbers[-1] + (numbers[-1] - numbers[-2]))
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
    low, high = float(frequency.min()), float(frequency.max())
    logarithmic = is_logarithmic(frequency) if log is None else log
    if seen.any():
        high = min(high, float(frequency[seen].max()) * _MARGIN)
        if logarithmic:
            low = max(low, float(frequency[seen].min()) / _MARGIN)
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
    """Add an axis below the time for each angle.

    They are the central meridian longitude and the phase of each moon, from the first sighting
    that has them.

    Args:
        panel: The lowest panel.
        series: What is drawn.

    Returns:
        How many axes were added: angles that decrease, jump or change too fast have none.
    """
    meridians = [
        ("central meridian longitude", each.time, each.meridian)
        for each in series
        if each.meridian is not None
    ]
    phases: dict[str, tuple[str, NDArray[np.datetime64], Degrees]] = {}
    for each in series:
        if each.moon_phase is not None:
            label = f"phase of {each.source.name}"
            phases.setdefault(each.source.name, (label, each.time, each.moon_phase))
    added = 0
    for label, time, values in [*meridians[:1], *phases.values()]:
        added += _add_angle_axis(panel, time, values, label, added)
    return added


def _add_angle_axis(
    panel: Axes,
    time: NDArray[np.datetime64],
    values: NDArray[np.floating],
    label: str,
    number: int,
) -> bool:
    turned = np.unwrap(values, period=360)
    every = _angle_step(turned[-1] - turned[0])
    if every is None or not (np.diff(turned) > 0).all() or _has_gap(time):
        return False
    marks = np.arange(np.ceil(turned[0] / every) * every, turned[-1], every)
    positions = np.interp(marks, turned, mdates.date2num(time))
    below = panel.secondary_xaxis("bottom")
    outward = _POINTS * (_FIRST_AXIS + number * AXIS_HEIGHT)
    below.spines["bottom"].set_position(("outward", outward))
    below.set_xticks(positions, [f"{mark % 360:g}°" for mark in marks])
    below.tick_params(colors=GREY, labelsize=9)
    below.spines["bottom"].set_color(GREY)
    below.set_xlabel(label, color=GREY, fontsize=9, labelpad=1)
    return True


def _has_gap(time: NDArray[np.datetime64]) -> bool:
    """Say whether times are missing: the change of an angle in between is not known."""
    steps = np.diff(time).astype(float)
    return bool(steps.max() > 2 * np.median(steps))


def _angle_step(span: float) -> int | None:
    """Choose a round step with a dozen marks at most; None if steps of 360 give more."""
    return next((step for step in (10, 30, 90, 180, 360) if 0 < span <= _MARKS * step), None)


def _write_plain_numbers(panel: Axes) -> None:
    """Write 0.5, 1, 2, 5 and so on instead of powers of ten."""
    panel.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    panel.yaxis.set_minor_locator(LogLocator(subs=range(2, 10)))
    panel.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    panel.yaxis.set_minor_formatter(NullFormatter())
