"""Draw the beaming angle: a panel for each source, the angle in colour."""

import math
from pathlib import Path

import matplotlib as mpl
import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure
from numpy.typing import NDArray

from prefect_expres.analysis.axes import (
    AXIS_HEIGHT,
    GREY,
    add_angle_axes,
    add_captions,
    add_grid,
    scale_frequency,
    scale_time,
)
from prefect_expres.analysis.quicklook import DPI, WIDTH, draw_image, save_and_release
from prefect_expres.analysis.raster import Raster
from prefect_expres.analysis.sources import EmissionSource
from prefect_expres.analysis.titles import source_title
from prefect_expres.analysis.visibility import rising, sightings
from prefect_expres.errors import ResultError

_PANEL, _MARGINS = 2.5, 1.8
"""Inches: the heights of a panel and of everything around the panels."""


def draw_beaming(dataset: xr.Dataset, path: str | Path, *, log: bool | None = None) -> Path:
    """Draw the beaming angle of the visible emission into a PNG, PDF or SVG file.

    Each source has a panel for each polarization: UTC to the right, frequency in MHz upwards, the
    half-angle θ of the emission cone in colour. Where several field lines of a source are seen at
    once, the largest angle is shown.

    Args:
        dataset: From `open_results`.
        path: Local path or ``file://`` URL of the file, which is complete when it has this name;
            its end tells the format.
        log: Scale the frequency logarithmically; None does it as the file does.

    Returns:
        The path of the file.

    Raises:
        ResultError: The file has no ``Theta``, or its sources cannot be separated.
    """
    return save_and_release(beaming_figure(dataset, log=log), path)


def beaming_figure(dataset: xr.Dataset, *, log: bool | None = None) -> Figure:
    """Make the figure that `draw_beaming` saves, to be shown or changed."""
    if "Theta" not in dataset:
        raise ResultError(
            "The file has no beaming angle; run the simulation with SPDYN.CDF.THETA true"
        )
    dataset = rising(dataset)
    series = sightings(dataset)
    figure = Figure((WIDTH, _MARGINS + _PANEL * len(series)), dpi=DPI, layout="constrained")
    panels = list(figure.subplots(len(series), sharex=True, sharey=True, squeeze=False)[:, 0])
    lowest, one = panels[-1], series[0]
    colours, scale = _colours(dataset)
    seen = np.logical_or.reduce([each.visible.any(axis=0) for each in series])
    scale_frequency(lowest, one.frequency, seen, log=log)
    scale_time(lowest, one.time, one.steps)
    raster = Raster.over(lowest.get_xlim(), lowest.get_ylim(), log=lowest.get_yscale() == "log")
    meshes = []
    for panel, sighting in zip(panels, series, strict=True):
        panel.set_title(source_title(sighting.source), loc="left", fontsize=11, weight="bold")
        add_grid(panel)
        if sighting.visible.any():
            image = raster.paint(sighting, _angles(dataset, sighting.source))
            meshes.append(draw_image(panel, raster, image, cmap=colours, norm=scale))
        else:
            _say_nothing_is_visible(panel)
        panel.set_ylabel("frequency (MHz)")
    if meshes:
        bar = figure.colorbar(meshes[0], ax=panels, pad=0.015, aspect=30, extend=_extend(dataset))
        bar.set_label("beaming angle θ (°)")
    added = add_angle_axes(lowest, series)
    figure.set_figheight(_MARGINS + _PANEL * len(series) + AXIS_HEIGHT * added)
    add_captions(figure, [dataset])
    return figure


def _angles(dataset: xr.Dataset, source: EmissionSource) -> NDArray[np.floating]:
    """Give the angles of a source, shape (time, frequency)."""
    theta = dataset["Theta"].transpose("time", "frequency", "source").values
    return np.asarray(np.fmax.reduce(theta[:, :, list(source.indices)], axis=2))


def _say_nothing_is_visible(panel: Axes) -> None:
    panel.text(
        0.5,
        0.5,
        "no visible emission",
        transform=panel.transAxes,
        ha="center",
        va="center",
        fontsize=12,
        color=GREY,
    )


def _colours(dataset: xr.Dataset) -> tuple[Colormap, Normalize]:
    """Give colours that differ from white, over the range of nearly all angles."""
    shades = mpl.colormaps["plasma"](np.linspace(0, 0.88, 256))
    return LinearSegmentedColormap.from_list("beaming", shades), Normalize(*_limits(dataset))


def _limits(dataset: xr.Dataset) -> tuple[float, float]:
    """Give the range of the colours, which a few outliers do not widen."""
    angles = dataset["Theta"].values
    if np.isnan(angles).all():
        return 0.0, 90.0
    low, high = np.nanpercentile(angles, (1, 99))
    return math.floor(low), max(math.ceil(high), math.floor(low) + 1)


def _extend(dataset: xr.Dataset) -> str:
    """Say at which ends of the colour bar there are angles beyond it."""
    low, high = _limits(dataset)
    below, above = bool((dataset["Theta"] < low).any()), bool((dataset["Theta"] > high).any())
    return {(True, True): "both", (True, False): "min", (False, True): "max"}.get(
        (below, above), "neither"
    )
