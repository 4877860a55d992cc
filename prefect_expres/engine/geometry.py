"""Where the observer and the moons are, step by step.

Longitudes are west (System III), in degrees; distances are in planetary radii, times in minutes
from the start. The time axes are those of ExPRES 1.4: epochs go by MAX/(NBR - 1), bodies move by
(MAX - MIN)/NBR a step, unless an ephemeris file gives the times.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from prefect_expres.engine.automatic import observer_positions
from prefect_expres.engine.ephemeris_file import Ephemeris
from prefect_expres.engine.errors import EngineError
from prefect_expres.engine.harmonics import Floats
from prefect_expres.engine.orbit import Orbit, follow
from prefect_expres.expres.configuration import Body, Configuration, Observer


@dataclass(frozen=True)
class Clock:
    """The steps of a run.

    Attributes:
        start: The first epoch, UTC.
        motion: Times at which the bodies are placed, shape (nt,), minutes.
        epochs: Times that the result is stamped with, shape (nt,), minutes.
    """

    start: datetime
    motion: Floats
    epochs: Floats


@dataclass(frozen=True)
class Track:
    """A path in the planet's rotating frame: west longitude, latitude, distance; shape (nt,)."""

    longitude: Floats
    latitude: Floats
    distance: Floats

    def position(self) -> Floats:
        """Give right-handed Cartesian positions, shape (nt, 3), radii."""
        east, north = np.radians(-self.longitude), np.radians(self.latitude)
        level = self.distance * np.cos(north)
        return np.stack(
            [level * np.cos(east), level * np.sin(east), self.distance * np.sin(north)], axis=1
        )


def clock(configuration: Configuration, ephemeris: Ephemeris | None) -> Clock:
    """Lay out the time axes; an ephemeris file overrides ``TIME`` and ``SCTIME``."""
    if ephemeris is not None:
        span, count = ephemeris.minutes, len(ephemeris.longitude)
        return _clock(ephemeris.start, span, count, span / (count - 1))
    time = configuration.time
    if time.min != 0 or time.max <= 0:
        msg = f"TIME: MIN {time.min}, MAX {time.max}: ExPRES counts from 0; write MIN 0 and MAX > 0"
        raise EngineError(msg)
    start, span = _start(configuration.observer.sctime), float(time.max)
    return _clock(start, span, time.nbr, span / time.nbr)


def _clock(start: datetime, span: float, count: int, step: float) -> Clock:
    steps = np.arange(count, dtype=np.float64)
    return Clock(start, steps * step, steps * (span / (count - 1)))


def _start(sctime: str) -> datetime:
    try:
        return datetime.strptime(sctime.ljust(14, "0"), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        msg = f"OBSERVER.SCTIME: {sctime!r}: write the start as 12 or 14 digits, YYYYMMDDHHMM[SS]"
        raise EngineError(msg) from None


def epochs(moments: Clock) -> list[datetime]:
    """Give the epochs as dates, UTC."""
    return _dates(moments.start, moments.epochs)


def _dates(start: datetime, minutes: Floats) -> list[datetime]:
    return [start + timedelta(minutes=float(minute)) for minute in minutes]


def observer_track(
    configuration: Configuration, planet: Body, moments: Clock, ephemeris: Ephemeris | None
) -> Track:
    """Compute the position of the observer at every step.

    Raises:
        EngineError: Neither numbers nor a file nor the offline ephemeris give the position.
    """
    observer = configuration.observer
    if observer.type == "Pre-Defined":
        if ephemeris is not None:
            return Track(ephemeris.longitude, ephemeris.latitude, ephemeris.distance)
        return Track(*observer_positions(observer, _dates(moments.start, moments.motion)))
    if observer.type == "Orbiter":
        orbit = Orbit(
            float(observer.semi_maj),
            float(observer.semi_min),
            start=float(observer.phase) + float(planet.init_ax),
            inclination=float(observer.incl),
            apoapsis_latitude=float(observer.decl),
            apoapsis_longitude=float(observer.subl),
        )
        return _track(orbit, planet, moments)
    west, latitude, distance = _place(observer, moments.start)
    still = np.ones_like(moments.motion)
    turned = 360.0 * moments.motion / float(planet.period)
    return Track((west + turned) % 360.0, latitude * still, distance * still)


def _place(observer: Observer, start: datetime) -> tuple[float, float, float]:
    """Give where a fixed observer is at the start: west longitude, latitude and distance.

    The distance decides whether numbers give it: a text beside a number is 0 for ExPRES.
    """
    if isinstance(observer.fixe_dist, str):
        west, latitude, distance = observer_positions(observer, [start])[:, 0].tolist()
        return west, latitude, distance
    west, latitude = (
        0.0 if isinstance(angle, str) else float(angle)
        for angle in (observer.fixe_subl, observer.fixe_decl)
    )
    return west, latitude, float(observer.fixe_dist)


def moon_track(planet: Body, moon: Body, moments: Clock) -> Track:
    """Compute the position of a moon, whose phase is a number, at every step."""
    orbit = Orbit(
        float(moon.semi_maj),
        float(moon.semi_min),
        start=float(moon.phase) + float(planet.init_ax),
        inclination=float(moon.inclination),
        apoapsis_latitude=float(moon.declination),
        apoapsis_longitude=float(moon.apo_long),
    )
    return _track(orbit, planet, moments)


def _track(orbit: Orbit, planet: Body, moments: Clock) -> Track:
    """See an orbit from the rotating planet; at the start it is turned by ``INIT_AX``, too."""
    east, north, distance = follow(orbit, moments.motion, float(planet.orb_per))
    turned = float(planet.init_ax) + 360.0 * moments.motion / float(planet.period)
    return Track((turned - east) % 360.0, north, distance)
