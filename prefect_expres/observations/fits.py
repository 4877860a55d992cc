"""Read FITS files of dynamic spectra, as e-CALLISTO and Radio JOVE write them.

The spectra are images. Their axes are in a table with the columns ``TIME``, in seconds since the
start, and ``FREQUENCY``; or, in the image's header, they are linear and have units. An image of
each circular polarization has its name, such as ``RR``.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from os import SEEK_END
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from prefect_expres.errors import ObservationError
from prefect_expres.observations.choice import choose, combined
from prefect_expres.observations.places import observer_of
from prefect_expres.observations.spectrum import (
    Numbers,
    Spectrum,
    in_blocks,
    is_frequency,
    megahertz,
    scale_of,
)

GZIP = b"\x1f\x8b"
"""The first bytes of a file that gzip has compressed, as e-CALLISTO's are."""

_PLANE = 2
_SECOND = 1_000_000_000
_SITES = ("OBS_LAT", "SITELAT", "OBSGEO-B")
"""Headers with a latitude on Earth."""


def read_fits(path: Path, variable: str | None) -> Spectrum:
    """Read a FITS file, which may be compressed with gzip."""
    try:
        from astropy.io import fits  # noqa: PLC0415 - an extra of its own
    except ModuleNotFoundError:
        raise ObservationError(
            "it is a FITS file; pip install 'prefect-expres[observations]' brings Astropy, which "
            "reads it"
        ) from None
    # The stream is closed even if Astropy fails before it has opened the file.
    with path.open("rb") as stream, fits.open(stream) as file:
        units_of_file = list(file)
        _refuse_cut(units_of_file, stream)
        return _spectrum(units_of_file, variable)


def _refuse_cut(units_of_file: Sequence[Any], stream: BinaryIO) -> None:
    """Compare the size with what the headers state; gzip itself notices missing data."""
    stream.seek(0)
    if stream.read(len(GZIP)) == GZIP:
        return
    size = stream.seek(0, SEEK_END)
    place = units_of_file[-1].fileinfo()
    if size < (end := place["datLoc"] + place["datSpan"]):
        raise ValueError(f"it has {size} bytes of {end}")


def _spectrum(units_of_file: Sequence[Any], variable: str | None) -> Spectrum:
    images = {
        str(each.name or "flux").replace("PRIMARY", "flux"): each
        for each in units_of_file
        if each.is_image and each.header.get("NAXIS") == _PLANE
    }
    choice = choose(images, variable)
    header = {**units_of_file[0].header, **images[choice.flux[0]].header}
    time, frequency = _axes(units_of_file, header)
    flux, *left = (_values(images[name], time.size, frequency.size) for name in choice.flux)
    units, polarization = str(header.get("BUNIT", "")).strip(), None
    if left:
        flux, polarization = combined(flux, *left, scale=scale_of(units))
    words = {name: str(header.get(name, "")).strip() for name in ("INSTRUME", "OBJECT", "TELESCOP")}
    on_earth = "Earth" if any(name in header for name in _SITES) else None
    return Spectrum(
        time=time,
        frequency=frequency,
        flux=flux,
        units=units,
        polarization=polarization,
        observer=observer_of((words["TELESCOP"], words["INSTRUME"], on_earth)),
        target=words["OBJECT"] or None,
        instrument=words["INSTRUME"] or words["TELESCOP"] or None,
    )


def _axes(
    units_of_file: Sequence[Any], header: dict[str, Any]
) -> tuple[NDArray[np.datetime64], Numbers]:
    start = _start(header)
    for each in units_of_file:
        columns = getattr(each, "columns", None)
        if columns is not None and {"TIME", "FREQUENCY"} <= {
            name.upper() for name in columns.names
        }:
            seconds, frequency = (
                np.asarray(each.data[name], dtype=float).ravel() for name in ("TIME", "FREQUENCY")
            )
            unit = columns["FREQUENCY"].unit or "MHz"
            return start + _nanoseconds(seconds), megahertz(frequency, unit)
    units = str(header.get("CUNIT2", ""))
    if not is_frequency(units):
        raise ObservationError(
            "it has no axes: neither a table with TIME and FREQUENCY, nor CUNIT2 with the units of "
            "a frequency"
        )
    seconds, frequency = (_linear(header, number) for number in (1, 2))
    return start + _nanoseconds(seconds - seconds[0]), megahertz(frequency, units)


def _linear(header: dict[str, Any], number: int) -> Numbers:
    pixels = np.arange(1, int(header[f"NAXIS{number}"]) + 1)
    first = float(header.get(f"CRPIX{number}", 1))
    return float(header[f"CRVAL{number}"]) + (pixels - first) * float(header[f"CDELT{number}"])


def _nanoseconds(seconds: Numbers) -> NDArray[np.timedelta64]:
    return np.round(seconds * _SECOND).astype("timedelta64[ns]")


def _start(header: dict[str, Any]) -> np.datetime64:
    """Give the start of the observation; e-CALLISTO separates date and time, and writes slashes."""
    date, _, clock = str(header.get("DATE-OBS", "")).strip().partition("T")
    clock = clock or str(header.get("TIME-OBS", ""))
    found = re.fullmatch(r"\s*(\d+):(\d+):(\d+(?:\.\d*)?)Z?\s*", clock)
    try:
        day = datetime.strptime(date.replace("/", "-"), "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        found = None
    if found is None:
        raise ObservationError(
            f"it does not say when it starts: DATE-OBS is {date!r} and the time {clock!r}"
        )
    hours, minutes, seconds = (float(each) for each in found.groups())
    # A clock may count on over midnight, or show a leap second.
    moment = day + timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return np.datetime64(moment.replace(tzinfo=None), "ns")


def _values(image: Any, times: int, frequencies: int) -> NDArray[np.float32]:
    """Read an image, whichever of its axes is the time."""
    shape = image.shape
    if shape not in {(frequencies, times), (times, frequencies)}:
        raise ObservationError(
            f"its image has {shape[1]} by {shape[0]} pixels for {times} times and {frequencies} "
            "frequencies"
        )
    return in_blocks(
        shape,
        lambda rows: np.asarray(image.section[rows]),
        along=shape == (frequencies, times),
    )
