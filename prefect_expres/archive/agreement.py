"""Compare a published CDF file with what its row in the table says."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from prefect_expres.analysis.dataset import open_results
from prefect_expres.analysis.identity import identity_of
from prefect_expres.archive.granule import EPOCH_JD, Granule, moment_of
from prefect_expres.errors import ArchiveMismatch, ResultError

Finding = tuple[str, str | None]
"""What was compared, and the difference in words if there is one."""

HERTZ_IN_MHZ = 1e6
_DAY_SECONDS = 86400.0
_SECONDS = 60.0
"""The least that times may differ, which tables round; else it is a step of the file."""
_RELATIVE = 1e-3
"""What frequencies may differ at least, which tables keep in single precision; else a channel."""


def compare_with_row(path: str | Path, granule: Granule) -> tuple[str, ...]:
    """Compare a file with its row, as far as both tell.

    Args:
        path: The CDF file.
        granule: Its row.

    Returns:
        What was compared, and agrees.

    Raises:
        ArchiveMismatch: The file is none that ExPRES writes, or another than the row says.
    """
    try:
        with open_results(path, only=()) as dataset:
            findings = [*_times(dataset, granule), *_band(dataset, granule)]
            findings += _names(dataset, granule)
    except ResultError as fault:
        said = str(fault).replace(str(path), granule.name)
        raise _mismatch(granule, [said]) from None
    if differences := [words for _, words in findings if words is not None]:
        raise _mismatch(granule, differences)
    return tuple(dict.fromkeys(what for what, _ in findings))


def _mismatch(granule: Granule, differences: list[str]) -> ArchiveMismatch:
    found = "\n".join(f"  {words}" for words in differences)
    msg = (
        f"{granule.access_url} is not what the table says of it, and is not kept; tell those who "
        f"publish it.\n{found}"
    )
    return ArchiveMismatch(msg)


def _times(dataset: xr.Dataset, granule: Granule) -> Iterator[Finding]:
    if granule.time_min is None or granule.time_max is None:
        return
    times = dataset["time"].values
    step = _step(times.astype("datetime64[s]").astype("int64"))
    seen = julian_dates(times[[0, -1]])
    stated = np.array([granule.time_min, granule.time_max])
    same = np.abs(seen - stated).max() <= max(step, _SECONDS) / _DAY_SECONDS
    words = f"time: {_shown(seen)} UTC; the table says {_shown(stated)}"
    yield "time", None if same else words


def _band(dataset: xr.Dataset, granule: Granule) -> Iterator[Finding]:
    if granule.spectral_range_min is None or granule.spectral_range_max is None:
        return
    channels = dataset["frequency"].values.astype(float)
    seen = np.array([channels.min(), channels.max()])
    stated = np.array([granule.spectral_range_min, granule.spectral_range_max]) / HERTZ_IN_MHZ
    off = np.maximum(_step(channels), _RELATIVE * stated)
    words = (
        f"frequency: {seen[0]:g} to {seen[1]:g} MHz; the table says {stated[0]:g} to "
        f"{stated[1]:g} MHz"
    )
    yield "frequency", None if (np.abs(seen - stated) <= off).all() else words


def _names(dataset: xr.Dataset, granule: Granule) -> Iterator[Finding]:
    """Compare observer and moon; what the file calls itself is compared with the whole row."""
    identity = identity_of(dataset)
    if identity.observer and granule.observer:
        same = granule.is_seen_from(identity.observer)
        words = f"observer: {identity.observer}; the table says {granule.observer}"
        yield "observer", None if same else words
    if identity.origin and granule.origin:
        words = f"source: {identity.origin}; the table says {granule.origin}"
        yield "source", None if granule.shows(identity.origin) else words


def _step(values: NDArray[Any]) -> float:
    """Give the largest step of an axis; 0 if it has none."""
    return float(np.abs(np.diff(values)).max(initial=0.0))


def julian_dates(times: NDArray[np.datetime64]) -> NDArray[np.floating]:
    """Give the Julian dates of times in UTC."""
    days = (times - np.datetime64("1970-01-01")) / np.timedelta64(1, "D")
    return np.asarray(days + EPOCH_JD)


def _shown(julian: NDArray[np.floating]) -> str:
    moments = (moment_of(float(each)) for each in julian)
    return " to ".join(f"{each:%Y-%m-%d %H:%M:%S}" if each else "?" for each in moments)
