"""Write a simulation as netCDF or Zarr, the formats that other tools read."""

from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from prefect_expres.analysis.locations import local_target
from prefect_expres.storage import atomic_path, refuse_folder

_EPOCHS = {
    "units": "seconds since 1970-01-01",
    "calendar": "proleptic_gregorian",
    "dtype": "int64",
}
"""Times are whole seconds; one origin for all files lets them be joined."""

_DEFLATE = 4
"""Most cells are empty: a day of 70 MB shrinks to 0.6 MB at this level."""

_GROUP = ".zgroup"
"""The file by which a folder is known as a Zarr store of format 2."""


def export_netcdf(dataset: xr.Dataset, path: str | Path) -> Path:
    """Write a simulation as netCDF-4, compressed.

    ``xarray.open_dataset(path)`` gives it back.

    Args:
        dataset: From `open_results`.
        path: Local path or ``file://`` URL of the file, which is complete when it has this name.

    Returns:
        The path of the file.
    """
    squeezed = {name: {"zlib": True, "complevel": _DEFLATE} for name in dataset.data_vars}
    target = local_target(path)
    with atomic_path(target) as part:
        _portable(dataset).to_netcdf(
            part, engine="h5netcdf", encoding={"time": _EPOCHS, **squeezed}
        )
    return target


def export_zarr(dataset: xr.Dataset, path: str | Path) -> Path:
    """Write a simulation as a Zarr store of format 2, which every reader of Zarr knows.

    ``xarray.open_zarr(path)`` gives it back.

    Args:
        dataset: From `open_results`.
        path: Local path or ``file://`` URL of the folder, which is complete when it has this name.

    Returns:
        The path of the folder.

    Raises:
        StorageError: There is a folder that is no such store, or the disk is full.
    """
    target = local_target(path)
    if not (target / _GROUP).exists():
        refuse_folder(target)
    with atomic_path(target, folder=True) as part:
        _portable(dataset).to_zarr(part, zarr_format=2, encoding={"time": _EPOCHS})
    return target


def _portable(dataset: xr.Dataset) -> xr.Dataset:
    """Keep the attributes that both formats hold: texts, numbers and lists of them.

    ``FILLVAL`` goes: the values that it stood for are NaN, and its old value would mislead.
    """
    plain = dataset.copy()
    plain.attrs = _held(dataset.attrs)
    for name in plain.variables:
        plain[name].attrs = _held(dataset[name].attrs)
    return plain


def _held(attributes: Mapping[Hashable, Any]) -> dict[Hashable, Any]:
    return {
        key: value
        for key, value in attributes.items()
        if key != "FILLVAL" and np.asarray(value).size and np.asarray(value).dtype.kind in "USif"
    }
