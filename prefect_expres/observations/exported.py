"""Read netCDF-4 files and Zarr stores that xarray has written, for instance by maser-data."""

from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from prefect_expres.errors import ObservationError
from prefect_expres.observations.choice import choose, combined
from prefect_expres.observations.gridding import on_one_grid
from prefect_expres.observations.spectrum import Spectrum, in_blocks, megahertz, scale_of

_COORDINATES = {"time", "frequency"}


def read_netcdf(path: Path, variable: str | None) -> Spectrum:
    """Read a netCDF-4 file."""
    with xr.open_dataset(path, engine="h5netcdf") as dataset:
        return _spectrum(dataset, variable)


def read_zarr(path: Path, variable: str | None) -> Spectrum:
    """Read a Zarr store."""
    with xr.open_zarr(path, chunks=None, consolidated=False) as dataset:
        return _spectrum(dataset, variable)


def _spectrum(dataset: xr.Dataset, variable: str | None) -> Spectrum:
    missing = _COORDINATES - set(dataset.coords)
    if missing:
        raise ObservationError(f"it has no coordinate {' or '.join(sorted(missing))}")
    frequency = dataset["frequency"]
    axes = {"time", *frequency.dims}
    spectra = {str(name): each for name, each in dataset.items() if set(each.dims) == axes}
    choice = choose(spectra, variable)
    flux, *left = (_values(spectra[name]) for name in choice.flux)
    polarization = _values(spectra[choice.polarization]) if choice.polarization else None
    attributes = {**spectra[choice.flux[0]].attrs, **dataset.attrs}
    units = str(attributes.get("units", ""))
    if left:
        flux, polarization = combined(flux, *left, scale=scale_of(units))
    changing = frequency.ndim > 1
    channels = frequency.transpose("time", ...) if changing else frequency
    spectrum = Spectrum(
        time=dataset["time"].values,
        frequency=megahertz(channels.values, str(frequency.attrs.get("units", "MHz"))),
        flux=flux,
        units=units,
        polarization=polarization,
        observer=_text(attributes, "observer"),
        target=_text(attributes, "target"),
        instrument=_text(attributes, "instrument"),
    )
    return on_one_grid(spectrum) if changing else spectrum


def _values(array: xr.DataArray) -> np.ndarray[Any, np.dtype[np.float32]]:
    return in_blocks(
        (array.shape[0], array.shape[1]),
        lambda rows: np.asarray(array[rows].values),
        along=array.dims.index("time"),
        chunk=array.encoding.get("preferred_chunks", {}).get(array.dims[0], 1),
    )


def _text(attributes: dict[Any, Any], name: str) -> str | None:
    return str(attributes.get(name, "")).strip() or None
