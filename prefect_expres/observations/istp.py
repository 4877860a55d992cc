"""Read CDF files that follow the ISTP guidelines, as MASER, CDPP and SPDF distribute them.

What a variable spans is told by its attributes ``DEPEND_0`` and ``DEPEND_1``. Some receivers hop
from one frequency to another; their files have a record for each sample instead of each sweep.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, cast

import cdflib
import numpy as np
from numpy.typing import NDArray

from prefect_expres.analysis.dataset import FILL, plain, refuse_cut
from prefect_expres.observations.cdf_records import PlainRecords
from prefect_expres.observations.choice import choose, combined
from prefect_expres.observations.gridding import on_one_grid, sweeps_of
from prefect_expres.observations.places import observer_of
from prefect_expres.observations.spectrum import (
    Numbers,
    Spectrum,
    in_blocks,
    is_frequency,
    megahertz,
    scale_of,
)

_HOSTS = ("VESPA_instrument_host_name", "Source_name", "Mission_group")
_TARGETS = ("VESPA_target_name", "PDS_Observation_target", "PDS_observation_target")
_INSTRUMENTS = ("VESPA_instrument_name", "Descriptor")

_DECIBELS_A_COUNT = "NDA_power_resolution"
"""A global attribute: what a count of the NDA's routine receiver is in dB."""

_WHOLE_NUMBERS = ("INT", "BYTE")
"""What names CDF's types of whole numbers."""


def read_cdf(path: Path, variable: str | None) -> Spectrum:
    """Read a CDF file."""
    refuse_cut(path)
    file = _File(path)
    choice = choose([each for each in file.names if file.is_spectrum(each)], variable)
    flux, *left = (file.values(name) for name in choice.flux)
    polarization = file.values(choice.polarization) if choice.polarization else None
    units = file.text(choice.flux[0], "UNITS")
    if left:
        flux, polarization = combined(flux, *left, scale=scale_of(units))
    spectrum = Spectrum(
        time=file.times(choice.flux[0]),
        frequency=file.frequencies(choice.flux[0]),
        flux=flux,
        units=units,
        polarization=polarization,
        observer=observer_of(file.stated([name]) for name in _HOSTS),
        target=file.stated(_TARGETS),
        instrument=file.stated(_INSTRUMENTS),
    )
    if file.has_sweeps(choice.flux[0]):
        return spectrum if spectrum.frequency.ndim == 1 else on_one_grid(spectrum)
    return on_one_grid(spectrum, sweeps_of(spectrum.frequency.ravel().tolist()))


class _File:
    """A CDF file and the attributes of its variables."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._cdf: Any = cdflib.CDF(str(path))
        info = self._cdf.cdf_info()
        self.names: tuple[str, ...] = (*info.zVariables, *info.rVariables)
        self._global: Mapping[str, Any] = {
            name: plain(value) for name, value in self._cdf.globalattsget().items()
        }
        self._attributes = {
            name: {key: plain(value) for key, value in self._cdf.varattsget(name).items()}
            for name in self.names
        }

    def text(self, name: str, attribute: str) -> str:
        """Give an attribute of a variable as text; empty if it is not there."""
        return str(self._attributes.get(name, {}).get(attribute, "")).strip()

    def stated(self, attributes: Iterable[str]) -> str | None:
        """Give the first global attribute that says anything, its long form if it has two."""
        for name in attributes:
            value = self._global.get(name, "")
            first = value[0] if isinstance(value, list) and value else value
            if text := str(first).rpartition(">")[2].strip():
                return text
        return None

    def is_spectrum(self, name: str) -> bool:
        """Say whether a variable spans time and frequency, as sweeps or as samples."""
        if self.text(name, "DEPEND_0") not in self.names or is_frequency(self.text(name, "UNITS")):
            return False
        return len(self._sizes(name)) <= 1 and self._channels_of(name) is not None

    def has_sweeps(self, name: str) -> bool:
        """Say whether a record is a sweep over all frequencies, and not a sample of one."""
        return bool(self._sizes(name))

    def times(self, name: str) -> NDArray[np.datetime64]:
        """Give the times of a variable's records; not a time where the file has a fill value."""
        name = self.text(name, "DEPEND_0")
        epoch = np.atleast_1d(self._cdf.varget(name))
        fill = self._attributes[name].get("FILLVAL")
        missing = (epoch == fill) | (epoch.real < FILL if epoch.dtype.kind in "fc" else False)
        usual = epoch[~missing][:1]
        times = np.full(epoch.shape, np.datetime64("NaT", "ns"))
        if usual.size:
            known = cdflib.cdfepoch.to_datetime(np.where(missing, usual, epoch))
            times[~missing] = np.asarray(known, dtype="datetime64[ns]")[~missing]
        return times

    def frequencies(self, name: str) -> Numbers:
        """Give the frequencies of a variable; if they change with time, of each of its values."""
        channels = cast("str", self._channels_of(name))
        values = np.asarray(self._cdf.varget(channels), dtype=float)
        if not self.has_sweeps(name):
            values = values.reshape(-1, 1)
        elif values.ndim > 1 and (values == values[0]).all():
            values = values[0]
        return megahertz(np.atleast_1d(values), self.text(channels, "UNITS"))

    def values(self, name: str) -> NDArray[np.float32]:
        """Read a variable, shape (records, frequencies), NaN for fill values."""
        records = int(self._cdf.varinq(name).Last_Rec) + 1
        shape = (records, self._sizes(name)[0] if self.has_sweeps(name) else 1)
        fill = self._attributes[name].get("FILLVAL")
        step = self._decibels(name)
        plain_records = PlainRecords.of(self._path, self._cdf, name)

        def read(rows: slice) -> Numbers:
            values = (
                plain_records.read(rows.start, rows.stop)
                if plain_records
                else np.asarray(self._cdf.varget(name, startrec=rows.start, endrec=rows.stop - 1))
            )
            missing = values == fill
            if values.dtype.kind == "f":
                missing |= values < FILL
            floats = values.astype(np.float32) * np.float32(step)
            floats[missing] = np.nan
            return floats.reshape(-1, shape[1])

        return in_blocks(shape, read)

    def _decibels(self, name: str) -> float:
        """Give what a count is in dB: 1 if the values are dB, or are no decibels at all."""
        counts = any(word in self._kind(name) for word in _WHOLE_NUMBERS)
        if not counts or scale_of(self.text(name, "UNITS")) != "dB":
            return 1.0
        words = str(self._global.get(_DECIBELS_A_COUNT, "")).split()
        return float(words[0]) if words else 1.0

    def _kind(self, name: str) -> str:
        return str(self._cdf.varinq(name).Data_Type_Description)

    def _sizes(self, name: str) -> list[int]:
        return [int(size) for size in self._cdf.varinq(name).Dim_Sizes]

    def _channels_of(self, name: str) -> str | None:
        """Give the variable with the frequencies of another, or of each of its records."""
        if self._sizes(name):
            channels = self.text(name, "DEPEND_1")
            return channels if is_frequency(self.text(channels, "UNITS")) else None
        if "CHAR" in self._kind(name):
            return None
        same = self.text(name, "DEPEND_0")
        return next(
            (
                each
                for each in self.names
                if self.text(each, "DEPEND_0") == same
                and is_frequency(self.text(each, "UNITS"))
                and not self._sizes(each)
            ),
            None,
        )
