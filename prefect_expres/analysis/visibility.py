"""Cells of time and frequency in which a source is visible."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from prefect_expres.analysis.identity import Identity, identity_of
from prefect_expres.analysis.moons import Degrees, moon_longitude
from prefect_expres.analysis.sources import EmissionSource, of_each_source, sources_of
from prefect_expres.errors import ResultError

# ExPRES sets these for each source, and only where it is visible.
_SET_WHERE_VISIBLE = ("Theta", "FC", "FP")
_CAVITY = "cavity"


@dataclass(frozen=True, eq=False)
class Sighting:
    """What is seen of one source, in one file or over many days.

    Attributes:
        identity: The simulation.
        source: The source; its indices are those of the first file.
        time: Shape (time,), UTC, rising.
        steps: How long each time step lasts, shape (time,); files may differ.
        frequency: Shape (frequency,), MHz, rising.
        visible: Shape (time, frequency).
        meridian: Central meridian longitude, shape (time,), degrees west; None if unknown.
        line: Longitude of the active field line, likewise.
        moon: Longitude of the moon, likewise.
    """

    identity: Identity
    source: EmissionSource
    time: NDArray[np.datetime64]
    steps: NDArray[np.timedelta64]
    frequency: NDArray[np.floating]
    visible: NDArray[np.bool_]
    meridian: Degrees | None = None
    line: Degrees | None = None
    moon: Degrees | None = None

    def between(self, start: np.datetime64, end: np.datetime64) -> "Sighting":
        """Keep what is seen from ``start`` to ``end``."""
        inside = (self.time >= start) & (self.time <= end)
        return replace(self, visible=self.visible & inside[:, None])

    @property
    def line_phase(self) -> Degrees | None:
        """Phase of the active line, ``CML - longitude + 180``, degrees, not wrapped."""
        return _phase(self.meridian, self.line)

    @property
    def moon_phase(self) -> Degrees | None:
        """Phase of the moon, ``CML - longitude + 180``, degrees, not wrapped."""
        return _phase(self.meridian, self.moon)


def sightings(datasets: xr.Dataset | Iterable[xr.Dataset]) -> list[Sighting]:
    """Give what is seen of each source, joined over the days of the same simulation.

    Args:
        datasets: From `open_results`. Several are read one by one; only what is seen is kept.

    Raises:
        ResultError: The sources of a file cannot be separated by its variables.
    """
    days: dict[tuple[object, ...], list[Sighting]] = {}
    for dataset in [datasets] if isinstance(datasets, xr.Dataset) else datasets:
        for one in _of_one_file(rising(dataset)):
            key = (one.identity.series, one.source.key, one.frequency.tobytes())
            days.setdefault(key, []).append(one)
    return [_joined(parts) for parts in days.values()]


def rising(dataset: xr.Dataset) -> xr.Dataset:
    """Sort the times and channels of a file, which are as they were asked for, perhaps falling."""
    axes = ("time", "frequency")
    if all(dataset.indexes[axis].is_monotonic_increasing for axis in axes):
        return dataset
    return dataset.sortby(list(axes))


def _of_one_file(dataset: xr.Dataset) -> Iterator[Sighting]:
    identity, time = identity_of(dataset), dataset["time"].values
    meridian = dataset["CML"].values.astype(float) if "CML" in dataset else None
    for source in sources_of(dataset):
        line = _line(dataset, source)
        south = source.hemisphere == "south"
        yield Sighting(
            identity,
            source,
            time,
            np.full(time.shape, _step_of(time)),
            dataset["frequency"].values,
            visibility(dataset, source),
            meridian,
            line,
            None if line is None else moon_longitude(source.name, line, time, south=south),
        )


def _step_of(time: NDArray[np.datetime64]) -> np.timedelta64:
    """Give the median time step; single ones differ because times are rounded to seconds."""
    steps = np.diff(time).astype("timedelta64[ns]").astype("int64")
    return np.timedelta64(int(np.median(steps)) if steps.size else 0, "ns")


def _line(dataset: xr.Dataset, source: EmissionSource) -> Degrees | None:
    if "SrcLongitude" not in dataset or len(source.indices) > 1:
        return None
    longitudes = dataset["SrcLongitude"].transpose("time", "source")
    return np.asarray(longitudes.values[:, source.indices[0]], dtype=float)


def moment_of(time: np.datetime64) -> datetime:
    """Give a time as Python's, in UTC, to a second."""
    moment: datetime = time.astype("datetime64[s]").item()
    return moment.replace(tzinfo=UTC)


def _joined(parts: Sequence[Sighting]) -> Sighting:
    """Join days; a time that two of them have is taken from the first."""
    first, *others = parts
    if not others:
        return first
    time, order = np.unique(np.concatenate([part.time for part in parts]), return_index=True)

    def series(name: str) -> Degrees | None:
        days = [getattr(part, name) for part in parts]
        return None if any(day is None for day in days) else np.concatenate(days)[order]

    return replace(
        first,
        time=time,
        steps=np.concatenate([part.steps for part in parts])[order],
        visible=np.concatenate([part.visible for part in parts])[order],
        meridian=series("meridian"),
        line=series("line"),
        moon=series("moon"),
    )


def _phase(meridian: Degrees | None, longitude: Degrees | None) -> Degrees | None:
    if meridian is None or longitude is None:
        return None
    return np.asarray(meridian - longitude + 180)


def visibility(dataset: xr.Dataset, source: EmissionSource) -> NDArray[np.bool_]:
    """Find the cells in which a source is visible.

    Args:
        dataset: From `open_results`.
        source: One of `sources_of` the dataset.

    Returns:
        Shape (time, frequency).

    Raises:
        ResultError: The sources cannot be separated by the file's variables, or the file does not
            tell where the cone of a steady-state source has no angle.
    """
    _refuse_hidden_gaps(dataset, source)
    for name in _SET_WHERE_VISIBLE:
        if name in dataset:
            lines = dataset[name].isel(source=list(source.indices))
            return _booleans(lines.notnull().any("source"))
    others = [other for other in sources_of(dataset) if other != source]
    if "VisibleSources" in dataset and all(o.hemisphere != source.hemisphere for o in others):
        counts = dataset["VisibleSources"].isel(hemisphere=int(source.hemisphere == "south"))
        return _booleans(counts.fillna(0) != 0)
    if "Polarization" in dataset and not others:
        return _booleans(dataset["Polarization"].notnull())
    raise ResultError(
        "The sources of the file cannot be separated: it has no Theta, FC or FP, VisibleSources "
        "only counts by hemisphere, and Polarization shows one source a cell; run the simulation "
        "with SPDYN.CDF.THETA true"
    )


def _refuse_hidden_gaps(dataset: xr.Dataset, source: EmissionSource) -> None:
    """Only Theta, which is NaN there, tells the cells of a cavity that emit from those without."""
    kinds = of_each_source(dataset, "SRP_Source_Type")
    if "Theta" not in dataset and any(kinds[index] == _CAVITY for index in source.indices):
        raise ResultError(
            f"{source.name} is a steady-state source, for which ExPRES also fills cells without "
            "emission; only Theta, which the file does not have, tells them apart: run the "
            "simulation with SPDYN.CDF.THETA true"
        )


def _booleans(visible: xr.DataArray) -> NDArray[np.bool_]:
    return np.asarray(visible.transpose("time", "frequency").values)
