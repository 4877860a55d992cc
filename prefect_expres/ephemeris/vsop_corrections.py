"""Corrections of the outer planets' positions, which astronomy-engine computes from a short VSOP87.

What is left out there is up to 0.006° seen from Earth. ``vsop_corrections.csv`` holds it as series
of Chebyshev polynomials over a century, fitted to DE440 by ``tests/ephemeris/vsop_fit.py``; with
them 0.001° are left.
"""

import csv
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

FIRST_S, LAST_S = -1_262_304_000.0, 1_893_456_000.0
"""The century for which they hold, 1960 to 2060, in seconds of TDB since J2000."""

Vector = tuple[float, float, float]


def correction(planet: str, seconds: float) -> Vector:
    """Give what is to be added to a planet's heliocentric position, J2000 frame, km.

    Nothing for Earth and Mercury, which are right as they are, and beyond the century.

    Args:
        planet: The planet's name.
        seconds: Seconds of TDB since J2000.
    """
    if planet not in _series() or not FIRST_S <= seconds <= LAST_S:
        return 0.0, 0.0, 0.0
    place = 2.0 * (seconds - FIRST_S) / (LAST_S - FIRST_S) - 1.0
    x, y, z = (_sum(series, place) for series in _series()[planet])
    return x, y, z


def _sum(series: Sequence[float], place: float) -> float:
    """Sum a series of Chebyshev polynomials by Clenshaw's recurrence."""
    before = last = 0.0
    for coefficient in reversed(series):
        before, last = last, coefficient + 2.0 * place * last - before
    return last - place * before


@cache
def _series() -> Mapping[str, tuple[Sequence[float], ...]]:
    """Read the series of x, y and z for each planet."""
    text = files(__package__).joinpath("vsop_corrections.csv").read_text(encoding="utf-8")
    rows: dict[str, list[Vector]] = {}
    for row in csv.DictReader(text.splitlines()):
        rows.setdefault(row["planet"], []).append((int(row["x"]), int(row["y"]), int(row["z"])))
    return {planet: tuple(zip(*terms, strict=True)) for planet, terms in rows.items()}
