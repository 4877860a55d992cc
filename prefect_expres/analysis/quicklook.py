"""Draw a simulation: time and frequency, a panel a source."""

from pathlib import Path
from typing import Any

import matplotlib.dates as mdates
import numpy as np
import xarray as xr
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from prefect_expres.analysis.visibility import polarization_of, visibility

_COLOURS = "viridis"


def draw_quicklook(dataset: xr.Dataset, path: Path) -> Path:
    """Draw the visible emission into a PNG file.

    Each source has a panel: UTC to the right, frequency in MHz upwards, the beaming angle θ in
    colour; the central meridian longitude runs along the top.

    Args:
        dataset: From `open_results`.
        path: The file; it is complete when it has this name.

    Raises:
        ResultError: The simulation was run without the flag SPDYN.CDF.THETA.
    """
    seen = visibility(dataset)
    count = dataset.sizes["source"]
    figure = Figure(figsize=(10, 1.4 + 2.9 * count), layout="constrained", dpi=110)
    FigureCanvasAgg(figure)
    panels = figure.subplots(count, 1, sharex=True, squeeze=False)[:, 0]
    limits = _colour_limits(dataset)
    mesh = None
    for index, panel in enumerate(panels):
        if seen[:, :, index].any():
            mesh = _draw_emission(panel, dataset, index, limits)
        else:
            panel.text(0.5, 0.5, "no visible emission", transform=panel.transAxes, ha="center")
        _label_panel(panel, dataset, index, seen)
    _label_times(panels[-1], dataset)
    if "CML" in dataset:
        _draw_longitudes(panels[0], dataset)
    if mesh is not None:
        figure.colorbar(mesh, ax=panels, label="beaming angle θ (degree)", pad=0.015)
    figure.suptitle(_title(dataset), fontsize=12)
    part = path.with_name(f"{path.name}.part")
    figure.savefig(part, format="png")
    return part.replace(path)


def _draw_emission(panel: Any, dataset: xr.Dataset, index: int, limits: tuple[float, float]) -> Any:
    theta = dataset["Theta"].transpose("frequency", "time", "source")[:, :, index]
    return panel.pcolormesh(
        mdates.date2num(dataset["time"].values),
        dataset["frequency"].values,
        np.ma.masked_invalid(theta.values),
        cmap=_COLOURS,
        vmin=limits[0],
        vmax=limits[1],
        shading="nearest",
        rasterized=True,
    )


def _label_panel(panel: Any, dataset: xr.Dataset, index: int, seen: Any) -> None:
    label = str(dataset["source"].values[index])
    panel.set_ylabel("frequency (MHz)")
    panel.text(
        0.01,
        0.95,
        f"{label.title()}, {polarization_of(dataset, index)} polarized",
        transform=panel.transAxes,
        va="top",
        weight="bold",
    )
    frequencies = dataset["frequency"].values
    used = frequencies[seen.any(axis=(0, 2))]
    top = float(used.max()) * 1.1 if used.size else float(frequencies.max())
    panel.set_ylim(float(frequencies.min()), min(top, float(frequencies.max())))
    panel.grid(alpha=0.25)


def _label_times(panel: Any, dataset: xr.Dataset) -> None:
    times = mdates.date2num(dataset["time"].values)
    if len(times) > 1:
        panel.set_xlim(times[0], times[-1])
    locator = mdates.AutoDateLocator(minticks=5, maxticks=12)
    panel.xaxis.set_major_locator(locator)
    panel.xaxis.set_major_formatter(mdates.ConciseDateFormatter(locator))
    panel.set_xlabel("UTC at the observer")


def _draw_longitudes(panel: Any, dataset: xr.Dataset) -> None:
    """Write the central meridian longitude along the top, every 90 degrees."""
    times = mdates.date2num(dataset["time"].values)
    turned = np.unwrap(dataset["CML"].values.astype(float), period=360)
    if len(times) < 2 or turned[-1] <= turned[0]:  # noqa: PLR2004 - two make a line
        return
    every = 90 if turned[-1] - turned[0] < 1500 else 360  # noqa: PLR2004 - about four turns
    marks = np.arange(np.ceil(turned[0] / every) * every, turned[-1], every)
    top = panel.secondary_xaxis("top")
    top.set_xticks(np.interp(marks, turned, times), [f"{mark % 360:.0f}" for mark in marks])
    top.set_xlabel("central meridian longitude (degree, System III west)")


def _colour_limits(dataset: xr.Dataset) -> tuple[float, float]:
    theta = dataset["Theta"].values
    if not np.isfinite(theta).any():
        return 0.0, 90.0
    return float(np.floor(np.nanmin(theta))), float(np.ceil(np.nanmax(theta)))


def _title(dataset: xr.Dataset) -> str:
    """Take observer, planet, moon, model and day out of the file's name."""
    identity = str(dataset.attrs.get("Logical_file_id", "expres"))
    parts = identity.split("_")
    day = np.datetime_as_string(dataset["time"].values[0], unit="D")
    if len(parts) < 7 or parts[0] != "expres":  # noqa: PLR2004 - see the naming rule
        return f"{identity}, {day}"
    _, observer, planet, source, model, beam, energy = parts[:7]
    beaming, _, width = beam.partition("-")
    return (
        f"{source.title()}-induced emission of {planet.title()} "
        f"seen from {observer.title()}, {day}\n"
        f"{model.upper()}, {beaming} {energy.removesuffix('kev')} keV, "
        f"width {width.removeprefix('wid').removesuffix('deg')}°"
    )
