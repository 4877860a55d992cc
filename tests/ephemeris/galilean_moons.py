"""The Galilean moons by a second, independent theory.

Meeus, Astronomical Algorithms, chapter 44, the short method: good to about 0.2 degrees.
"""

import math
from datetime import UTC, datetime

_J2000_TT = datetime(2000, 1, 1, 12, tzinfo=UTC)
_TT_MINUS_UTC = 69.2
"""Of 2017 and later; a few seconds less earlier, in which Io moves by 0.01 degrees."""


def from_inferior_conjunction(moment: datetime) -> dict[str, float]:
    """Give the angle of each moon from the line to Earth, counted as the moons move, degrees."""
    days = ((moment - _J2000_TT).total_seconds() + _TT_MINUS_UTC) / 86_400.0
    long_term = 172.74 + 0.00111588 * days
    earth = 357.529 + 0.9856003 * days
    jupiter = 20.020 + 0.0830853 * days + 0.329 * _sin(long_term)
    difference = 66.115 + 0.9025179 * days - 0.329 * _sin(long_term)
    center_earth = 1.915 * _sin(earth) + 0.020 * _sin(2 * earth)
    center_jupiter = 5.555 * _sin(jupiter) + 0.168 * _sin(2 * jupiter)
    angle = difference + center_earth - center_jupiter
    sun_earth = 1.00014 - 0.01671 * _cos(earth) - 0.00014 * _cos(2 * earth)
    sun_jupiter = 5.20872 - 0.25208 * _cos(jupiter) - 0.00611 * _cos(2 * jupiter)
    distance = math.sqrt(sun_jupiter**2 + sun_earth**2 - 2 * sun_jupiter * sun_earth * _cos(angle))
    phase = math.degrees(math.asin(sun_earth / distance * _sin(angle)))
    emitted = days - distance / 173.0
    shift = phase - center_jupiter
    io = 163.8069 + 203.4058646 * emitted + shift
    europa = 358.4140 + 101.2916335 * emitted + shift
    ganymede = 5.7176 + 50.2345180 * emitted + shift
    callisto = 224.8092 + 21.4879800 * emitted + shift
    return {
        "Io": io + 0.473 * _sin(2 * (io - europa)),
        "Europa": europa + 1.065 * _sin(2 * (europa - ganymede)),
        "Ganymede": ganymede + 0.165 * _sin(331.18 + 50.310482 * emitted),
        "Callisto": callisto + 0.843 * _sin(87.45 + 21.569231 * emitted),
    }


def _sin(degrees: float) -> float:
    return math.sin(math.radians(degrees))


def _cos(degrees: float) -> float:
    return math.cos(math.radians(degrees))
