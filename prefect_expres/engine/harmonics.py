"""The internal magnetic field of a planet: a sum of spherical harmonics.

Lengths are in equatorial radii, fields in nT, positions in the planet's right-handed frame: x at
west longitude 0, z along the axis of rotation.
"""

import csv
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def coefficient_bytes(internal: str) -> bytes:
    """Read the file of coefficients as it is, to sign what is computed from it."""
    return (files(__package__) / "data" / internal).read_bytes()


@cache
def schmidt_coefficients(internal: str, degree: int) -> tuple[Floats, Floats]:
    """Read the Schmidt semi-normalised coefficients g and h, shape (degree + 1, degree + 1), nT."""
    g, h = np.zeros((2, degree + 1, degree + 1))
    for row in csv.DictReader(coefficient_bytes(internal).decode().splitlines()):
        n, m = int(row["n"]), int(row["m"])
        if n <= degree:
            g[n, m], h[n, m] = float(row["g_nT"]), float(row["h_nT"])
    return g, h


def internal_field(g: Floats, h: Floats, position: Floats) -> Floats:
    """Sum the spherical harmonics (Winch et al. 2005, for a potential of internal sources).

    Args:
        g: Coefficients of cos mφ, shape (degree + 1, degree + 1), nT.
        h: Coefficients of sin mφ, same shape.
        position: Shape (n, 3), radii, off the axis of rotation.

    Returns:
        Shape (n, 3), nT.
    """
    x, y, z = position.T
    radius = np.sqrt(x * x + y * y + z * z)
    distance = np.hypot(x, y)
    cos_theta, sin_theta = z / radius, distance / radius
    orders = np.arange(len(g))[:, None]
    east = np.arctan2(y, x)
    cos_m, sin_m = np.cos(orders * east), np.sin(orders * east)
    outward, southward, eastward = np.zeros((3, len(position)))
    below, legendre = np.zeros((1, len(position))), np.ones((1, len(position)))
    for n in range(1, len(g)):
        below, legendre = legendre, _next_legendre(n, legendre, below, cos_theta, sin_theta)
        slope = _legendre_slope(n, legendre, below, cos_theta, sin_theta)
        gn, hn = g[n, : n + 1, None], h[n, : n + 1, None]
        wave = gn * cos_m[: n + 1] + hn * sin_m[: n + 1]
        turned = orders[: n + 1] * (gn * sin_m[: n + 1] - hn * cos_m[: n + 1])
        decay = radius ** -(n + 2.0)
        outward += (n + 1) * decay * (wave * legendre).sum(axis=0)
        southward -= decay * (wave * slope).sum(axis=0)
        eastward += decay * (turned * legendre).sum(axis=0) / sin_theta
    level = outward * sin_theta + southward * cos_theta
    cos_east, sin_east = x / distance, y / distance
    return np.stack(
        [
            level * cos_east - eastward * sin_east,
            level * sin_east + eastward * cos_east,
            outward * cos_theta - southward * sin_theta,
        ],
        axis=1,
    )


def _next_legendre(
    n: int, last: Floats, before: Floats, cos_theta: Floats, sin_theta: Floats
) -> Floats:
    """Step the Schmidt semi-normalised Legendre functions from degree n - 1 to n: orders 0 to n."""
    m = np.arange(n)[:, None]
    norm = np.sqrt(n * n - m * m)
    result = np.empty((n + 1, len(cos_theta)))
    result[:n] = (2 * n - 1) * cos_theta * last / norm
    if n > 1:
        result[: n - 1] -= np.sqrt((n - 1) ** 2 - m[:-1] ** 2) * before / norm[:-1]
    result[n] = sin_theta * last[n - 1] * (np.sqrt((2 * n - 1) / (2 * n)) if n > 1 else 1.0)
    return result


def _legendre_slope(
    n: int, this: Floats, below: Floats, cos_theta: Floats, sin_theta: Floats
) -> Floats:
    """Derive the Legendre functions of degree n by the colatitude: orders 0 to n."""
    m = np.arange(n)[:, None]
    slope = n * cos_theta * this
    slope[:n] -= np.sqrt(n * n - m * m) * below
    return np.asarray(slope / sin_theta)
