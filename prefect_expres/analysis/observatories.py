"""Observatories on the ground: their bands, and when a planet is above their horizon."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import astronomy
import numpy as np
from pydantic import BaseModel, ConfigDict, Field, field_validator

from prefect_expres.analysis.visibility import Sighting, moment_of
from prefect_expres.analysis.windows import Window
from prefect_expres.errors import ObservatoryError

_EPOCH = datetime(2000, 1, 1, 12, tzinfo=UTC)
_DAY, _SECOND = timedelta(days=1), timedelta(seconds=1)


class Observatory(BaseModel):
    """A low-frequency radio telescope.

    Attributes:
        name: Its name.
        longitude: Degrees east.
        latitude: Geodetic latitude, degrees north.
        height: Metres above the sea.
        fmin: Lower end of its band, MHz.
        fmax: Upper end of its band, MHz.
        min_elevation: Least elevation at which it observes, degrees.
        time_zone: The zone of its clocks, for instance ``Europe/Paris``; None for UTC only.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    longitude: float = Field(ge=-180, le=360)
    latitude: float = Field(ge=-90, le=90)
    height: float = 0.0
    fmin: float = Field(gt=0)
    fmax: float
    min_elevation: float = Field(default=20.0, ge=-5, lt=90)
    time_zone: str | None = None

    @field_validator("time_zone")
    @classmethod
    def _known(cls, name: str | None) -> str | None:
        try:
            return None if name is None else ZoneInfo(name).key
        except (KeyError, ValueError, OSError):  # a folder of zones is an OSError
            msg = f"no time zone is called {name!r}; give one as Europe/Paris, or leave it out"
            raise ValueError(msg) from None

    def local_time(self, moment: datetime) -> datetime | None:
        """Give a time on its clocks; None if their zone is not known."""
        return None if self.time_zone is None else moment.astimezone(ZoneInfo(self.time_zone))


OBSERVATORIES = (
    Observatory(
        name="NenuFAR",
        longitude=2.1924,
        latitude=47.376511,
        height=150,
        fmin=10,
        fmax=85,
        time_zone="Europe/Paris",
    ),
    Observatory(
        name="NDA",
        longitude=2.19503,
        latitude=47.38042,
        height=150,
        fmin=10,
        fmax=100,
        min_elevation=10,
        time_zone="Europe/Paris",
    ),
    Observatory(
        name="LOFAR",
        longitude=6.8698,
        latitude=52.9151,
        height=50,
        fmin=10,
        fmax=90,
        time_zone="Europe/Amsterdam",
    ),
    Observatory(
        name="OVRO-LWA",
        longitude=-118.2816667,
        latitude=37.23977727,
        height=1183.48,
        fmin=13,
        fmax=87,
        time_zone="America/Los_Angeles",
    ),
)
"""Known observatories.

- NenuFAR, Nançay: position of the package nenupy; 10-85 MHz (Zarka et al. 2020, URSI GASS).
- NDA, the Nançay Decameter Array: position of the station; 10-100 MHz (Lamy et al. 2017,
  arXiv:1709.03821).
- LOFAR: position of the core station CS002; low-band antennas, 10-90 MHz (van Haarlem et al. 2013,
  A&A 556, A2).
- OVRO-LWA: position of the LWA Software Library; 13-87 MHz, as its calibration pipeline says.

The least elevations are chosen for this package and are no property of the instruments: dipoles
that point to the zenith lose most of their gain below 20 degrees; the NDA follows Jupiter to lower
ones. Use ``model_copy(update={"min_elevation": ...})`` for others.
"""


def find_observatory(name: str) -> Observatory:
    """Find a known observatory by its name, in any case; ``Nançay`` is the NDA.

    Raises:
        ObservatoryError: There is none of this name.

    Example:
        >>> find_observatory("nançay").name
        'NDA'
    """
    wanted = {"nançay": "nda", "nancay": "nda"}.get(name.lower(), name.lower())
    for observatory in OBSERVATORIES:
        if observatory.name.lower() == wanted:
            return observatory
    known = ", ".join(each.name for each in OBSERVATORIES)
    raise ObservatoryError(
        f"No observatory {name!r} is known; choose one of {known}, or describe yours"
    )


def elevation(observatory: Observatory, planet: str, moment: datetime) -> float:
    """Give the elevation of a planet, degrees, without refraction.

    Raises:
        ObservatoryError: The planet is not one that can be seen from the Earth.
    """
    body, observer, time = _body(planet), _observer(observatory), _time(moment)
    seen = astronomy.Equator(body, time, observer, ofdate=True, aberration=True)
    sky = astronomy.Horizon(time, observer, seen.ra, seen.dec, astronomy.Refraction.Airless)
    return float(sky.altitude)


