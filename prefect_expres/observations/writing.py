"""Write observations as ISTP CDF or netCDF, the formats that archives and other tools read."""

from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from cdflib import cdfepoch
from cdflib.cdfwrite import CDF
from numpy.typing import NDArray

from prefect_expres.analysis.locations import local_target
from prefect_expres.storage import atomic_path

_FILL = -1e31
_DEFLATE = 1
_TIMES = {"units": "nanoseconds since 1970-01-01", "dtype": "int64"}
_EPOCH, _FREQUENCY = "Epoch", "Frequency"


def write_observation(observation: xr.Dataset, path: str | Path) -> Path:
    """Write an observation as an ISTP CDF file, if its name ends in ``.cdf``, else as netCDF.

    `open_observation` gives it back.

    Args:
        observation: From `synthetic` or `open_observation`.
        path: Local path or ``file://`` URL of the file, which is complete when it has this name.

    Returns:
        The path of the file.
    """
    target = local_target(path)
    write = _write_cdf if target.suffix.lower() == ".cdf" else _write_netcdf
    with atomic_path(target) as part:
        write(observation, part)
    return target


def _write_netcdf(observation: xr.Dataset, path: Path) -> None:
    squeezed = {
        name: {"zlib": True, "shuffle": True, "complevel": _DEFLATE}
        for name in observation.data_vars
    }
    observation.to_netcdf(path, engine="h5netcdf", encoding={"time": _TIMES, **squeezed})


def _write_cdf(observation: xr.Dataset, path: Path) -> None:
    written = path.with_suffix(".cdf")  # cdflib takes no other, not even in capitals
    file = CDF(written)
    about = observation.attrs
    texts = {
        "Logical_file_id": path.stem,
        "Source_name": about["observer"],
        "VESPA_instrument_host_name": about["observer"],
        "VESPA_instrument_name": about["instrument"],
        "VESPA_target_name": about["target"],
    }
    file.write_globalattrs({name: {0: text} for name, text in texts.items() if text})
    _put(file, _EPOCH, CDF.CDF_TIME_TT2000, _tt2000(observation["time"].values), {"UNITS": "ns"})
    frequency = observation["frequency"].values
    _put(file, _FREQUENCY, CDF.CDF_REAL8, frequency, {"UNITS": "MHz"}, records=False)
    for name, each in observation.items():
        attributes = {
            "DEPEND_0": _EPOCH,
            "DEPEND_1": _FREQUENCY,
            "DISPLAY_TYPE": "spectrogram",
            "FILLVAL": [_FILL, "CDF_REAL4"],
            "UNITS": each.attrs.get("units") or " ",
        }
        values = np.where(np.isnan(each.values), np.float32(_FILL), each.values)
        _put(file, str(name), CDF.CDF_REAL4, values, attributes)
    file.close()
    written.replace(path)


def _tt2000(time: NDArray[np.datetime64]) -> NDArray[np.int64]:
    """Convert UTC to TT2000: the start of each day, and what has passed of it."""
    midnights = time.astype("datetime64[D]")
    days, which = np.unique(midnights, return_inverse=True)
    starts = [cdfepoch.compute_tt2000([each.year, each.month, each.day]) for each in days.tolist()]
    since: NDArray[np.int64] = (time - midnights).astype(np.int64)
    return np.asarray(starts, dtype=np.int64)[which] + since


def _put(
    file: CDF,
    name: str,
    kind: int,
    values: Any,
    attributes: dict[str, Any],
    *,
    records: bool = True,
) -> None:
    spec = {
        "Variable": name,
        "Data_Type": kind,
        "Num_Elements": 1,
        "Rec_Vary": records,
        "Compress": 0,  # as archives ask
        "Dim_Sizes": list(values.shape[1:] if records else values.shape),
    }
    file.write_var(spec, var_attrs={"FIELDNAM": name, **attributes}, var_data=values)
