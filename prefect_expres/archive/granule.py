"""What a published table says: a row for each file, and the files of a simulation together."""

import posixpath
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Self
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel, ConfigDict, ValidationError

from prefect_expres.archive.address import Archive
from prefect_expres.errors import ArchiveError

EPOCH_JD = 2440587.5
"""The Julian date of 1970-01-01."""
ENGINE = "prefect-expres engine"
"""What made the data of a sandbox, as a table calls it: it is not ExPRES."""
_DAY = timedelta(days=1)
_PLANET = r"expres_(?P<observer>[^_]+)_(?P<planet>[^_]+)_(?P<origin>[^_]+)_"
_NAMED = re.compile(_PLANET, re.IGNORECASE)
_END = re.compile(r"(\.tfcat)?\.[a-z]{1,4}$", re.IGNORECASE)
_CDF_FORMATS = frozenset({"application/x-cdf", "application/x-cdf-istp", "application/cdf"})


def julian_date(moment: date) -> float:
    """Give the Julian date of a moment, or of the begin of a day, in UTC."""
    if not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day, tzinfo=UTC)
    return EPOCH_JD + (moment - datetime(1970, 1, 1, tzinfo=UTC)) / _DAY


def moment_of(julian: float | None) -> datetime | None:
    """Give the moment of a Julian date to a second; None if there is none that people use."""
    try:
        days = timedelta(days=(julian or float("nan")) - EPOCH_JD)
        return (datetime(1970, 1, 1, microsecond=500_000, tzinfo=UTC) + days).replace(microsecond=0)
    except (ValueError, OverflowError):
        return None


class Granule(BaseModel):
    """A row of the table: one published file. What a row leaves empty is None.

    The fields have the names and the units of EPNcore: times are Julian dates in UTC, frequencies
    are in Hz, ``access_estsize`` is in kbyte. ``fingerprint`` is there only in tables of this
    package.
    """

    model_config = ConfigDict(frozen=True)

    granule_uid: str
    obs_id: str
    access_url: str | None = None
    access_format: str | None = None
    access_estsize: int | None = None
    access_md5: str | None = None
    file_name: str | None = None
    thumbnail_url: str | None = None
    granule_gid: str | None = None
    dataproduct_type: str | None = None
    processing_level: int | None = None
    target_name: str | None = None
    feature_name: str | None = None
    instrument_host_name: str | None = None
    instrument_name: str | None = None
    time_min: float | None = None
    time_max: float | None = None
    spectral_range_min: float | None = None
    spectral_range_max: float | None = None
    fingerprint: str | None = None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """Read a row.

        Raises:
            ArchiveError: A value is of another type than the standard says, or an identifier is
                missing.
        """
        try:
            return cls.model_validate({k: v for k, v in row.items() if v is not None})
        except ValidationError as fault:
            first = fault.errors()[0]
            where = ".".join(map(str, first["loc"]))
            msg = (
                f"The row {str(row.get('granule_uid'))[:80]!r} of the table has no valid {where}: "
                f"{first['msg']}. The table is not one of EPN-TAP 2.0; tell those who publish it"
            )
            raise ArchiveError(msg) from None

    @property
    def start(self) -> datetime | None:
        """When the data begin."""
        return moment_of(self.time_min)

    @property
    def end(self) -> datetime | None:
        """When they end."""
        return moment_of(self.time_max)

    @property
    def name(self) -> str:
        """The name of the file."""
        path = unquote(urlsplit(self.access_url or "").path)
        return self.file_name or posixpath.basename(path) or self.granule_uid

    @property
    def is_cdf(self) -> bool:
        """The file is a CDF file, by its name or its media type."""
        media = (self.access_format or "").partition(";")[0].strip().lower()
        return self.name.lower().endswith(".cdf") or media in _CDF_FORMATS

    @property
    def is_configuration(self) -> bool:
        """The file may be the configuration of the simulation."""
        name = self.name.lower()
        return name.endswith(".json") and not name.endswith(".tfcat.json")

    @property
    def observer(self) -> str | None:
        """The observer, as the name of the file or the row says."""
        return self._named("observer") or self.instrument_host_name

    @property
    def origin(self) -> str | None:
        """The moon, or longitude and shell, as the name of the file says."""
        return self._named("origin")

    def is_seen_from(self, observer: str) -> bool:
        """Say whether the observer is this one, as far as the row tells."""
        stated = self._named("observer")
        return _is(observer, stated) if stated else self._mentions(observer)

    def shows(self, moon: str) -> bool:
        """Say whether the emission is that of this moon, as far as the row tells."""
        stated = self._named("origin")
        return _is(moon, stated) if stated else self._mentions(moon)

    @property
    def expres_name(self) -> str | None:
        """The name in the form of ExPRES, without its end: the file's, or else an identifier."""
        names = (self.name, self.granule_uid, self.obs_id)
        named = next((name for name in names if _NAMED.match(name)), None)
        return named and _END.sub("", named)

    def _named(self, part: str) -> str | None:
        """Give a part of the name in the form of ExPRES."""
        found = _NAMED.match(self.expres_name or "")
        return found[part] if found else None

    def _mentions(self, word: str) -> bool:
        """Say whether a field of names has a word; a name of two words may be written as one."""
        fields = (
            *(self.granule_uid, self.obs_id, self.name, self.target_name),
            *(self.feature_name, self.instrument_host_name),
        )
        return any(
            _is(word, field) or any(_is(word, part) for part in re.split(r"[^A-Za-z0-9]+", field))
            for field in fields
            if field
        )


class PublishedSimulation(BaseModel):
    """The files of one published simulation, which have the same ``obs_id``."""

    model_config = ConfigDict(frozen=True)

    obs_id: str
    granules: tuple[Granule, ...]

    @property
    def cdf(self) -> Granule | None:
        """The CDF file that can be fetched."""
        return next((each for each in self.granules if each.is_cdf and each.access_url), None)

    @property
    def shown(self) -> Granule:
        """The row that describes the simulation: that of the CDF file, or else the first."""
        return self.cdf or self.granules[0]


class SearchResult(BaseModel):
    """What a search found, in the order of the ``obs_id``.

    ``complete`` is False if there is more than was asked for.
    """

    model_config = ConfigDict(frozen=True)

    archive: Archive
    simulations: tuple[PublishedSimulation, ...]
    rows: int
    complete: bool


def simulations_of(granules: Iterable[Granule]) -> tuple[PublishedSimulation, ...]:
    """Put the files of each simulation together."""
    together: dict[str, list[Granule]] = {}
    for granule in granules:
        together.setdefault(granule.obs_id, []).append(granule)
    return tuple(
        PublishedSimulation(obs_id=obs_id, granules=tuple(together[obs_id]))
        for obs_id in sorted(together)
    )


def _is(word: str, other: str) -> bool:
    return _letters(word) == _letters(other)


def _letters(word: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", word.lower())
