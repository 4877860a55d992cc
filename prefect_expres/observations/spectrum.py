"""What every reader gives, and the one form in which observations are handed on."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from prefect_expres.errors import ObservationError

Numbers = NDArray[np.floating]
Scale = Literal["linear", "dB"]

_MEGAHERTZ = {"hz": 1e-6, "khz": 1e-3, "mhz": 1.0, "ghz": 1e3}
_CELLS = 2**22
"""Cells that are read or computed at once."""


@dataclass(frozen=True, eq=False)
class Spectrum:
    """A dynamic spectrum, as a reader has found it.

    Attributes:
        time: Shape (time,), UTC.
        frequency: Shape (frequency,), MHz; until they are on one grid, that of the flux.
        flux: Shape (time, frequency), single precision, NaN where there are no data.
        units: The units of the flux as the file names them.
        polarization: Degree of circular polarization, likewise; None if it is not known.
        observer: Where it was observed: ``Earth`` or a spacecraft; None if the file does not say.
        target: What was observed, likewise.
        instrument: The instrument, likewise.
    """

    time: NDArray[np.datetime64]
    frequency: Numbers
    flux: NDArray[np.float32]
    units: str
    polarization: NDArray[np.float32] | None = None
    observer: str | None = None
    target: str | None = None
    instrument: str | None = None


def as_dataset(spectrum: Spectrum, *, observer: str, target: str, source: str) -> xr.Dataset:
    """Put a spectrum into the form of all observations: axes rise, and no value stands twice.

    Args:
        spectrum: From a reader.
        observer: Where it was observed.
        target: What was observed.
        source: The URL of the file.

    Raises:
        ObservationError: It has no times or no frequencies.
    """
    time = spectrum.time.astype("datetime64[ns]")
    steps = _rising(time, ~np.isnat(time))
    channels = _rising(spectrum.frequency, spectrum.frequency > 0)
    if not (steps.size and channels.size):
        raise ObservationError("it holds no spectrum: every time or every frequency is missing")
    variables = {"flux": spectrum.flux, "polarization": spectrum.polarization}
    dataset = xr.Dataset(
        {
            name: (("time", "frequency"), _picked(values, steps, channels))
            for name, values in variables.items()
            if values is not None
        },
        {
            "time": ("time", time[steps], {"long_name": "UTC"}),
            "frequency": (
                "frequency",
                spectrum.frequency[channels].astype(float),
                {"units": "MHz"},
            ),
        },
        {
            "observer": observer,
            "target": target,
            "instrument": spectrum.instrument or "",
            "source": source,
        },
    )
    dataset["flux"].attrs = {"units": spectrum.units, "scale": scale_of(spectrum.units)}
    if "polarization" in dataset:
        dataset["polarization"].attrs = {
            "long_name": "degree of circular polarization, left-hand above zero"
        }
    return dataset


def scale_of(units: str) -> Scale:
    """Say whether values of these units are decibels."""
    return "dB" if units.strip().lower().startswith(("db", "decibel")) else "linear"


def is_frequency(units: str) -> bool:
    """Say whether units are those of a frequency."""
    return units.strip().lower() in _MEGAHERTZ


def megahertz(frequency: Numbers, units: str) -> Numbers:
    """Convert frequencies to MHz.

    Raises:
        ObservationError: The units are none of frequencies.
    """
    factor = _MEGAHERTZ.get(units.strip().lower())
    if factor is None:
        raise ObservationError(f"its frequencies are in {units!r}, not in Hz, kHz, MHz or GHz")
    return np.asarray(frequency, dtype=float) * factor


def in_blocks(
    shape: tuple[int, int], read: Callable[[slice], Numbers], *, along: int = 0, chunk: int = 1
) -> NDArray[np.float32]:
    """Read an array in single precision block by block, so that it is never in memory twice.

    Args:
        shape: Shape of the array in its source.
        read: Gives a slice along the first axis.
        along: Where this axis goes: 1 turns the array around.
        chunk: How many entries of this axis the source has together, compressed: these are not
            taken apart, since each part would be decompressed as a whole.
    """
    values = np.empty(shape if along == 0 else shape[::-1], dtype=np.float32)
    target = values if along == 0 else values.T
    for rows in blocks(shape, chunk):
        target[rows] = read(rows)
    return values


def blocks(shape: Sequence[int], chunk: int = 1) -> Iterator[slice]:
    """Cut the first axis into slices of some million cells, none within a chunk."""
    rows = _CELLS // max(int(np.prod(shape[1:])), 1)
    rows = max(rows // chunk, 1) * chunk
    for start in range(0, shape[0], rows):
        yield slice(start, min(start + rows, shape[0]))


def _rising(values: NDArray[np.generic], valid: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Give the indices at which valid values rise; of equal ones the first."""
    kept = np.flatnonzero(valid)
    _, first = np.unique(values[kept], return_index=True)
    return kept[first]


def _picked(
    values: NDArray[np.float32], steps: NDArray[np.intp], channels: NDArray[np.intp]
) -> NDArray[np.float32]:
    """Pick rows and columns; whole and reversed axes are not copied, since a day is large."""
    return _along(_along(values, steps).T, channels).T


def _along(values: NDArray[np.float32], indices: NDArray[np.intp]) -> NDArray[np.float32]:
    count = values.shape[0]
    if np.array_equal(indices, np.arange(count)):
        return values
    if np.array_equal(indices, np.arange(count)[::-1]):
        return values[::-1]
    return values[indices]
