"""Draw simulated arcs over the dynamic spectrum of an observation."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from numpy.typing import NDArray

from prefect_expres.analysis.axes import AXIS_HEIGHT, add_angle_axes
from prefect_expres.analysis.quicklook import (
    DPI,
    WIDTH,
    Pixels,
    Series,
    add_legend,
    draw_sources,
    save_and_release,
    series_of,
)
from prefect_expres.analysis.raster import COLUMNS, ROWS, Raster
from prefect_expres.analysis.titles import provenance, title_of
from prefect_expres.analysis.visibility import Sighting
from prefect_expres.observations.averaging import averaged
from prefect_expres.observations.background import above_background
from prefect_expres.observations.picture import (
    add_title,
    deviations,
    draw_spectrum,
    scale_axes,
)

_PANELS, _MARGINS = (4.0, 2.4), 2.0
"""Inches: the heights of the two panels and of everything around them."""

_AROUND, _SMOOTH = 3, 2
"""Pixels from an arc to its outline, and over how many to each side it is smoothed."""

_PALE = 0.45
"""Opacity of an arc that hides what it explains."""


def draw_overlay(
    observation: xr.Dataset,
    results: xr.Dataset | Iterable[xr.Dataset],
    path: str | Path,
    *,
    shift: timedelta = timedelta(0),
    labels: Sequence[str] | None = None,
    log: bool | None = None,
) -> Path:
    """Draw simulated arcs over an observation into a PNG, PDF or SVG file.

    The upper panel is the dynamic spectrum, in standard deviations above the background of each
    frequency, with the outlines of the arcs, one colour for each source as in every picture. In the
    lower one the arcs hide what they explain. Below the time are the central meridian longitude and
    the phase of each moon, as far as they are known.

    Args:
        observation: From `prefect_expres.observations.open_observation`.
        results: From `prefect_expres.analysis.open_results`: one simulation, or several.
        path: Local path or ``file://`` URL of the file, which is complete when it has this name;
            its end tells the format.
        shift: How much later the arcs are drawn than simulated. The angles are not shifted.
        labels: A name for each result; those of one name are one simulation.
        log: Scale the frequency logarithmically; None follows the spacing of the channels.

    Returns:
        The path of the file.

    Raises:
        ResultError: The sources of a file cannot be separated by its variables.
        ValueError: There is no result, or not a label for each.
    """
    return save_and_release(
        overlay_figure(observation, results, shift=shift, labels=labels, log=log), path
    )


def overlay_figure(
    observation: xr.Dataset,
    results: xr.Dataset | Iterable[xr.Dataset],
    *,
    shift: timedelta = timedelta(0),
    labels: Sequence[str] | None = None,
    log: bool | None = None,
) -> Figure:
    """Make the figure that `draw_overlay` saves, to be shown or changed."""
    datasets = [results] if isinstance(results, xr.Dataset) else list(results)
    simulated = series_of(datasets, labels)
    moved = [
        (label, replace(each, time=each.time + np.timedelta64(shift))) for label, each in simulated
    ]
    words = _described(title_of(datasets).partition("\n")[2], shift)
    figure = sightings_over(observation, moved, simulated, log=log)
    add_title(figure, observation, words, provenance(datasets))
    return figure


def sightings_over(
    observation: xr.Dataset,
    moved: Sequence[Series],
    simulated: Sequence[Series],
    *,
    log: bool | None = None,
) -> Figure:
    """Make the figure of `draw_overlay` of what is seen of single sources, without a title.

    Args:
        observation: From `prefect_expres.observations.open_observation`.
        moved: What is drawn, where it is observed, each with the name of its simulation.
        simulated: What is seen where it is simulated, for the angles.
        log: As that of `draw_overlay`.
    """
    cells = above_background(averaged(observation, (COLUMNS, ROWS)))
    figure = Figure(dpi=DPI, layout="constrained")
    upper, lower = figure.subplots(2, sharex=True, sharey=True, height_ratios=_PANELS)
    scale_axes(upper, lower, cells, log=log)
    names = _draw(figure, (upper, lower), cells, list(_within(moved, cells)))
    lower.set_title("without the simulated arcs", loc="left", fontsize=10)
    if names:
        add_legend(upper, names)
    during = [each for _, each in _within(simulated, cells) if each.time.size]
    angles = add_angle_axes(lower, during)
    figure.set_size_inches(WIDTH, sum(_PANELS) + _MARGINS + AXIS_HEIGHT * angles)
    return figure


def _draw(
    figure: Figure, panels: tuple[Axes, Axes], cells: xr.DataArray, series: Sequence[Series]
) -> list[Patch]:
    """Draw the cells in both panels, and the arcs over them; return the names of the sources."""
    norm = deviations(cells)
    meshes = [draw_spectrum(panel, cells, cmap="Greys", norm=norm) for panel in panels]
    bar = figure.colorbar(meshes[0], ax=panels, pad=0.015, aspect=40, extend="both")
    bar.set_label("flux above the background (standard deviations)")
    list(draw_sources(panels[1], series, _hide))
    return list(draw_sources(panels[0], series, _outline))


def _within(series: Iterable[Series], cells: xr.DataArray) -> Iterator[Series]:
    """Cut what is simulated to the time of the observation."""
    first, last = cells["time"].values[[0, -1]]
    for label, each in series:
        yield label, _cut(each, (each.time + each.steps >= first) & (each.time <= last))


def _cut(sighting: Sighting, inside: NDArray[np.bool_]) -> Sighting:
    """Keep these time steps, in all that has time for its first axis."""
    along_time: dict[str, Any] = {
        name: values[inside]
        for name, values in vars(sighting).items()
        if isinstance(values, np.ndarray) and name != "frequency"
    }
    return replace(sighting, **along_time)


def _outline(panel: Axes, raster: Raster, image: Pixels, colour: str) -> None:
    """Draw the outline of an arc, which leaves free what is inside."""
    lines = panel.contour(*_ribbon(raster, image), levels=[0.5], colors=[colour], linewidths=1.1)
    lines.set_path_effects([patheffects.withStroke(linewidth=2.2, foreground="white")])


def _hide(panel: Axes, raster: Raster, image: Pixels, colour: str) -> None:
    """Hide what an arc explains."""
    ribbon = _ribbon(raster, image)
    for shade in ("white", to_rgba(colour, _PALE)):
        panel.contourf(*ribbon, levels=[0.5, np.inf], colors=[shade])


def _ribbon(raster: Raster, image: Pixels) -> tuple[Pixels, Pixels, Pixels]:
    """Give the middles of the pixels, and a smooth field above 0.5 around what is seen."""
    seen = np.isfinite(image).astype(np.float32)
    around = _over_neighbours(np.max, seen, _AROUND)
    middles = [(axis[1:] + axis[:-1]) / 2 for axis in (raster.time, raster.frequency)]
    return middles[0], middles[1], _over_neighbours(np.mean, around, _SMOOTH)


def _over_neighbours(reduce: Callable[..., Pixels], image: Pixels, reach: int) -> Pixels:
    """Reduce the square of neighbours around each pixel: first within columns, then within rows."""
    reduced = np.pad(image, reach)
    for axis in (0, 1):
        windows = np.lib.stride_tricks.sliding_window_view(reduced, 2 * reach + 1, axis=axis)
        reduced = reduce(windows, axis=-1)
    return reduced


def _described(model: str, shift: timedelta) -> str:
    minutes = shift.total_seconds() / 60
    moved = f"arcs moved by {minutes:+g} min" if minutes else ""
    return ", ".join(filter(None, [f"simulated: {model}" if model else "", moved]))
