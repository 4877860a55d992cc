"""Where the moon is, told from the field line that it lights.

The file holds the longitude of the active line, which lies behind the moon's by a lead angle that
it does not hold. The laws for the lead are known, and the moon goes round evenly: the right law is
the one under which it does.
"""

import numpy as np
from numpy.typing import NDArray

from prefect_expres.expres.lead_angle import LAWS, lead_angle

Degrees = NDArray[np.float64]

_EVEN = 0.01
"""Degrees that a moon may stray from an even course: files hold single precision."""

_FEWEST = 3
"""Steps that can be uneven at all."""

_ROUNDS = 20
"""A lead changes by an eighth of a degree per degree at most: each round gains a digit."""


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
        West longitude, shape (time,), degrees; None where no law or more than one explains the
        line. A line that is itself even follows at a constant distance that cannot be known.
    """
    if _is_even(line, time):
        return None
    found = [
        longitude
        for law, moons in LAWS.items()
        if moon in moons
        for longitude in [_lit_from(law, moon, line, south=south)]
        if _is_even(longitude, time)
    ]
    return found[0] if len(found) == 1 else None


def _lit_from(law: str, moon: str, line: Degrees, *, south: bool) -> Degrees:
    """Solve ``line = longitude - lead(longitude)`` by iteration."""
    longitude = line
    for _ in range(_ROUNDS):
        longitude = line + lead_angle(law, moon, longitude, south=south)
    return longitude


def _is_even(longitude: Degrees, time: NDArray[np.datetime64]) -> bool:
    """Say whether a longitude grows in proportion to time; single outliers do not count."""
    if time.size < _FEWEST:
        return True
    if not np.isfinite(longitude).all():
        return False
    seconds = (time - time[0]) / np.timedelta64(1, "s")
    turned = np.unwrap(longitude, period=360)
    course = np.polynomial.Polynomial.fit(seconds, turned, 1)
    return bool(np.median(np.abs(turned - course(seconds))) < _EVEN)
