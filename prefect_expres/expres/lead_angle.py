"""The lead angle between a moon and its active field line: the laws of ``LAG_MODEL``.

Formulas and figures are those of ExPRES 1.4. Angles are in degrees, longitudes are west.
"""

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

Degrees = NDArray[np.float64]
_Moons = Mapping[str, tuple[tuple[float, ...], tuple[float, ...]]]

_HESS2011: _Moons = {
    "Io": ((2.8, -3.5), (4.3, 3.5)),
    "Europa": ((5.2, -4.8), (5.2, 4.8)),
    "Ganymede": ((6.8, -6.2), (6.8, 6.2)),
    "Callisto": ((0.0, 0.0), (0.0, 0.0)),
}
"""Mean lead and amplitude of cos(λ - 202°), north and south (Hess et al. 2011)."""

_HUE2023: _Moons = {
    "Io": (
        (1.0, 4.256, 2.637, 0.496, 0.197, 0.126),
        (1.002, 4.138, -1.891, -0.698, 0.218, -0.116),
    ),
    "Europa": ((0.997, 5.784, 3.294, 1.406), (1.002, 7.059, -3.370, 0.151)),
    "Ganymede": ((0.980, 12.452, 6.162, 3.641), (0.996, 12.973, -5.391, -4.502)),
}
"""Factor of λ, mean lead, then cos and sin of each harmonic, north and south (Hue et al. 2023)."""

LAWS: Mapping[str, _Moons] = {"hess2011": _HESS2011, "hue2023": _HUE2023}
"""The laws that have a formula by name, and in each the moons that it knows."""

TABULATED = ("bonfond2009", "bonfond2017", "bonfond2017_old", "hinton2019")
"""The laws of Io that are tables; ``lead_angles.csv`` has them as ExPRES does.

Two longitudes of ``bonfond2009`` are misprinted there, 70° for 170° and 0° for 300°, and shape
what ExPRES finds between 60° and 300°. They are kept.
"""


def lead_angle(law: str, moon: str, longitude: Degrees, *, south: bool) -> Degrees:
    """Compute how far the active field line leads the moon's.

    Args:
        law: One of `LAWS` or `TABULATED`.
        moon: A moon that the law knows; a table knows Io only.
        longitude: West longitude of the moon, degrees, any shape.
        south: Whether the source is in the southern hemisphere.

    Returns:
        The lead angle in degrees, same shape; the active line is at ``longitude`` minus it.

    Raises:
        KeyError: There is no such law, or it does not know the moon.
    """
    if law in TABULATED and moon == "Io":
        return _tabulated(law, longitude, south=south)
    values = LAWS[law][moon][south]
    if law == "hess2011":
        return np.asarray(values[0] + values[1] * np.cos(np.radians(longitude - 202.0)))
    return _fourier(values, longitude)


def _fourier(values: tuple[float, ...], longitude: Degrees) -> Degrees:
    angle = np.radians(values[0] * longitude)
    lead = np.full_like(angle, values[1])
    for order, (cosine, sine) in enumerate(zip(values[2::2], values[3::2], strict=True), 1):
        lead += cosine * np.cos(order * angle) + sine * np.sin(order * angle)
    return lead


def _tabulated(law: str, longitude: Degrees, *, south: bool) -> Degrees:
    """Interpolate a table linearly, and go on straight beyond its last longitude."""
    known, north_south = _table(law)
    lead = north_south[int(south)]
    low = _bisected(known, longitude)
    slope = (lead[low + 1] - lead[low]) / (known[low + 1] - known[low])
    return np.asarray(lead[low] + (longitude - known[low]) * slope)


@cache
def _table(law: str) -> tuple[Degrees, Degrees]:
    text = (files(__package__) / "lead_angles.csv").read_text(encoding="utf-8")
    rows = [row for row in csv.DictReader(text.splitlines()) if row["law"] == law]
    columns = [[float(row[key]) for row in rows] for key in ("longitude", "north", "south")]
    return np.array(columns[0]), np.array(columns[1:])


def _bisected(known: Degrees, wanted: Degrees) -> NDArray[np.int64]:
    """Find the intervals by bisection, step by step as ExPRES does: a table may not be sorted."""
    low = np.zeros(np.shape(wanted), dtype=np.int64)
    high = np.full_like(low, len(known) - 1)
    while (high - low > 1).any():
        middle = (low + high) // 2
        above = known[middle] <= wanted
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return low
