"""Draw a simulation: time and frequency, a panel a source and polarization."""

from pathlib import Path

import matplotlib as mpl
import matplotlib.dates as mdates
import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.colors import Colormap, LinearSegmentedColormap, ListedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.ticker import ScalarFormatter
from numpy.typing import NDArray

from prefect_expres.analysis.sources import EmissionSource, sources_of
from prefect_expres.analysis.titles import panel_title, provenance, title_of
from prefect_expres.analysis.visibility import visibility

_WIDTH, _PANEL, _MARGINS = 10.0, 2.5, 2.0
"""Inches: the figure's width, the height of a panel, the height of all that is around them."""

_DPI = 150
_CELLS = 1500
"""Time steps that are drawn at most: a cell narrower than a pixel would be lost."""

_MARKS = 12
"""Longitudes that are written at most."""

UNIFORM = "#31688e"
"""The colour of emission whose beaming angle is not known."""

_GREY = "#666666"


def draw_quicklook(dataset: xr.Dataset, path: str | Path) -> Path:
    """Draw the visible emission into a PNG file.

    Each source has a panel for each polarization: UTC to the right, frequency in MHz upwards, the
    beaming angle θ in colour if the file has it. The central meridian longitude, if the file has
    it, runs below the time.

    Args:
        dataset: From `open_results`.
        path: The file; it is complete when it has this name.

    Returns:
        The path of the file.

    Raises:
        ResultError: The variables in the file do not tell its sources apart.
    """
    return _save(_figure(dataset), Path(path))


def _figure(dataset: xr.Dataset) -> Figure:
    sources = sources_of(dataset)
    seen = [visibility(dataset, source) for source in sources]
    figure = Figure((_WIDTH, _MARGINS + _PANEL * len(sources)), dpi=_DPI, layout="constrained")
    panels = list(figure.subplots(len(sources), 1, sharex=True, sharey=True, squeeze=False)[:, 0])
    colours, scale = _colours(dataset)
    meshes = []
    for panel, source, visible in zip(panels, sources, seen, strict=True):
        panel.set_title(panel_title(source), loc="left", fontsize=11, weight="bold")
        panel.set_ylabel("frequency (MHz)")
        panel.set_axisbelow(True)
        panel.grid(alpha=0.3, linewidth=0.6)
        if visible.any():
            angles = _angles(dataset, source, visible)
            meshes.append(_draw_emission(panel, dataset, angles, colours, scale))
        else:
            _say_nothing_is_visible(panel)
    _scale_frequency(panels[0], dataset["frequency"].values, np.logical_or.reduce(seen))
    _scale_time(panels[-1], dataset["time"].values)
    _scale_longitude(panels[-1], dataset)
    if meshes and "Theta" in dataset:
        bar = figure.colorbar(meshes[0], ax=panels, pad=0.015, aspect=30, extend=_extend(dataset))
        bar.set_label("beaming angle θ (°)")
    figure.suptitle(title_of(dataset), fontsize=13)
    figure.supxlabel(provenance(dataset), fontsize=7, color=_GREY, x=0.99, ha="right")
    return figure


def _angles(
    dataset: xr.Dataset, source: EmissionSource, visible: NDArray[np.bool_]
) -> NDArray[np.floating]:
    """Give what is coloured, shape (time, frequency): θ, or 0 where it is not known.

    Where several field lines of a source are visible at once, the largest angle is shown.
    """
    if "Theta" not in dataset:
        return np.where(visible, 0.0, np.nan)
    theta = dataset["Theta"].transpose("time", "frequency", "source").values
    return np.asarray(np.fmax.reduce(theta[:, :, list(source.lanes)], axis=2))


def _draw_emission(
    panel: Axes,
    dataset: xr.Dataset,
    angles: NDArray[np.floating],
    colours: Colormap,
    scale: Normalize,
) -> QuadMesh:
    times, angles = _thinned(mdates.date2num(dataset["time"].values), angles)
    return panel.pcolormesh(
        times,
        dataset["frequency"].values,
        np.ma.masked_invalid(angles.T),
        cmap=colours,
        norm=scale,
        shading="nearest",
        rasterized=True,
    )


