"""Draw the visible emission of simulations: time, frequency, and a colour for each source."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import cycle
from pathlib import Path

import matplotlib.dates as mdates
import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from numpy.typing import NDArray

from prefect_expres.analysis.axes import (
    AXIS_HEIGHT,
    add_angle_axes,
    add_captions,
    add_grid,
    is_logarithmic,
    scale_frequency,
    scale_time,
)
from prefect_expres.analysis.locations import local_target
from prefect_expres.analysis.titles import differences, source_title
from prefect_expres.analysis.visibility import Sighting, sightings
from prefect_expres.storage import atomic_path

SHADES: Mapping[str, Sequence[str]] = {
    "RH": ("#0072B2", "#56B4E9", "#009E73", "#332288"),
    "LH": ("#D55E00", "#E69F00", "#CC79A7", "#882255"),
}
"""Cold colours for right-hand emission, warm ones for left-hand; each source and simulation has its
own. The colours are those of Okabe & Ito (2008) and Tol (2021) for colour-blind readers."""

WIDTH, DPI = 10.0, 150
_PANEL, _MARGINS = 4.0, 1.75
"""Inches: the heights of the panel and of everything around it."""

_CELLS = 1500
"""The most time steps that are drawn: cells narrower than a pixel would be lost."""

_COLUMNS = 2
"""Entries in a row of the legend."""


def draw_quicklook(
    datasets: xr.Dataset | Iterable[xr.Dataset],
    path: str | Path,
    *,
    labels: Sequence[str] | None = None,
    log: bool | None = None,
) -> Path:
    """Draw the visible emission of one or several simulations into a PNG file.

    UTC runs to the right, frequency in MHz upwards. Each source has a colour, cold for right-hand
    and warm for left-hand polarization. Below the time are the central meridian longitude and
    the phase of each moon, as far as they are known.

    Args:
        datasets: From `open_results`: one, or several to be laid over each other.
        path: Local path or ``file://`` URL of the file, which is complete when it has this name.
        labels: A name for each dataset; those of one name are one simulation, for instance its
            days. By default names are made of what is different in the models.
        log: Scale the frequency logarithmically; None does it as the files do.

    Returns:
        The path of the file.

    Raises:
        ResultError: The sources of a file cannot be separated by its variables.
        ValueError: There is no dataset, or not a label for each.
    """
    return save(quicklook_figure(datasets, labels=labels, log=log), path)


def quicklook_figure(
    datasets: xr.Dataset | Iterable[xr.Dataset],
    *,
    labels: Sequence[str] | None = None,
    log: bool | None = None,
) -> Figure:
    """Make the figure that `draw_quicklook` saves, to be shown or changed."""
    several = [datasets] if isinstance(datasets, xr.Dataset) else list(datasets)
    if not several:
        raise ValueError("There is nothing to draw: give at least one dataset")
    names = differences(several) if labels is None else list(labels)
    if len(names) != len(several):
        raise ValueError(f"{len(several)} datasets and {len(names)} labels: give one for each")
    return _figure(several, _series(several, names), log=log)


def save(figure: Figure, path: str | Path) -> Path:
    """Save a figure as PNG; the file is complete when it has its name."""
    target = local_target(path)
    with atomic_path(target) as part:
        figure.savefig(part, format="png")
    return target


def thinned(
    time: NDArray[np.datetime64], values: NDArray[np.floating]
) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """Combine neighbouring time steps until they can be drawn; what is seen stays visible.

    Args:
        time: Shape (time,).
        values: Shape (time, frequency), NaN where nothing is seen.

    Returns:
        Times as matplotlib counts them, and the values, the largest of those combined.
    """
    stride = -(-time.size // _CELLS)
    numbers = mdates.date2num(time)
    if stride == 1:
        return numbers, values
    starts = np.arange(0, time.size, stride)
    return numbers[starts], np.fmax.reduceat(values, starts, axis=0)


def _series(datasets: Sequence[xr.Dataset], labels: Sequence[str]) -> list[tuple[str, Sighting]]:
    """Give what is seen in the datasets of each label."""
    return [
        (label, sighting)
        for label in dict.fromkeys(labels)
        for sighting in sightings(
            [each for each, name in zip(datasets, labels, strict=True) if name == label]
        )
    ]


def _figure(
    datasets: Sequence[xr.Dataset], series: Sequence[tuple[str, Sighting]], *, log: bool | None
) -> Figure:
    figure = Figure((WIDTH, _PANEL + _MARGINS), dpi=DPI, layout="constrained")
    panel = figure.subplots()
    add_grid(panel)
    shades = {polarization: cycle(colours) for polarization, colours in SHADES.items()}
    names = []
    for label, sighting in series:
        colour = next(shades[sighting.source.polarization])
        _draw_emission(panel, sighting, colour)
        names.append(Patch(color=colour, label=_name(label, sighting)))
    seen = [sighting for _, sighting in series]
    _scale(panel, seen, log=log)
    panel.legend(
        handles=names,
        loc="lower left",
        bbox_to_anchor=(0, 1),
        borderaxespad=0.4,
        ncols=min(_COLUMNS, len(names)),
        frameon=False,
        handlelength=1.2,
    )
    figure.set_figheight(_PANEL + _MARGINS + AXIS_HEIGHT * add_angle_axes(panel, seen))
    add_captions(figure, datasets)
    return figure


def _draw_emission(panel: Axes, sighting: Sighting, colour: str) -> None:
    if not sighting.visible.any():
        return
    time, seen = thinned(sighting.time, np.where(sighting.visible, 1.0, np.nan))
    panel.pcolormesh(
        time,
        sighting.frequency,
        np.ma.masked_invalid(seen.T),
        cmap=ListedColormap([colour]),
        shading="nearest",
        rasterized=True,
    )


def _name(label: str, sighting: Sighting) -> str:
    """Name a source in the legend, and say there if nothing of it is seen."""
    words = [source_title(sighting.source), *([label] if label else [])]
    return ", ".join(words) + ("" if sighting.visible.any() else ": not visible")


def _scale(panel: Axes, series: Sequence[Sighting], *, log: bool | None) -> None:
    scale_time(panel, np.unique(np.concatenate([each.time for each in series])))
    frequency = np.concatenate([each.frequency for each in series])
    seen = np.concatenate([each.visible.any(axis=0) for each in series])
    as_file = is_logarithmic(series[0].frequency) if log is None else log
    scale_frequency(panel, frequency, seen, log=as_file)
