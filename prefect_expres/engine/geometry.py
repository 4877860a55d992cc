"""Where the observer and the moons are, step by step.

Longitudes are west (System III), in degrees; distances are in planetary radii, times in minutes
from the start. The time axes are those of ExPRES 1.4: bodies move by (MAX - MIN)/NBR a step,
epochs by MAX/(NBR - 1).
"""

import csv
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np

from prefect_expres.engine.errors import EngineError
from prefect_expres.engine.field import Floats
from prefect_expres.expres.configuration import Body, Configuration

JUPITER_KM = 71492.0
PREAMBLE = 16
"""Lines of an ephemeris file before its rows: 15 of preamble and the column header."""
RADIUS_COLUMN = 3
FEWEST_ROWS = 7


@dataclass(frozen=True)
class Ephemeris:
    """An observer's ephemeris file.

    Attributes:
        start: The first stamp, UTC.
        minutes: The span from the first stamp to the last.
        longitude: West longitude of the sub-observer point, shape (n,), degrees.
        latitude: Planetocentric latitude, shape (n,), degrees.
        distance: Shape (n,), Jovian radii.
    """

    start: datetime
    minutes: float
    longitude: Floats
    latitude: Floats
    distance: Floats


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


def read_ephemeris(data: bytes) -> Ephemeris:
    """Read the CSV file of an observer's ephemeris, as WebGeoCalc writes it.

    Raises:
        EngineError: There are too few rows, or they cannot be read, or their grid is uneven.
    """
    stamps, rows = [], []
    try:
        for cells in csv.reader(data.decode().splitlines()[PREAMBLE:]):
            if len(cells) <= RADIUS_COLUMN or not cells[0][:4].isdigit():
                break
            stamps.append(_stamp(cells[0]))
            rows.append([float(cell) for cell in cells[1 : RADIUS_COLUMN + 1]])
    except ValueError as fault:
        msg = f"OBSERVER.EPHEM: row {len(rows) + 1} cannot be read: {fault}"
        raise EngineError(msg) from None
    if len(rows) < FEWEST_ROWS:
        msg = (
            f"OBSERVER.EPHEM: there are {len(rows)} rows after {PREAMBLE} lines of preamble; "
            f"at least {FEWEST_ROWS} are needed"
        )
        raise EngineError(msg)
    steps = [(late - early).total_seconds() for early, late in pairwise(stamps)]
    # Stamps are cut to whole seconds: a uniform grid may seem to stray by one.
    if min(steps) <= 0 or max(steps) - min(steps) > 1:
        msg = "OBSERVER.EPHEM: the rows are not evenly spaced in time; ExPRES assumes that they are"
        raise EngineError(msg)
    east, latitude, radius = np.array(rows).T
    if radius.min() <= 0:
        msg = "OBSERVER.EPHEM: a radius is not positive; give the range in km"
        raise EngineError(msg)
    span = (stamps[-1] - stamps[0]).total_seconds() / 60.0
    return Ephemeris(stamps[0], span, (720.0 - east) % 360.0, latitude, radius / JUPITER_KM)


def _stamp(text: str) -> datetime:
    """Read a stamp's date and time, cut to whole seconds as ExPRES does."""
    return datetime.strptime(text[:19], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)


def clock(configuration: Configuration, ephemeris: Ephemeris | None) -> Clock:
    """Lay out the time axes; an ephemeris file overrides ``TIME`` and ``SCTIME``."""
    if ephemeris is not None:
        span, count = ephemeris.minutes, len(ephemeris.longitude)
        return _clock(ephemeris.start, span, count)
    time = configuration.time
    if time.min != 0 or time.max <= 0:
        msg = f"TIME: MIN {time.min}, MAX {time.max}: ExPRES counts from 0; write MIN 0 and MAX > 0"
        raise EngineError(msg)
    return _clock(_start(configuration.observer.sctime), float(time.max), time.nbr)


def _clock(start: datetime, span: float, count: int) -> Clock:
    steps = np.arange(count, dtype=np.float64)
    return Clock(start, steps * (span / count), steps * (span / (count - 1)))