def times_up(
    observatory: Observatory, planet: str, start: datetime, end: datetime
) -> list[tuple[datetime, datetime]]:
    """List when a planet is above the least elevation of an observatory, to a second.

    Args:
        observatory: The observatory.
        planet: An English name, for instance ``Jupiter``.
        start: UTC.
        end: UTC.

    Raises:
        ObservatoryError: The planet is not one that can be seen from the Earth.
    """
    body, observer = _body(planet), _observer(observatory)
    rise, fall = astronomy.Direction.Rise, astronomy.Direction.Set
    moment, up = start, elevation(observatory, planet, start) >= observatory.min_elevation
    times = []
    while moment < end:
        crossing = astronomy.SearchAltitude(
            body,
            observer,
            fall if up else rise,
            _time(moment),
            (end - moment) / _DAY,
            observatory.min_elevation,
        )
        until = end if crossing is None else crossing.Utc().replace(microsecond=0, tzinfo=UTC)
        if up:
            times.append((moment, until))
        moment, up = until, not up
    return times


def seen_from(observatory: Observatory, sighting: Sighting) -> Sighting:
    """Keep of a sighting what an observatory can see: within its band, while the planet is up.

    Raises:
        ObservatoryError: The observer is not the Earth, or the planet is not known.
    """
    identity = sighting.identity
    if identity.planet is None or identity.observer != "Earth":
        raise ObservatoryError(
            f"{identity.series} is not named as a simulation of a planet seen from the Earth; "
            "an observatory can only be applied to simulations for an observer on Earth"
        )
    start, end = map(moment_of, sighting.time[[0, -1]])
    up = np.zeros(sighting.time.size, dtype=bool)
    for begin, stop in times_up(observatory, identity.planet, start, end + _SECOND):
        up |= (sighting.time >= _stamp(begin)) & (sighting.time < _stamp(stop))
    frequency = sighting.frequency
    band = (frequency >= observatory.fmin) & (frequency <= observatory.fmax)
    return replace(sighting, visible=sighting.visible & up[:, None] & band)


def cut_windows(
    windows: Iterable[Window], observatory: Observatory, planet: str = "Jupiter"
) -> list[Window]:
    """Cut windows to when a planet is up and to an observatory's band.

    For windows without their files, for instance those of manifests. With the files,
    ``visible_windows(..., observatory=...)`` is exact: a window does not say which of its
    frequencies is seen when. Angles of a window that is cut in time are left out.

    Args:
        windows: Seen from the Earth.
        observatory: The observatory.
        planet: The planet that emits.

    Raises:
        ObservatoryError: The planet is not one that can be seen from the Earth.
    """
    return [cut for window in windows for cut in _cuts(window, observatory, planet)]


def _cuts(window: Window, observatory: Observatory, planet: str) -> Iterator[Window]:
    fmin, fmax = max(window.fmin, observatory.fmin), min(window.fmax, observatory.fmax)
    if fmin > fmax:
        return
    for start, end in times_up(observatory, planet, window.start, window.end):
        if (start, end) == (window.start, window.end):
            yield window.model_copy(update={"fmin": fmin, "fmax": fmax})
        else:
            kept = window.model_dump(exclude={"cml", "source_phase", "moon_phase"})
            bounds = {"start": start, "end": end, "fmin": fmin, "fmax": fmax}
            cut = {
                "cut_at_start": window.cut_at_start and start == window.start,
                "cut_at_end": window.cut_at_end and end == window.end,
            }
            yield Window(**{**kept, **bounds, **cut})


def _body(planet: str) -> astronomy.Body:
    try:
        body = astronomy.Body[planet.capitalize()]
    except KeyError:
        body = astronomy.Body.Earth
    if body is astronomy.Body.Earth:
        raise ObservatoryError(
            f"The elevation of {planet!r} is not known: it is not a planet seen from the Earth"
        )
    return body


def _observer(observatory: Observatory) -> astronomy.Observer:
    return astronomy.Observer(observatory.latitude, observatory.longitude, observatory.height)


def _time(moment: datetime) -> astronomy.Time:
    return astronomy.Time((moment - _EPOCH) / _DAY)


def _stamp(moment: datetime) -> np.datetime64:
    return np.datetime64(moment.replace(tzinfo=None), "ns")
