"""Write the file that ExPRES reads: exactly the form of a WebGeoCalc state vector.

ExPRES skips 16 lines and takes time, east longitude, latitude and radius by position. The other
columns are for people; the rates are differences of rows.
"""

import math
from collections.abc import Iterator
from datetime import timedelta

from prefect_expres.ephemeris.bodies import LIGHT_KM_S
from prefect_expres.ephemeris.model import CONVENTION, Ephemeris
from prefect_expres.ephemeris.planets import planet_of
from prefect_expres.ephemeris.rotation import Point

TITLE = "State Vector Calculation"
COLUMNS = (
    "UTC calendar date",
    "Longitude (deg)",
    "Latitude (deg)",
    "Radius (km)",
    "d Longitude/dt (deg/s)",
    "d Latitude/dt (deg/s)",
    "d Radius/dt (km/s)",
    "Speed (km/s)",
    "Time at Target",
    "Light Time (s)",
)
KERNELS = "Kernels Used"


def to_csv(ephemeris: Ephemeris) -> bytes:
    """Write an ephemeris as ExPRES reads it: 15 lines of preamble, the columns, the rows.

    Give the file a name in lower-case ``.csv``; ExPRES takes other endings for other formats.
    """
    lines = [*_preamble(ephemeris), _quoted(*COLUMNS), *_rows(ephemeris), *_sources(ephemeris)]
    return ("\n".join(lines) + "\n").encode()


def _preamble(ephemeris: Ephemeris) -> Iterator[str]:
    span = ephemeris.span
    yield _quoted(TITLE)
    yield _quoted("Calculation Inputs")
    yield _quoted("Calculation type", "State Vector")
    yield _quoted("Target type", "Object")
    yield _quoted("Target", ephemeris.observer.upper())
    yield _quoted("Observer type", "Object")
    yield _quoted("Observer", ephemeris.center.upper())
    yield _quoted("Reference frame", planet_of(ephemeris.center).frame)
    yield _quoted("Light propagation", "To observer")
    yield _quoted("Time system", "UTC")
    yield _quoted("Time format", "Calendar date and time")
    yield _quoted("Time range", f"{span.start:%Y-%m-%d %H:%M:%S} to {span.stop:%Y-%m-%d %H:%M:%S}")
    yield _quoted("Step", f"{span.step} seconds")
    yield _quoted("State representation", "Planetocentric")
    yield _quoted("State Vector Results")


def _rows(ephemeris: Ephemeris) -> Iterator[str]:
    points, last = ephemeris.points, len(ephemeris.points) - 1
    turning = planet_of(ephemeris.center).rotation_deg_s
    for index, (moment, point) in enumerate(zip(ephemeris.span.times(), points, strict=True)):
        before, after = max(index - 1, 0), min(index + 1, last)
        seconds = float(ephemeris.span.step * (after - before))
        rates = _rates(points[before], points[after], seconds, turning * seconds)
        light_time = point.distance / LIGHT_KM_S
        emitted = moment - timedelta(seconds=light_time)
        numbers = ",".join(f"{number:.8f}" for number in (*point, *rates, _speed(point, rates)))
        stamps = [f"{stamp:%Y-%m-%d %H:%M:%S.%f} UTC" for stamp in (moment, emitted)]
        yield f'"{stamps[0]}",{numbers},"{stamps[1]}",{light_time:.8f}'


def _rates(before: Point, after: Point, seconds: float, rotation: float) -> Point:
    """Give the mean rates per second; whole turns in longitude are those of the planet."""
    drift = (after.longitude - before.longitude + rotation + 180.0) % 360.0 - 180.0
    return Point(
        (drift - rotation) / seconds,
        (after.latitude - before.latitude) / seconds,
        (after.distance - before.distance) / seconds,
    )


def _speed(point: Point, rates: Point) -> float:
    """Give the speed in the rotating frame, km/s."""
    eastward = math.radians(rates.longitude) * math.cos(math.radians(point.latitude))
    return math.hypot(
        point.distance * eastward, point.distance * math.radians(rates.latitude), rates.distance
    )


def _sources(ephemeris: Ephemeris) -> Iterator[str]:
    yield _quoted(KERNELS)
    yield _quoted(f"{ephemeris.source}; {CONVENTION}")
    yield from (_quoted(note) for note in ephemeris.notes)


def _quoted(*cells: str) -> str:
    return ",".join('"{}"'.format(" ".join(cell.replace('"', "'").split())) for cell in cells)
