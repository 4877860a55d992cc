"""Draw dynamic spectra."""

from pathlib import Path
from typing import Any

import matplotlib.dates as mdates
import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure
from numpy.typing import NDArray

from prefect_expres.analysis.axes import GREY, TITLE_SIZE, scale_frequency, scale_time
from prefect_expres.analysis.quicklook import DPI, WIDTH, save_and_release
from prefect_expres.analysis.raster import COLUMNS, ROWS, channel_bounds
from prefect_expres.net.url import file_name
from prefect_expres.observations.averaging import averaged
from prefect_expres.observations.background import above_background

_PANEL, _MARGINS = 2.9, 1.2
"""Inches: the heights of a panel and of everything around the panels."""

_GAPS = {"facecolor": "white", "edgecolor": "#b0b4b8", "hatch": "////", "linewidth": 0}
"""How a panel looks where nothing was observed."""

_PAUSE = 1.5
"""How many usual steps apart two times are between which nothing was observed."""

_FAINTEST, _BRIGHTEST = 2.0, 99.5
"""Percentiles of the flux at the ends of the colours: few interferences take no colours."""

_BELOW, _LEAST, _MOST = -1.0, 4.0, 8.0
"""Standard deviations at the ends of the colours; the second end is within two bounds."""


def draw_observation(observation: xr.Dataset, path: str | Path, *, log: bool | None = None) -> Path:
    """Draw an observation into a PNG, PDF or SVG file.

    Time runs to the right and frequency upwards. The upper panel shows the flux in colours, the
    lower one what is above the background of each frequency.

    Args:
        observation: From `prefect_expres.observations.open_observation`.
        path: Local path or ``file://`` URL of the file, which is complete when it has this name;
            its end tells the format.
        log: Scale the frequency logarithmically; None follows the spacing of the channels.

    Returns:
        The path of the file.
    """
    return save_and_release(observation_figure(observation, log=log), path)


def observation_figure(observation: xr.Dataset, *, log: bool | None = None) -> Figure:
    """Make the figure that `draw_observation` saves, to be shown or changed."""
    less = averaged(observation, (COLUMNS, ROWS))
    flux, above = less["flux"], above_background(less)
    figure = Figure((WIDTH, 2 * _PANEL + _MARGINS), dpi=DPI, layout="constrained")
    upper, lower = figure.subplots(2, sharex=True, sharey=True)
    scale_axes(upper, lower, flux, log=log)
    for panel, cells, norm in ((upper, flux, _norm(flux)), (lower, above, deviations(above))):
        mesh = draw_spectrum(panel, cells, cmap="viridis", norm=norm)
        bar = figure.colorbar(mesh, ax=panel, pad=0.015, aspect=20, extend="both")
        bar.set_label(_label(cells))
    add_title(figure, observation)
    return figure


def scale_axes(upper: Axes, lower: Axes, cells: xr.DataArray, *, log: bool | None = None) -> None:
    """Scale the axes that two panels share to all times and frequencies of cells."""
    bounds = _time_bounds(cells["time"].values)
    scale_time(lower, bounds[:-1], np.diff(bounds))
    frequency = cells["frequency"].values
    for panel in (upper, lower):
        scale_frequency(panel, frequency, np.ones(frequency.shape, dtype=bool), log=log)


def deviations(above: xr.DataArray) -> Normalize:
    """Scale colours to standard deviations above the background."""
    seen = above.values[np.isfinite(above.values)]
    brightest = np.percentile(seen, _BRIGHTEST) if seen.size else _LEAST
    return Normalize(_BELOW, float(np.clip(brightest, _LEAST, _MOST)))


def draw_spectrum(panel: Axes, cells: xr.DataArray, **how: Any) -> QuadMesh:
    """Draw cells of time and frequency; where nothing was observed, nothing is drawn.

    Args:
        panel: The panel, whose axes are scaled.
        cells: Shape (time, frequency), no more than a panel has pixels.
        how: The colours, for matplotlib.
    """
    panel.patch.set(**_GAPS)
    bounds = _time_bounds(cells["time"].values)
    filled = np.full((cells.sizes["frequency"], bounds.size - 1), np.nan, dtype=np.float32)
    columns = np.searchsorted(bounds, cells["time"].values, "right") - 1
    filled[:, columns] = cells.values.T
    channels = channel_bounds(cells["frequency"].values, np.asarray(panel.get_ylim()))
    return panel.pcolormesh(
        mdates.date2num(bounds),
        np.maximum(channels, np.finfo(float).tiny),
        np.ma.masked_invalid(filled),
        rasterized=True,
        **how,
    )


def add_title(figure: Figure, observation: xr.Dataset, model: str = "", files: str = "") -> None:
    """Write what was observed above a picture and, small, its files below it."""
    about = observation.attrs
    seen = f"{about['target']} seen from {about['observer']}"
    instrument = f", {about['instrument']}" if about["instrument"] else ""
    title = f"{seen}{instrument}, {_days(observation)}"
    figure.suptitle(f"{title}\n{model}" if model else title, fontsize=TITLE_SIZE)
    names = [file_name(about["source"]), files]
    figure.supxlabel(", ".join(filter(None, names)), fontsize=7, color=GREY, x=0.99, ha="right")


def _days(observation: xr.Dataset) -> str:
    ends = observation["time"].values[[0, -1]]
    return " to ".join(dict.fromkeys(str(np.datetime_as_string(each, unit="D")) for each in ends))


def _time_bounds(time: NDArray[np.datetime64]) -> NDArray[np.datetime64]:
    """Give where cells begin and end in time, half a step around each; pauses have their own."""
    steps = np.diff(time)
    usual = np.median(steps.astype(float)) if steps.size else 1e9
    half = np.timedelta64(max(int(usual / 2), 1), "ns")
    middles = time[:-1] + steps // 2
    pause = steps.astype(float) > _PAUSE * usual
    ends = np.array([time[0] - half, time[-1] + half])
    edges = (ends, middles[~pause], time[:-1][pause] + half, time[1:][pause] - half)
    return np.sort(np.concatenate(edges))


def _norm(flux: xr.DataArray) -> Normalize:
    """Scale the colours: linear flux by its logarithm, if it is above zero."""
    values = flux.values[np.isfinite(flux.values)]
    if not values.size:
        return Normalize(0, 1)
    low, high = (float(each) for each in np.percentile(values, (_FAINTEST, _BRIGHTEST)))
    high = high if high > low else low + 1
    logarithmic = flux.attrs["scale"] == "linear" and low > 0
    return LogNorm(low, high) if logarithmic else Normalize(low, high)


def _label(cells: xr.DataArray) -> str:
    name, units = cells.attrs.get("long_name", "flux"), cells.attrs["units"]
    return f"{name}\n({units})" if units else name
