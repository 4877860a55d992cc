"""Find when and where emission is visible."""

from collections.abc import Iterator
from datetime import UTC, datetime

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from prefect_expres.analysis.sources import EmissionSource, sources_of
from prefect_expres.analysis.windows import Window
from prefect_expres.errors import ResultError

# ExPRES sets these for each source, and only where it is visible.
_SET_WHERE_VISIBLE = ("Theta", "FC", "FP")


def visible_windows(dataset: xr.Dataset, *, gap: int = 1) -> list[Window]:
    """List the windows of visible emission, by source, then by time.

    A window is a run of time steps with any visible frequency; it reaches to the end of its last
    step. Interruptions of up to ``gap`` steps do not end it.

    Args:
        dataset: From `open_results`.
        gap: Invisible steps in a row that a window may hold.

    Raises:
        ResultError: The variables in the file do not tell its sources apart.
        ValueError: ``gap`` is below zero.
    """
    if gap < 0:
        raise ValueError(f"gap is a number of time steps, 0 or more, not {gap}")
    return [
        _window(dataset, source, visible, run)
        for source in sources_of(dataset)
        for visible in [visibility(dataset, source)]
        for run in _runs(visible, gap)
    ]


def visibility(dataset: xr.Dataset, source: EmissionSource) -> NDArray[np.bool_]:
    """Say where a source is visible.

    Args:
        dataset: From `open_results`.
        source: One of `sources_of` the dataset.

    Returns:
        Shape (time, frequency).

    Raises:
        ResultError: The variables in the file do not tell its sources apart.
    """
    for name in _SET_WHERE_VISIBLE:
        if name in dataset:
            lanes = dataset[name].isel(source=list(source.lanes))
            return _booleans(lanes.notnull().any("source"))
    others = [other for other in sources_of(dataset) if other != source]
    if "VisibleSources" in dataset and all(o.hemisphere != source.hemisphere for o in others):
        counts = dataset["VisibleSources"].isel(hemisphere=int(source.hemisphere == "south"))
        return _booleans(counts.fillna(0) != 0)
    if "Polarization" in dataset and not others:
        return _booleans(dataset["Polarization"].notnull())
    raise ResultError(
        "The file does not tell its sources apart: it has no Theta, FC or FP, VisibleSources only "
        "counts by hemisphere, and Polarization shows one source a cell; run the simulation with "
        "SPDYN.CDF.THETA true"
    )


def _booleans(visible: xr.DataArray) -> NDArray[np.bool_]:
    return np.asarray(visible.transpose("time", "frequency").values, dtype=np.bool_)


def _runs(visible: NDArray[np.bool_], gap: int) -> Iterator[slice]:
    """Give the runs of visible time steps, each as a slice of the time axis."""
    steps = np.flatnonzero(visible.any(axis=1))
    for run in np.split(steps, np.flatnonzero(np.diff(steps) > gap + 1) + 1):
        if run.size:
            yield slice(int(run[0]), int(run[-1]) + 1)


def _window(
    dataset: xr.Dataset, source: EmissionSource, visible: NDArray[np.bool_], run: slice
) -> Window:
    times = dataset["time"].values
    seen = dataset["frequency"].values[visible[run].any(axis=0)]
    return Window(
        source=source.name,
        hemisphere=source.hemisphere,
        polarization=source.polarization,
        start=_moment(times[run.start]),
        end=_moment(times[run.stop - 1] + _step(times)),
        fmin=round(float(seen.min()), 4),
        fmax=round(float(seen.max()), 4),
        cml=_longitudes(dataset, run),
        source_phase=_phases(dataset, source, run),
    )


def _step(times: NDArray[np.datetime64]) -> np.timedelta64:
    """Give the usual time step; rounding to seconds lets single ones differ."""
    if times.size < 2:  # noqa: PLR2004 - one time has no step
        return np.timedelta64(0, "s")
    return np.timedelta64(int(np.median(np.diff(times).astype("int64"))), "ns")


def _moment(time: np.datetime64) -> datetime:
    return datetime.fromtimestamp(int(time.astype("datetime64[s]").astype("int64")), UTC)


def _longitudes(dataset: xr.Dataset, run: slice) -> tuple[float, float] | None:
    return _edges(dataset["CML"].values[run]) if "CML" in dataset else None


def _phases(dataset: xr.Dataset, source: EmissionSource, run: slice) -> tuple[float, float] | None:
    if "CML" not in dataset or "SrcLongitude" not in dataset or len(source.lanes) > 1:
        return None
    longitudes = dataset["SrcLongitude"].transpose("time", "source").values[run, source.lanes[0]]
    return _edges(dataset["CML"].values[run] - longitudes + 180)


def _edges(angles: NDArray[np.floating]) -> tuple[float, float] | None:
    """Give the first and the last angle within 0 to 360 degrees, to a tenth."""
    first, last = (round(float(angle) % 360, 1) % 360 for angle in (angles[0], angles[-1]))
    return None if np.isnan(first) or np.isnan(last) else (first, last)
