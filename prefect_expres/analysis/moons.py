"""The longitude of a moon, derived from that of its active field line.

A file holds the longitude of the active line, which differs from the moon's by a lead angle that
the file does not hold. The laws of the lead angle are known, and a moon on a circular orbit moves
evenly: the right law is the one with which the moon's longitude grows evenly.
"""

import numpy as np
from numpy.typing import NDArray

from prefect_expres.expres.lead_angle import LAWS, lead_angle

Degrees = NDArray[np.float64]

_EVEN = 0.01
"""Largest median deviation from an even motion, degrees: files hold single precision."""

_FEWEST = 3
"""Fewest steps of which an even motion can be checked."""

_ITERATIONS = 20
"""A lead changes by at most an eighth of a degree per degree: each iteration gains a digit."""


def moon_longitude(
    moon: str, line: Degrees, time: NDArray[np.datetime64], *, south: bool
) -> Degrees | None:
    """Find the moon's longitude from that of its active field line.

    Args:
        moon: The moon's name.
        line: West longitude of the active line, shape (time,), degrees.
        time: Shape (time,).
        south: Whether the line ends in the southern hemisphere.

    Returns:
        West longitude, shape (time,), degrees; None if no law or more than one explains the line.
        A line that itself moves evenly has a constant lead, which cannot be found.
    """
    if time.size < _FEWEST or _is_even(line, time):
        return None
    found = [
        longitude
        for law, moons in LAWS.items()
        if moon in moons
        for longitude in [_moon_of(law, moon, line, south=south)]
        if _is_even(longitude, time)
    ]
    return found[0] if len(found) == 1 else None


def _moon_of(law: str, moon: str, line: Degrees, *, south: bool) -> Degrees:
    """Solve ``line = longitude - lead(longitude)`` by iteration."""
    longitude = line
    for _ in range(_ITERATIONS):
        longitude = line + lead_angle(law, moon, longitude, south=south)
    return longitude


def _is_even(longitude: Degrees, time: NDArray[np.datetime64]) -> bool:
    """Say whether a longitude grows evenly with time; single outliers do not count.

    One that is unknown somewhere, NaN, does not.
    """
    seconds = (time - time[0]) / np.timedelta64(1, "s")
    turned = np.unwrap(longitude, period=360)
    course = np.polynomial.Polynomial.fit(seconds, turned, 1)
    return bool(np.median(np.abs(turned - course(seconds))) < _EVEN)
