"""Open an ExPRES CDF file as an xarray Dataset."""

import struct
from collections.abc import Collection
from pathlib import Path
from typing import Any

import cdflib
import numpy as np
import xarray as xr
from numpy.typing import NDArray

from prefect_expres.analysis.locations import local_file
from prefect_expres.errors import ResultError, StorageError
from prefect_expres.net.url import shown_url

FILL = -1e30
"""Smaller values of real variables are fill values; ExPRES writes -1e31."""

COUNT_FILL = 32767
"""The fill value of the variables of small integers."""

_CDF_3 = bytes.fromhex("cdf30001 0000ffff")
_OFFSET = struct.Struct(">q")
_DESCRIPTOR_AT = 20
_END_AT = 36
"""CDF internal format 3: the file's descriptor record (CDR) comes after the 8 bytes of the magic
number; it gives, 12 bytes later, where the global descriptor (GDR) is, and that, at its byte 36,
where the file ends."""

_ESSENTIAL = {"Epoch", "Frequency", "Src_ID_Label"}
_COUNTS = {"Polarization", "VisibleSources"}
_SPECTRUM = ("time", "frequency", "source")
_DIMENSIONS: dict[str, tuple[str, ...]] = {
    "Polarization": ("time", "frequency"),
    "VisibleSources": ("time", "frequency", "hemisphere"),
    "Theta": _SPECTRUM,
    "Azimuth": _SPECTRUM,
    "FP": _SPECTRUM,
    "FC": _SPECTRUM,
    "SrcPosition": (*_SPECTRUM, "axis"),
    "SrcLongitude": ("time", "source"),
    "SrcFreqMax": ("time", "source"),
    "SrcFreqMaxCMI": ("time", "source"),
    "CML": ("time",),
    "ObsLatitude": ("time",),
    "ObsDistance": ("time",),
    "ObsLocalTime": ("time",),
}


def open_results(location: str | Path, *, only: Collection[str] | None = None) -> xr.Dataset:
    """Open the CDF file of a simulation.

    The coordinates are ``time`` (UTC, rounded to 1 s), ``frequency`` (MHz) and ``source`` (for
    instance ``Io NORTH``), and ``hemisphere`` (north, south) and ``axis`` (x, y, z, right-handed,
    turning with the planet) for the variables that span them. Fill values become NaN. Variables
    whose flags were off are absent. The attributes of the variables and of the file are kept;
    ``units`` repeats ``UNITS``, the word that xarray knows.

    Args:
        location: Local path or fsspec URL, for instance one of those that `download_results`
            returns. A file that is not local is copied for as long as it is read.
        only: Read these variables, if they are there, beside the axes; None for all.

    Returns:
        The whole file, or what is asked for of it, in memory.

    Raises:
        ResultError: It cannot be read, is no CDF file, is damaged, or is none that ExPRES writes.
    """
    shown = shown_url(str(location))
    path = location
    try:
        with local_file(location) as path:
            return _read(path, only)
    except StorageError as fault:
        raise ResultError(str(fault)) from None
    except ResultError as fault:
        raise ResultError(f"{shown} is no ExPRES file: {fault}") from None
    except Exception as fault:  # noqa: BLE001 - cdflib has many errors
        reason = str(fault).replace(str(path), shown)
        raise ResultError(
            f"{shown} cannot be read as CDF: {reason}. Is it whole? Fetch it again"
        ) from None


def _read(path: Path, only: Collection[str] | None) -> xr.Dataset:
    refuse_cut(path)
    cdf = cdflib.CDF(str(path))
    names = set(cdf.cdf_info().zVariables)
    return _dataset(cdf, names if only is None else names & (_ESSENTIAL | set(only)))


def refuse_cut(path: Path) -> None:
    """Compare the file's size with the size that it states: cdflib does not notice missing data."""
    with path.open("rb") as file:
        start = file.read(len(_CDF_3))
        if not start:
            raise ValueError("it is empty; fetch it again")
        if start != _CDF_3:
            return
        file.seek(_DESCRIPTOR_AT)
        (descriptor,) = _OFFSET.unpack(file.read(_OFFSET.size))
        file.seek(descriptor + _END_AT)
        (end,) = _OFFSET.unpack(file.read(_OFFSET.size))
    size = path.stat().st_size
    if size < end:
        raise ValueError(f"it has {size} bytes of {end}")


def _dataset(cdf: Any, names: set[str]) -> xr.Dataset:
    missing = _ESSENTIAL - names
    if missing:
        raise ResultError(f"it lacks {', '.join(sorted(missing))}")
    coordinates = _coordinates(cdf)
    shape = {name: len(values) for name, (_, values, _) in coordinates.items()}
    variables = {
        name: (
            dimensions,
            _values(cdf, name, tuple(shape[each] for each in dimensions)),
            _attributes(cdf, name),
        )
        for name, dimensions in _DIMENSIONS.items()
        if name in names
    }
    attributes = {key: plain(value) for key, value in cdf.globalattsget().items()}
    return xr.Dataset(variables, coordinates, attributes)


def _coordinates(cdf: Any) -> dict[str, tuple[str, Any, dict[str, Any]]]:
    labels = [str(label).strip() for label in np.atleast_1d(cdf.varget("Src_ID_Label")).ravel()]
    return {
        "time": ("time", _utc(cdf.varget("Epoch")), {"long_name": "UTC"}),
        "frequency": (
            "frequency",
            np.atleast_1d(cdf.varget("Frequency")),
            {"units": "MHz", **_attributes(cdf, "Frequency")},
        ),
        "source": ("source", labels, _attributes(cdf, "Src_ID_Label")),
        "hemisphere": ("hemisphere", ["north", "south"], {}),
        "axis": ("axis", ["x", "y", "z"], {}),
    }


def _utc(epoch: Any) -> NDArray[np.datetime64]:
    """Convert TT2000 to UTC and round it to seconds, from which the epochs of files deviate."""
    moments = cdflib.cdfepoch.to_datetime(np.atleast_1d(epoch))
    nanoseconds = np.asarray(moments, dtype="datetime64[ns]").astype("int64")
    second = 1_000_000_000
    return ((nanoseconds + second // 2) // second * second).astype("datetime64[ns]")


def _values(cdf: Any, name: str, shape: tuple[int, ...]) -> NDArray[np.floating]:
    """Read a variable as floats, NaN for fill values; axes of length one are kept."""
    values = np.asarray(cdf.varget(name))
    if np.squeeze(values).shape != tuple(size for size in shape if size != 1):
        raise ResultError(f"{name} has the shape {values.shape}, not {shape}")
    values = values.reshape(shape)
    if name in _COUNTS:
        return np.where(values == COUNT_FILL, np.float32(np.nan), values.astype("float32"))
    return np.where(values < FILL, values.dtype.type(np.nan), values)


def _attributes(cdf: Any, name: str) -> dict[str, Any]:
    attributes = {key: plain(value) for key, value in cdf.varattsget(name).items()}
    units = str(attributes.get("UNITS", "")).strip()
    return {**attributes, "units": units} if units else attributes


def plain(value: Any) -> Any:
    """Give an attribute as a plain value; a list of one entry is that entry."""
    if isinstance(value, list):
        return plain(value[0]) if len(value) == 1 else [plain(each) for each in value]
    return value.tolist() if isinstance(value, np.generic | np.ndarray) else value
