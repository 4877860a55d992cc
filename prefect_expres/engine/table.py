"""The source region of one shell and hemisphere on the run's frequencies.

A source at frequency f sits where the electrons gyrate at f. The table holds, for each of 360
west longitudes, the line's quantities at those points; in between they are linear in longitude,
as in ExPRES.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from prefect_expres.engine.harmonics import Floats
from prefect_expres.engine.lines import LONGITUDES, FieldLines
from prefect_expres.engine.plasma import ellipsoid_radius, plasma_ratio
from prefect_expres.expres.configuration import Density

MHZ_PER_NT = 2.79924835996e-5
"""Gyrofrequency of the electron."""
CMI_LIMIT = 0.1**2
"""The cyclotron maser needs a plasma frequency below a tenth of the gyrofrequency."""
SMOOTHINGS, BOXCAR = 4, 5


@dataclass(frozen=True)
class Surroundings:
    """What surrounds the field lines.

    Attributes:
        densities: The active density models of the planet.
        flattening: ``BODY.FLAT``.
        aurora: The altitude at which the emission ends, ``SOURCE.AURORA_ALT``, radii.
        step: The step in frequency of the lines that ExPRES reads: the maximum frequency is a
            multiple of it, that of the last point above the aurora, MHz.
    """

    densities: Sequence[Density]
    flattening: float
    aurora: float
    step: float


@dataclass(frozen=True)
class SourceTable:
    """Line quantities on west longitudes 0 to 359.

    Attributes:
        position: Shape (360, nf, 3), radii.
        direction: Unit vector along the line, out of the planet, shape (360, nf, 3).
        normal: Unit vector across the shell, inward, shape (360, nf, 3).
        plasma: (plasma frequency / frequency)², shape (360, nf).
        highest: Maximum frequency above the aurora, shape (360,), MHz.
        highest_cmi: Maximum frequency at which the maser works, shape (360,), MHz.
    """

    position: Floats
    direction: Floats
    normal: Floats
    plasma: Floats
    highest: Floats
    highest_cmi: Floats


def source_table(
    lines: FieldLines, hemisphere: int, frequency: Floats, around: Surroundings
) -> SourceTable:
    """Put one half of the field lines on a frequency axis.

    Args:
        lines: The field lines of the shell.
        hemisphere: ``NORTH`` or ``SOUTH``.
        frequency: Shape (nf,), MHz, rising.
        around: The density, the planet's shape and the end of the emission.
    """
    position, direction = np.empty((2, LONGITUDES, len(frequency), 3))
    highest = np.empty(LONGITUDES)
    for longitude in range(LONGITUDES):
        count = lines.count[hemisphere, longitude]
        point = lines.position[hemisphere, longitude, :count]
        field = lines.field[hemisphere, longitude, :count]
        strength = np.linalg.norm(field, axis=1)
        kept = _rising_part(strength)
        gyro, point = MHZ_PER_NT * strength[kept], point[kept]
        outward = np.sign(field[-1] @ point[-1])
        unit = outward * field[kept] / strength[kept, None]
        position[longitude] = _interpolate(frequency, gyro, point)
        direction[longitude] = _interpolate(frequency, gyro, unit)
        highest[longitude] = _aurora_frequency(gyro, point, around)
    plasma = plasma_ratio(around.densities, position, frequency, around.flattening)
    return SourceTable(
        position,
        direction,
        _inward_normal(position, direction),
        plasma,
        _smooth(np.floor(highest / around.step) * around.step),
        np.array([_highest_cmi(frequency, row) for row in plasma]),
    )


def _interpolate(wanted: Floats, known: Floats, values: Floats) -> Floats:
    """Interpolate the rows of ``values`` linearly, and go on straight beyond both ends."""
    upper = np.searchsorted(known, wanted).clip(1, len(known) - 1)
    weight = ((wanted - known[upper - 1]) / (known[upper] - known[upper - 1]))[:, None]
    return np.asarray(values[upper - 1] * (1.0 - weight) + values[upper] * weight)


def _rising_part(strength: Floats) -> NDArray[np.int64]:
    """List the points at which the field is stronger than at all points before, from its minimum.

    So one frequency has one position. If the field is strongest above the planet's surface, its
    frequency there is the line's highest.
    """
    first = int(strength.argmin())
    rising = strength[first:]
    before = np.maximum.accumulate(rising)[:-1]
    return first + np.flatnonzero(np.append(True, rising[1:] > before))


def _aurora_frequency(gyro: Floats, point: Floats, around: Surroundings) -> float:
    """Give the highest gyrofrequency above the altitude of the aurora, MHz."""
    surface = ellipsoid_radius(point, around.flattening) + around.aurora
    above = np.linalg.norm(point, axis=1) - surface
    if above[-1] > 0:
        return float(gyro[-1])
    last = int(np.flatnonzero(above > 0)[-1])
    return float(np.interp(0.0, above[[last + 1, last]], gyro[[last + 1, last]]))


def _smooth(values: Floats) -> Floats:
    """Run the boxcar over longitude four times; like IDL's, it leaves the two ends as they are."""
    kernel = np.full(BOXCAR, 1.0 / BOXCAR)
    smoothed = values.copy()
    edge = BOXCAR // 2
    for _ in range(SMOOTHINGS):
        smoothed[edge:-edge] = np.convolve(smoothed, kernel, mode="valid")
    return smoothed


def _inward_normal(position: Floats, direction: Floats) -> Floats:
    """Find the direction across the shell: normal to the line and to its neighbours' way."""
    along = np.roll(position, -1, axis=0) - np.roll(position, 1, axis=0)
    normal = np.cross(direction, along)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    outward = (normal[..., :2] * position[..., :2]).sum(axis=-1, keepdims=True) > 0
    return np.where(outward, -normal, normal)


def _highest_cmi(frequency: Floats, plasma: Floats) -> float:
    """Give the highest channel at which the maser works.

    If the channels that qualify come in several runs, the highest run lies inside the planet
    and the one below counts, as in ExPRES. Zero if there is none.
    """
    good: NDArray[np.int64] = np.flatnonzero(plasma < CMI_LIMIT)
    if not len(good):
        return 0.0
    ends = np.append(good[:-1][np.diff(good) > 1], good[-1])
    last = ends[-1] if len(ends) == 1 or good[0] == 0 else ends[-2]
    return float(frequency[last])
