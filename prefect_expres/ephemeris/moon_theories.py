"""The moons of Saturn by the theory TASS 1.7, and those of Uranus by GUST86.

``moon_theories.csv`` holds the terms of Vienne & Duriez 1995 (A&A 297, 588) and of Laskar &
Jacobson 1987 (A&A 188, 212) that matter for a moon's direction: what is left out is below 0.008°.
``moon_corrections.csv`` holds what JPL's later orbits add to them, fitted to dates of Horizons by
``tests/ephemeris/moon_fit.py``.
"""

import cmath
import csv
import math
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from prefect_expres.ephemeris.rotation import Vector

PUBLISHED = "moon_theories.csv"
CORRECTIONS = "moon_corrections.csv"

_DAY_S = 86_400.0
_KEPLER_ROUNDS = 8
"""Each round leaves 3 % of the error: no moon's orbit is more eccentric."""


class Term(NamedTuple):
    """A term of a series for an element of an orbit.

    Args:
        amplitude: Its amplitude; radians, for longitudes.
        phase: Its angle at J2000, radians.
        rate: How fast the angle grows, radians a day.
        librations: The moons whose librations enter the angle, and how many times.
    """

    amplitude: float
    phase: float
    rate: float
    librations: tuple[tuple[str, int], ...] = ()

    def angle(self, days: float, librations: Mapping[str, float]) -> float:
        """Give its angle some days after J2000, for given librations of moons."""
        angle = self.phase + self.rate * days
        for moon, times in self.librations:
            angle += times * librations[moon]
        return angle


Series = Mapping[str, Mapping[str, Sequence[Term]]]
"""The series of each moon, by what they give: ``mean``, the mean longitude; ``longitude`` and
``libration``, which are added to it, and of which the latter enters the angles of other series;
``eccentricity`` and ``inclination``, vectors, the latter of the sine of its half."""


class _Plane(NamedTuple):
    """The plane that a theory counts from, in the J2000 frame, degrees.

    Args:
        node: Right ascension of its ascending node.
        inclination: Its inclination on the equator of Earth.
        origin: Where its longitudes begin, from the node.
    """

    node: float
    inclination: float
    origin: float

    def to_j2000(self, level: complex, up: float) -> Vector:
        """Turn a vector, x + iy and z in this plane, into the J2000 frame."""
        tilt = math.radians(self.inclination)
        turned = level * cmath.rect(1.0, math.radians(self.origin))
        north = turned.imag * math.sin(tilt) + up * math.cos(tilt)
        leaning = complex(turned.real, turned.imag * math.cos(tilt) - up * math.sin(tilt))
        flat = leaning * cmath.rect(1.0, math.radians(self.node))
        return flat.real, flat.imag, north


_PLANES: Mapping[str, _Plane] = {
    "Saturn": _Plane(130.5885255, 6.4617743, 39.9674137),
    "Uranus": _Plane(167.3203518, 74.9049900, 179.7191791),
}
"""The equators of the planets. TASS 1.7 has Saturn's at 28.0512° to the ecliptic of J2000, with the
node at 169.5291°; GUST86 the pole of Uranus at 76.6067°, 15.0322° of B1950."""


def orbital_vector(
    planet: str, moon: str, seconds: float, *, tables: tuple[str, ...] = (PUBLISHED, CORRECTIONS)
) -> Vector:
    """Give a moon's position from its planet, in the J2000 frame, in half axes of its orbit.

    Args:
        planet: Saturn or Uranus.
        moon: One of its moons in the files.
        seconds: Seconds of TDB since J2000.
        tables: The files whose series are summed.
    """
    days, series = seconds / _DAY_S, read_series(tables)
    librations = {
        each: _sum(series[each]["libration"], days, {}).imag for each in _librating(tables, moon)
    }
    own = {
        element: _sum(terms, days, librations)
        for element, terms in series[moon].items()
        if element != "mean"
    }
    mean = sum(term.amplitude * term.angle(days, librations) for term in series[moon]["mean"])
    shift = sum(own[each].imag for each in ("libration", "longitude") if each in own)
    level = _in_orbit(mean + shift, own["eccentricity"])
    above = (own["inclination"].conjugate() * level).imag
    steep = math.sqrt(1.0 - abs(own["inclination"]) ** 2)
    return _PLANES[planet].to_j2000(level - 2j * own["inclination"] * above, 2.0 * above * steep)


@cache
def read_series(names: tuple[str, ...]) -> Series:
    """Read the series of all moons from files beside this module."""
    found: dict[str, dict[str, list[Term]]] = {}
    for name in names:
        text = files(__package__).joinpath(name).read_text(encoding="utf-8")
        for row in csv.DictReader(text.splitlines()):
            amplitude, phase, rate = (float(row[each]) for each in ("amplitude", "phase", "rate"))
            term = Term(amplitude, phase, rate, _multiples(row["librations"]))
            found.setdefault(row["moon"], {}).setdefault(row["element"], []).append(term)
    return found


@cache
def _librating(names: tuple[str, ...], moon: str) -> frozenset[str]:
    """Name the moons whose librations enter the terms of a moon."""
    series = read_series(names)[moon].values()
    return frozenset(each for terms in series for term in terms for each, _ in term.librations)


def _multiples(text: str) -> tuple[tuple[str, int], ...]:
    """Read how many times librations are added, as ``Mimas:2 Tethys:-2``."""
    pairs = (word.split(":") for word in text.split())
    return tuple((moon, int(times)) for moon, times in pairs)


def _sum(terms: Sequence[Term], days: float, librations: Mapping[str, float]) -> complex:
    """Sum a series: the real part is of cosines, the imaginary part of sines."""
    return sum((cmath.rect(term.amplitude, term.angle(days, librations)) for term in terms), 0j)


def _in_orbit(longitude: float, eccentricity: complex) -> complex:
    """Solve Kepler's equation: give the place in the plane of the orbit, x + iy in half axes.

    Args:
        longitude: The mean longitude, radians.
        eccentricity: The eccentricity, in the direction of the pericentre.
    """
    lead = 0.0
    for _ in range(_KEPLER_ROUNDS):
        lead = (eccentricity.conjugate() * cmath.rect(1.0, longitude + lead)).imag
    narrowing = 1.0 / (1.0 + math.sqrt(1.0 - abs(eccentricity) ** 2))
    return cmath.rect(1.0, longitude + lead) - eccentricity * (1.0 + 1j * narrowing * lead)
