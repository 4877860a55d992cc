"""Open an ExPRES CDF file as an xarray Dataset."""

from pathlib import Path
from typing import Any

import cdflib
import numpy as np
import xarray as xr

from prefect_expres.errors import ResultError

FILL = -1e30
POLARIZATION_FILL = 32767
_DIMENSIONS = {
    "Polarization": ("time", "frequency"),
    "VisibleSources": ("time", "frequency", "hemisphere"),
    "Theta": ("time", "frequency", "source"),
    "Azimuth": ("time", "frequency", "source"),
    "FP": ("time", "frequency", "source"),
    "FC": ("time", "frequency", "source"),
    "SrcPosition": ("time", "frequency", "source", "axis"),
    "SrcLongitude": ("time", "source"),
    "SrcFreqMax": ("time", "source"),
    "SrcFreqMaxCMI": ("time", "source"),
    "CML": ("time",),
    "ObsLatitude": ("time",),
    "ObsDistance": ("time",),
    "ObsLocalTime": ("time",),
}


def open_results(path: str | Path) -> xr.Dataset:
    """Open the CDF file of a simulation.

    The dimensions are ``time`` (UTC, rounded to 1 s), ``frequency`` (MHz), ``source`` (for
    instance ``Io NORTH``), ``hemisphere`` and ``axis``. Fill values become NaN. Variables whose
    flags were off are absent. Attributes, units among them, are kept.

    Args:
        path: A local file.

    Raises:
        ResultError: It is no CDF file, or none that ExPRES writes.
    """
    try:
        cdf = cdflib.CDF(str(path))
        names = set(cdf.cdf_info().zVariables)
    except (OSError, ValueError, TypeError, IndexError) as fault:
        msg = f"{path} cannot be read as CDF: {fault}"
        raise ResultError(msg) from None
    missing = {"Epoch", "Frequency", "Src_ID_Label"} - names
    if missing:
        msg = f"{path} is no ExPRES file: it lacks {', '.join(sorted(missing))}"
        raise ResultError(msg)
    coordinates: dict[str, Any] = {
        "time": ("time", _utc(cdf), {"long_name": "UTC at the observer"}),
        "frequency": ("frequency", np.atleast_1d(cdf.varget("Frequency")), {"units": "MHz"}),
        "source": ("source", _labels(cdf, "Src_ID_Label")),
    }
    shape = {name: len(values[1]) for name, values in coordinates.items()}
    shape |= {"hemisphere": 2, "axis": 3}
    variables = {
        name: (
            dimensions,
            _values(cdf, name, [shape[each] for each in dimensions]),
            _attributes(cdf, name),
        )
        for name, dimensions in _DIMENSIONS.items()
        if name in names
    }
    return xr.Dataset(variables, coordinates, _global_attributes(cdf))


def _utc(cdf: Any) -> Any:
    """Turn TT2000 into UTC, rounded to whole seconds, since ExPRES truncates them."""
    moments = cdflib.cdfepoch.to_datetime(np.atleast_1d(cdf.varget("Epoch")))
    nanoseconds = np.asarray(moments, dtype="datetime64[ns]").astype("int64")
    second = 1_000_000_000
    return ((nanoseconds + second // 2) // second * second).astype("datetime64[ns]")


def _values(cdf: Any, name: str, shape: list[int]) -> Any:
    """Read a variable as floats with NaN where nothing is; a single record keeps its axis."""
    values = np.asarray(cdf.varget(name))
    if values.size != np.prod(shape):
        msg = f"The variable {name} has {values.size} values; {shape} were expected"
        raise ResultError(msg)
    values = values.reshape(shape)
    if name in {"Polarization", "VisibleSources"}:
        return np.where(values == POLARIZATION_FILL, np.nan, values.astype("float32"))
    return np.where(values < FILL, np.nan, values)


def _labels(cdf: Any, name: str) -> list[str]:
    return [str(label).strip() for label in np.atleast_1d(cdf.varget(name)).ravel()]


def _attributes(cdf: Any, name: str) -> dict[str, Any]:
    attributes = {key: _plain(value) for key, value in cdf.varattsget(name).items()}
    if "UNITS" in attributes:
        attributes["units"] = str(attributes["UNITS"]).strip()
    return attributes


def _global_attributes(cdf: Any) -> dict[str, Any]:
    return {key: _plain(value) for key, value in cdf.globalattsget().items()}


def _plain(value: Any) -> Any:
    """Give an attribute as xarray writers can keep it; a list of one is the one."""
    if isinstance(value, list):
        return _plain(value[0]) if len(value) == 1 else [_plain(each) for each in value]
    return value.tolist() if isinstance(value, np.generic | np.ndarray) else value
