"""Open an observation, whatever its format, which its first bytes tell."""

from collections.abc import Callable
from pathlib import Path

import xarray as xr

from prefect_expres.analysis.locations import local_file
from prefect_expres.errors import ObservationError, StorageError
from prefect_expres.net.url import shown_url
from prefect_expres.observations.exported import read_netcdf, read_zarr
from prefect_expres.observations.fits import GZIP, read_fits
from prefect_expres.observations.istp import read_cdf
from prefect_expres.observations.spectrum import Spectrum, as_dataset

_Reader = Callable[[Path, str | None], Spectrum]

_READERS: tuple[tuple[bytes, _Reader], ...] = (
    (b"\x89HDF\r\n\x1a\n", read_netcdf),
    (b"\xcd\xf3\x00\x01", read_cdf),
    (b"\xcd\xf2\x60\x02", read_cdf),
    (b"SIMPLE  =", read_fits),
    (GZIP, read_fits),
)
"""The first bytes of each format, and who reads it."""

_NETCDF_3 = b"CDF"

_STORE = ".zarr"
"""The end of the name of a folder that is a Zarr store."""

_LONGEST = max(len(magic) for magic, _ in _READERS)


def open_observation(
    url: str | Path,
    *,
    observer: str | None = None,
    target: str | None = None,
    variable: str | None = None,
) -> xr.Dataset:
    """Open a dynamic spectrum: flux over time and frequency.

    The formats are ISTP CDF as MASER and CDPP distribute it, the FITS files of e-CALLISTO and Radio
    JOVE, and netCDF and Zarr, for instance what ``maser-data`` exports.

    The coordinates are ``time`` (UTC) and ``frequency`` (MHz), both rising. The variable ``flux``
    is NaN where there are no data; its attributes are ``units`` and ``scale``, which is ``linear``
    or ``dB``. Of instruments that measure both circular polarizations it is their sum, and the
    variable ``polarization`` is their difference divided by it: -1 is right-hand, 1 left-hand, as
    ExPRES signs them. The attributes are ``observer``, ``target``, ``instrument`` and ``source``.

    Args:
        url: Local path or fsspec URL of the file, or of the folder of a Zarr store, whose name
            ends in ``.zarr``. What is not local is copied for as long as it is read.
        observer: Where it was observed: ``Earth``, or a spacecraft as ExPRES names it. Needed only
            if the file does not say; else it counts instead of what the file says.
        target: What was observed, for instance ``Jupiter``; likewise.
        variable: The variable with the flux, if the file has several that could be it.

    Returns:
        The observation, in memory.

    Raises:
        ObservationError: It cannot be read, is of no known format, or does not say where or what
            was observed, nor which variable is the flux.
    """
    shown = shown_url(str(url))
    spectrum = _read(url, shown, variable)
    named = {
        "observer": observer or spectrum.observer,
        "target": target or _written(spectrum.target),
    }
    for name, value in named.items():
        if not value:
            raise ObservationError(
                f"{shown} does not say its {name}: give {name}=… (on the command line --{name} …)"
            )
    try:
        return as_dataset(spectrum, **{k: str(v) for k, v in named.items()}, source=shown)
    except ObservationError as fault:
        raise ObservationError(f"{shown} is no observation: {fault}") from None


def _read(url: str | Path, shown: str, variable: str | None) -> Spectrum:
    path = url
    try:
        with local_file(url, folder=shown.rstrip("/").endswith(_STORE)) as path:
            return _reader(path)(path, variable)
    except StorageError as fault:
        raise ObservationError(str(fault)) from None
    except ObservationError as fault:
        raise ObservationError(f"{shown} is no observation: {fault}") from None
    except Exception as fault:  # noqa: BLE001 - readers have errors of their own
        reason = str(fault).replace(str(path), shown)
        msg = f"{shown} cannot be read: {reason}. Is it whole? Fetch it again"
        raise ObservationError(msg) from None


def _written(target: str | None) -> str | None:
    """Write the name of a target as a name, such as ``67P``: some archives shout."""
    return target.title() if target and target.isupper() else target


def _reader(path: Path) -> _Reader:
    if path.is_dir():
        return read_zarr
    with path.open("rb") as file:
        start = file.read(_LONGEST)
    if not start:
        raise ObservationError("it is empty; fetch it again")
    for magic, reader in _READERS:
        if start.startswith(magic):
            return reader
    if start.startswith(_NETCDF_3):
        raise ObservationError("it is netCDF-3, and not netCDF-4; nccopy -k nc4 makes that of it")
    raise ObservationError(
        "it is no CDF, FITS, netCDF-4 or Zarr; maser-data reads other formats, and exports them"
    )