def _start(sctime: str) -> datetime:
    try:
        return datetime.strptime(sctime.ljust(14, "0"), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        msg = f"OBSERVER.SCTIME: {sctime!r}: write the start as 12 or 14 digits, YYYYMMDDHHMM[SS]"
        raise EngineError(msg) from None


def epochs(moments: Clock) -> list[datetime]:
    """Give the epochs as dates, UTC."""
    return [moments.start + timedelta(minutes=float(minute)) for minute in moments.epochs]


def observer_track(
    configuration: Configuration, planet: Body, moments: Clock, ephemeris: Ephemeris | None
) -> Track:
    """Compute the position of the observer at every step.

    Raises:
        EngineError: The position would come from a web service.
    """
    observer = configuration.observer
    if observer.type == "Pre-Defined":
        if ephemeris is None:
            msg = (
                "OBSERVER.EPHEM: empty: the engine asks no web service for positions; "
                "give an ephemeris file, or run it on the ExPRES service"
            )
            raise EngineError(msg)
        return Track(ephemeris.longitude, ephemeris.latitude, ephemeris.distance)
    if observer.type == "Orbiter":
        return _orbit(
            planet,
            moments,
            float(observer.semi_maj),
            float(observer.semi_min),
            phase=float(observer.phase),
            inclination=float(observer.incl),
            apoapsis_latitude=float(observer.decl),
            apoapsis_longitude=float(observer.subl),
        )
    position = (observer.fixe_dist, observer.fixe_subl, observer.fixe_decl)
    if "auto" in position:
        msg = (
            "OBSERVER.FIXE_DIST, FIXE_SUBL, FIXE_DECL: 'auto': the engine asks no web "
            "service for positions; write numbers, or give an ephemeris file"
        )
        raise EngineError(msg)
    distance, west, latitude = (float(value) for value in position)
    still = np.ones_like(moments.motion)
    turned = 360.0 * moments.motion / float(planet.period)
    return Track((west + turned) % 360.0, latitude * still, distance * still)


def moon_track(planet: Body, moon: Body, moments: Clock) -> Track:
    """Compute the position of a moon at every step.

    Raises:
        EngineError: Its phase is not a number.
    """
    if moon.phase == "auto":
        msg = (
            f"BODY {moon.name}: PHASE 'auto': the engine asks no web service; "
            "write its east longitude at the start as a number"
        )
        raise EngineError(msg)
    return _orbit(
        planet,
        moments,
        float(moon.semi_maj),
        float(moon.semi_min),
        phase=float(moon.phase),
        inclination=float(moon.inclination),
        apoapsis_latitude=float(moon.declination),
        apoapsis_longitude=float(moon.apo_long),
    )


def _orbit(
    planet: Body,
    moments: Clock,
    semi_major: float,
    semi_minor: float,
    *,
    phase: float,
    inclination: float,
    apoapsis_latitude: float,
    apoapsis_longitude: float,
) -> Track:
    """Follow a Kepler orbit, seen from the rotating planet.

    The period is that of a body at one radius times a^1.5; ``phase`` is the eccentric anomaly at
    the start, counted from the apoapsis. ExPRES steps along the same ellipse.
    """
    if not semi_major >= semi_minor > 0:
        msg = (
            f"SEMI_MAJ {semi_major}, SEMI_MIN {semi_minor}: an orbit needs 0 < SEMI_MIN ≤ SEMI_MAJ"
        )
        raise EngineError(msg)
    eccentricity = np.sqrt(1.0 - (semi_minor / semi_major) ** 2)
    first = np.radians(phase)
    travelled = 2.0 * np.pi * moments.motion / (float(planet.orb_per) * semi_major**1.5)
    anomaly = _eccentric_anomaly(first + eccentricity * np.sin(first) + travelled, eccentricity)
    x = semi_major * (np.cos(anomaly) + eccentricity)
    y = semi_minor * np.sin(anomaly)
    tilt = np.radians(inclination)
    z = y * np.sin(tilt)
    east = np.arctan2(y * np.cos(tilt), x)
    latitude = np.arctan2(z, np.hypot(x, y * np.cos(tilt)))
    latitude -= np.radians(apoapsis_latitude) * np.cos(east)
    west = 360.0 * moments.motion / float(planet.period) - np.degrees(east) + apoapsis_longitude
    return Track(west % 360.0, np.degrees(latitude), np.sqrt(x * x + y * y + z * z))


def _eccentric_anomaly(mean: Floats, eccentricity: float) -> Floats:
    """Solve Kepler's equation M = E + e sin E, counted from the apoapsis, by Newton's method."""
    anomaly = mean.copy()
    for _ in range(30):
        error = anomaly + eccentricity * np.sin(anomaly) - mean
        anomaly -= error / (1.0 + eccentricity * np.cos(anomaly))
    return anomaly
