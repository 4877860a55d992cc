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


class InternalField:
    """A potential of internal sources (Winch et al. 2005), by its Schmidt coefficients.

    Args:
        g: Coefficients of cos mφ, shape (degree + 1, degree + 1), nT.
        h: Coefficients of sin mφ, same shape.
    """

    def __init__(self, g: Floats, h: Floats) -> None:
        self._degree = len(g) - 1
        n, m = np.indices(g.shape)
        self._last, self._before, self._corner = _recurrence(self._degree)
        # What a sum over the degrees takes of each function: for the field eastward, for that
        # outward, and for the part of the slope that comes from the degree below.
        below = np.sqrt(np.maximum(n * n - m * m, 0))
        eastward, outward = (g, h), ((n + 1) * g, (n + 1) * h)
        southward = (n * g, n * h, _from_below(below * g), _from_below(below * h))
        self._weights = np.stack([*eastward, *outward, *southward]).transpose(2, 0, 1)

    def at(self, position: Floats) -> Floats:
        """Sum the spherical harmonics.

        Args:
            position: Shape (n, 3), radii, off the axis of rotation.

        Returns:
            Shape (n, 3), nT.
        """
        x, y, z = position.T
        radius = np.sqrt(x * x + y * y + z * z)
        distance = np.hypot(x, y)
        cos_theta, sin_theta = z / radius, distance / radius
        cos_east, sin_east = x / distance, y / distance
        sums = self._weights @ self._decaying(radius, cos_theta, sin_theta)
        waves = _powers(cos_east + 1j * sin_east, self._degree)
        orders = np.arange(self._degree + 1)[:, None]
        g, h, g_out, h_out, g_south, h_south, g_below, h_below = sums.swapaxes(0, 1)
        outward = (g_out * waves.real + h_out * waves.imag).sum(axis=0)
        eastward = (orders * (g * waves.imag - h * waves.real)).sum(axis=0) / sin_theta
        along = (g_south * waves.real + h_south * waves.imag).sum(axis=0)
        across = (g_below * waves.real + h_below * waves.imag).sum(axis=0)
        southward = (across / radius - cos_theta * along) / sin_theta
        level = outward * sin_theta + southward * cos_theta
        return np.stack(
            [
                level * cos_east - eastward * sin_east,
                level * sin_east + eastward * cos_east,
                outward * cos_theta - southward * sin_theta,
            ],
            axis=1,
        )

    def _decaying(self, radius: Floats, cos_theta: Floats, sin_theta: Floats) -> Floats:
        """Give the Schmidt semi-normalised Legendre functions times r^-(n + 2).

        Returns:
            Shape (orders, degrees, points), 0 where the order exceeds the degree.
        """
        size = self._degree + 1
        result = np.zeros((size, size, len(radius)))
        result[0, 0] = radius**-2.0
        level, up, square = sin_theta / radius, cos_theta / radius, radius**-2.0
        for n in range(1, size):
            result[:n, n] = self._last[:n, n, None] * result[:n, n - 1] * up
            if n > 1:
                result[: n - 1, n] -= self._before[: n - 1, n, None] * (
                    result[: n - 1, n - 2] * square
                )
            result[n, n] = self._corner[n] * result[n - 1, n - 1] * level
        return result


def _recurrence(degree: int) -> tuple[Floats, Floats, Floats]:
    """Give the factors of the degrees n - 1 and n - 2, shape (orders, degrees), and of n = m."""
    m, n = np.indices((degree + 1, degree + 1), dtype=float)
    norm = np.sqrt(np.where(n > m, n * n - m * m, 1.0))
    before = np.sqrt(np.maximum((n - 1) ** 2 - m * m, 0)) / norm
    order = np.arange(1.0, degree + 1)
    corner = np.sqrt((2 * order - 1) / (2 * order))
    return (2 * n - 1) / norm, before, np.concatenate([[1.0], np.where(order > 1, corner, 1.0)])


def _from_below(weights: Floats) -> Floats:
    """Move the weights of each degree to the degree below it."""
    return np.concatenate([weights[1:], np.zeros_like(weights[:1])])


def _powers(number: NDArray[np.complex128], highest: int) -> NDArray[np.complex128]:
    """Give the powers from 0 to the highest; shape (powers, numbers)."""
    factors = np.repeat(number[None], highest + 1, axis=0)
    factors[0] = 1.0
    return np.multiply.accumulate(factors)
