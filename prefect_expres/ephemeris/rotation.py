"""Jupiter's orientation in space: the IAU rotation of System III.

Constants: Archinal et al. 2018 (IAU Working Group on Cartographic Coordinates, report for 2015),
as in the NAIF kernels pck00010 and pck00011.
"""

import math
from typing import NamedTuple

from prefect_expres.ephemeris.bodies import ROTATION_DEG_S, SYSTEM_III_DEG_DAY

Vector = tuple[float, float, float]

_DAY_S = 86_400.0
_CENTURY_S = 36_525 * _DAY_S
_RIGHT_ASCENSION = (268.056595, -0.006499)
_DECLINATION = (64.495303, 0.002413)
_MERIDIAN = 284.95
_NUTATION = (
    (99.360714, 4850.4046, 0.000117, 0.000050),
    (175.895369, 1191.9605, 0.000938, 0.000404),
    (300.323162, 262.5475, 0.001432, 0.000617),
    (114.012305, 6070.2476, 0.000030, -0.000013),
    (49.511251, 64.3000, 0.002150, 0.000926),
)
"""Angle at J2000, its rate a century, and the amplitudes in right ascension and declination."""


class Point(NamedTuple):
    """A position relative to Jupiter.

    Attributes:
        longitude: East longitude in System III, degrees in [0, 360).
        latitude: Planetocentric latitude, degrees.
        distance: From Jupiter's centre, km.
    """

    longitude: float
    latitude: float
    distance: float


def point_below(vector: Vector, seconds: float) -> Point:
    """Convert a vector from Jupiter's centre into longitude, latitude and distance.

    Args:
        vector: From Jupiter to the body, in the J2000 frame, km.
        seconds: Time of Jupiter's orientation, in seconds of TDB since J2000.
    """
    ascension, declination = _pole(seconds / _CENTURY_S)
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
    meridian = _MERIDIAN + SYSTEM_III_DEG_DAY * (seconds / _DAY_S)
    longitude = math.degrees(math.atan2(across, along)) - meridian
    level = math.hypot(along, across)
    return Point(longitude % 360.0, math.degrees(math.atan2(up, level)), math.hypot(level, up))


def opposite_direction(point: Point) -> Point:
    """Convert Jupiter as seen from the observer into the observer as seen from Jupiter, or back."""
    return Point((point.longitude + 180.0) % 360.0, -point.latitude, point.distance)


def rotated_back(point: Point, light_time: float) -> Point:
    """Take Jupiter's orientation of ``light_time`` seconds earlier, when the light left."""
    return point._replace(longitude=(point.longitude + ROTATION_DEG_S * light_time) % 360.0)


def _pole(centuries: float) -> tuple[float, float]:
    ascension = _RIGHT_ASCENSION[0] + _RIGHT_ASCENSION[1] * centuries
    declination = _DECLINATION[0] + _DECLINATION[1] * centuries
    for start, rate, in_ascension, in_declination in _NUTATION:
        angle = math.radians(start + rate * centuries)
        ascension += in_ascension * math.sin(angle)
        declination += in_declination * math.cos(angle)
    return math.radians(ascension), math.radians(declination)


def _dot(one: Vector, other: Vector) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))
