"""The orientation of the planets in space, and the points of a planet below a body.

A point is given in the longitude system of the planet's field models: System III for Jupiter,
Saturn and Neptune, ULS for Uranus, the IAU system for Earth and Mercury.
"""

import math
from typing import NamedTuple

from prefect_expres.ephemeris.planets import Planet

Vector = tuple[float, float, float]

_DAY_S = 86_400.0
_CENTURY_S = 36_525 * _DAY_S


class Point(NamedTuple):
    """A position relative to a planet.

    Attributes:
        longitude: East longitude in the system of the planet's fields, degrees in [0, 360).
        latitude: Planetocentric latitude, degrees.
        distance: From the planet's centre, km.
    """

    longitude: float
    latitude: float
    distance: float


def point_below(planet: Planet, vector: Vector, seconds: float) -> Point:
    """Convert a vector from a planet's centre into longitude, latitude and distance.

    Args:
        planet: The planet.
        vector: From the planet to the body, in the J2000 frame, km.
        seconds: Time of the planet's orientation, in seconds of TDB since J2000.
    """
    ascension, declination, meridian = _orientation(planet, seconds)
    east = (-math.sin(ascension), math.cos(ascension), 0.0)
    pole = (
        math.cos(ascension) * math.cos(declination),
        math.sin(ascension) * math.cos(declination),
        math.sin(declination),
    )
    north = (
        -math.cos(ascension) * math.sin(declination),
        -math.sin(ascension) * math.sin(declination),
        math.cos(declination),
    )
    along, across, up = (_dot(vector, axis) for axis in (east, north, pole))
    longitude = math.degrees(math.atan2(across, along)) - meridian
    level = math.hypot(along, across)
    latitude = math.degrees(math.atan2(up, level))
    return from_iau(planet, Point(longitude % 360.0, latitude, math.hypot(level, up)))


def from_iau(planet: Planet, point: Point) -> Point:
    """Convert a point in the IAU system of a planet into the system of its fields.

    They differ for Uranus, whose IAU north pole is the south pole of its spin.
    """
    if planet.spin_meridian is None:
        return point
    return Point((planet.spin_meridian - point.longitude) % 360.0, -point.latitude, point.distance)


def opposite_direction(point: Point) -> Point:
    """Convert a planet as seen from the observer into the observer as seen from it, or back."""
    return Point((point.longitude + 180.0) % 360.0, -point.latitude, point.distance)


def rotated_back(planet: Planet, point: Point, light_time: float) -> Point:
    """Take a planet's orientation of ``light_time`` seconds earlier, when the light left."""
    turned = planet.rotation_deg_s * light_time
    return point._replace(longitude=(point.longitude + turned) % 360.0)


def planetocentric(planet: Planet, planetodetic: float) -> float:
    """Convert a planetodetic latitude on a planet's ellipsoid into a planetocentric one, degrees.

    The direction from the centre to a point of an ellipsoid of revolution has
    tan φc = (b/a)² tan φd, where φd is the direction of the normal there.
    """
    flat = (planet.pole_km / planet.equator_km) ** 2
    normal = math.radians(planetodetic)
    return math.degrees(math.atan2(flat * math.sin(normal), math.cos(normal)))


def _orientation(planet: Planet, seconds: float) -> Vector:
    """Give right ascension and declination of the pole in radians, and the meridian in degrees."""
    centuries, days = seconds / _CENTURY_S, seconds / _DAY_S
    ascension = planet.right_ascension[0] + planet.right_ascension[1] * centuries
    declination = planet.declination[0] + planet.declination[1] * centuries
    meridian = planet.meridian[0] + planet.meridian[1] * days
    for start, rate, in_ascension, in_declination, in_meridian in planet.periodic:
        angle = math.radians(start + rate * centuries)
        ascension += in_ascension * math.sin(angle)
        declination += in_declination * math.cos(angle)
        meridian += in_meridian * math.sin(angle)
    return math.radians(ascension), math.radians(declination), meridian


def _dot(one: Vector, other: Vector) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))