def _thinned(
    times: NDArray[np.floating], angles: NDArray[np.floating]
) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """Put neighbouring time steps together until they can be drawn; what is visible stays so."""
    stride = -(-times.size // _CELLS)
    if stride == 1:
        return times, angles
    starts = np.arange(0, times.size, stride)
    return times[starts], np.fmax.reduceat(angles, starts, axis=0)


def _say_nothing_is_visible(panel: Axes) -> None:
    panel.text(
        0.5,
        0.5,
        "no visible emission",
        transform=panel.transAxes,
        ha="center",
        va="center",
        fontsize=12,
        color=_GREY,
    )


def _scale_frequency(
    panel: Axes, frequencies: NDArray[np.floating], seen: NDArray[np.bool_]
) -> None:
    """Scale the axis as the file does, linearly or not, up to a little above the emission."""
    used = frequencies[seen.any(axis=0)]
    low, high = float(frequencies.min()), float(frequencies.max())
    if _is_logarithmic(frequencies):
        panel.set_yscale("log")
        panel.yaxis.set_major_formatter(ScalarFormatter())
    elif used.size:
        high = min(high, float(used.max()) * 1.08)
    if low < high:
        panel.set_ylim(low, high)


def _is_logarithmic(frequencies: NDArray[np.floating]) -> bool:
    ratios = frequencies[1:] / frequencies[:-1]
    return bool(ratios.size > 1 and np.allclose(ratios, ratios[0], rtol=1e-3))


def _scale_time(panel: Axes, times: NDArray[np.datetime64]) -> None:
    numbers = mdates.date2num(times)
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
    if times.size > 1:
        panel.set_xlim(numbers[0], numbers[-1] + (numbers[-1] - numbers[-2]))
    panel.set_xlabel("time (UTC)")


def _scale_longitude(panel: Axes, dataset: xr.Dataset) -> None:
    """Write the central meridian longitude below the time, where it turns onward and not often."""
    if "CML" not in dataset:
        return
    turned = np.unwrap(dataset["CML"].values.astype(float), period=360)
    every = _longitude_step(turned[-1] - turned[0])
    if every is None or not (np.diff(turned) > 0).all():
        return
    times = mdates.date2num(dataset["time"].values)
    marks = np.arange(np.ceil(turned[0] / every) * every, turned[-1], every)
    below = panel.secondary_xaxis("bottom")
    below.spines["bottom"].set_position(("outward", 42))
    below.set_xticks(np.interp(marks, turned, times), [f"{mark % 360:g}" for mark in marks])
    below.tick_params(colors=_GREY)
    below.spines["bottom"].set_color(_GREY)
    below.set_xlabel("central meridian longitude (° west)", color=_GREY)


def _longitude_step(span: float) -> int | None:
    """Choose round steps that give a dozen marks at most; None where even whole turns are more."""
    return next((step for step in (10, 30, 90, 180, 360) if 0 < span <= _MARKS * step), None)


def _colours(dataset: xr.Dataset) -> tuple[Colormap, Normalize]:
    """Give colours that stand out from white, over the range of nearly all angles."""
    if "Theta" not in dataset or not dataset["Theta"].notnull().any():
        return ListedColormap([UNIFORM]), Normalize(0, 1)
    shades = mpl.colormaps["plasma"](np.linspace(0, 0.88, 256))
    return LinearSegmentedColormap.from_list("beaming", shades), Normalize(*_limits(dataset))


def _limits(dataset: xr.Dataset) -> tuple[float, float]:
    """Bound the colours: a few stray cells shall not take them all."""
    low, high = np.nanpercentile(dataset["Theta"].values, (1, 99))
    return float(np.floor(low)), float(max(np.ceil(high), np.floor(low) + 1))


def _extend(dataset: xr.Dataset) -> str:
    """Say at which ends of the colour bar angles lie beyond it."""
    low, high = _limits(dataset)
    below, above = bool((dataset["Theta"] < low).any()), bool((dataset["Theta"] > high).any())
    return {(True, True): "both", (True, False): "min", (False, True): "max"}.get(
        (below, above), "neither"
    )


def _save(figure: Figure, path: Path) -> Path:
    part = path.with_name(f"{path.name}.part")
    try:
        figure.savefig(part, format="png")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path
