"""Fit the corrections of the theories of moons to positions of JPL Horizons.

``python -m tests.ephemeris.moon_fit`` prints the content of ``moon_corrections.csv``.
"""

import cmath
import math
from collections.abc import Iterator

import numpy as np

from prefect_expres.ephemeris import MOONS, PLANETS
from prefect_expres.ephemeris.moon_theories import (
    PUBLISHED,
    Term,
    orbital_vector,
    read_series,
)
from prefect_expres.ephemeris.rotation import point_below
from tests.ephemeris.horizons_moons import longitudes

AS_PUBLISHED = ("Titan", "Iapetus")
"""Moons whose published orbits are within 0.02°."""
LIBRATIONS = ("Mimas", "Enceladus", "Tethys")
"""The moons whose largest libration is corrected; of Mimas the eccentricity, too."""
_CENTURY = 36_525.0
_DAY_S = 86_400.0
_SERIES = read_series((PUBLISHED,))


def fitted() -> Iterator[str]:
    """Give the lines of the file."""
    yield "moon,element,amplitude,phase,rate,librations"
    for planet in ("Saturn", "Uranus"):
        for moon in MOONS[planet]:
            if moon in _SERIES and moon not in AS_PUBLISHED:
                for element, term in _corrections(planet, moon):
                    yield _line(moon, element, term)


def _corrections(planet: str, moon: str) -> Iterator[tuple[str, Term]]:
    """Turn the factors that fit best into terms."""
    dates = [(seconds, wanted) for name, seconds, wanted in longitudes("fit") if name == moon]
    left = [math.radians(_missing(planet, moon, seconds, wanted)) for seconds, wanted in dates]
    rows = [_effects(moon, seconds / _DAY_S) for seconds, _ in dates]
    offset, drift, *pairs = (float(x) for x in np.linalg.lstsq(np.array(rows), left)[0])
    yield "mean", Term(1.0, offset, drift / _CENTURY)
    factors = [complex(*pairs[i : i + 2]) for i in range(0, len(pairs), 2)]
    if factors:
        yield "longitude", _turned(_SERIES[moon]["libration"][0], factors[0])
    if moon == "Mimas":
        around, swing = _SERIES[moon]["eccentricity"][0], _SERIES[moon]["libration"][0]
        yield "eccentricity", _turned(around, factors[1])
        yield "eccentricity", _turned(_faster(around, swing, 1), factors[2] / 2j)
        yield "eccentricity", _turned(_faster(around, swing, -1), factors[2] / -2j)


def _missing(planet: str, moon: str, seconds: float, wanted: float) -> float:
    """Give the degrees by which the published theory is behind."""
    vector = orbital_vector(planet, moon, seconds, tables=(PUBLISHED,))
    return math.remainder(wanted - point_below(PLANETS[planet], vector, seconds).longitude, 360.0)


def _effects(moon: str, days: float) -> list[float]:
    """Give what a unit of each factor adds to the longitude; factors of vectors are complex."""
    effects = [1.0, days / _CENTURY]
    if moon in LIBRATIONS:
        swing = _angle(moon, "libration", days)
        effects += [math.sin(swing), math.cos(swing)]
    if moon == "Mimas":
        librations = {each: _libration(each, days) for each in LIBRATIONS}
        anomaly = _angle(moon, "mean", days) + librations[moon]
        anomaly -= _SERIES[moon]["eccentricity"][0].angle(days, librations)
        around = [2.0 * math.sin(anomaly), -2.0 * math.cos(anomaly)]
        effects += [*around, *(math.sin(swing) * each for each in around)]
    return effects


def _libration(moon: str, days: float) -> float:
    terms = _SERIES[moon]["libration"]
    return sum(term.amplitude * math.sin(term.angle(days, {})) for term in terms)


def _angle(moon: str, element: str, days: float) -> float:
    """Give the angle of the largest term, which holds no libration."""
    return _SERIES[moon][element][0].angle(days, {})


def _turned(term: Term, factor: complex) -> Term:
    """Give a term with another amplitude and phase."""
    return term._replace(amplitude=abs(factor), phase=term.phase + cmath.phase(factor))


def _faster(term: Term, other: Term, times: int) -> Term:
    """Give a term whose angle grows by that of another one, too."""
    return term._replace(
        phase=term.phase + times * other.phase, rate=term.rate + times * other.rate
    )


def _line(moon: str, element: str, term: Term) -> str:
    phase = term.phase if element == "mean" else term.phase % math.tau
    librations = " ".join(f"{name}:{times}" for name, times in term.librations)
    return f"{moon},{element},{term.amplitude:.7g},{phase:.7f},{term.rate:.13f},{librations}"


if __name__ == "__main__":
    print("\n".join(fitted()))  # noqa: T201 - this is its purpose
