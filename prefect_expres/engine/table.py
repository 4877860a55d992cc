"""The source region of one shell and hemisphere on the run's frequencies.

A source at frequency f sits where the electrons gyrate at f. The table holds, for each of 360
west longitudes, the line's quantities at those points; in between they are linear in longitude,
as in ExPRES.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from prefect_expres.engine.beaming import (
    PLASMA_MHZ,
    electron_density,
    ellipsoid_radius,
)
from prefect_expres.engine.field import Floats
from prefect_expres.engine.lines import LONGITUDES, SOUTH, FieldLines
from prefect_expres.expres.configuration import Density

MHZ_PER_NT = 2.79924835996e-5
"""Gyrofrequency of the electron."""
CMI_LIMIT = 0.1**2
"""The cyclotron maser needs a plasma frequency below a tenth of the gyrofrequency."""
LINE_STEP_MHZ = 0.05
"""The lines that ExPRES reads step by this; it takes the last point above the aurora.

Found from the kernel's output in tests/data/expres: the median error of the maximum frequency
falls from 0.026 MHz to 1e-5 MHz.
"""
SMOOTHINGS, BOXCAR = 4, 5


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
    lines: FieldLines,
    hemisphere: int,
    frequency: Floats,
    *,
    densities: Sequence[Density],
    flattening: float,
    aurora: float,
) -> SourceTable:
    """Put one half of the field lines on a frequency axis.

    Args:
        lines: The field lines of the shell.
        hemisphere: ``NORTH`` or ``SOUTH``.
        frequency: Shape (nf,), MHz, rising.
        densities: The active density models.
        flattening: ``BODY.FLAT``.
        aurora: ``SOURCE.AURORA_ALT``, radii: the altitude at which the lines end.
    """
    position, direction = np.empty((2, LONGITUDES, len(frequency), 3))
    highest = np.empty(LONGITUDES)
    for longitude in range(LONGITUDES):
        count = lines.count[hemisphere, longitude]
        point = lines.position[hemisphere, longitude, :count]
        field = lines.field[hemisphere, longitude, :count]
        strength = np.linalg.norm(field, axis=1)
        gyro = MHZ_PER_NT * strength
        rising = _rising_part(gyro)
        unit = field[rising] / strength[rising, None]
        position[longitude] = _interpolate(frequency, gyro[rising], point[rising])
        direction[longitude] = _interpolate(frequency, gyro[rising], unit)
        highest[longitude] = min(_aurora_frequency(gyro, point, flattening, aurora), gyro[-1])
    highest = np.floor(highest / LINE_STEP_MHZ) * LINE_STEP_MHZ
    if hemisphere == SOUTH:
        direction = -direction
    density = electron_density(densities, position, flattening)
    plasma = PLASMA_MHZ**2 * density / frequency**2
    return SourceTable(
        position,
        direction,
        _inward_normal(position, direction),
        plasma,
        _smooth(highest),
        np.array([_highest_cmi(frequency, row) for row in plasma]),
    )


def _interpolate(wanted: Floats, known: Floats, values: Floats) -> Floats:
    """Interpolate the rows of ``values`` linearly, and go on straight beyond both ends."""
    upper = np.searchsorted(known, wanted).clip(1, len(known) - 1)
    weight = ((wanted - known[upper - 1]) / (known[upper] - known[upper - 1]))[:, None]
    return np.asarray(values[upper - 1] * (1.0 - weight) + values[upper] * weight)


def _rising_part(gyro: Floats) -> slice:
    """Cut the line where one frequency would have two positions.

    The field is weakest near the magnetic equator; above the weak region at 57° west in the north
    it falls again towards the line's end. ExPRES takes the frequency at the end for the highest
    of such a line: its kernel's output is met within 0.3 % with it, and not within 17 % without.
    """
    first = int(gyro.argmin())
    falls = np.flatnonzero(np.diff(gyro[first:]) <= 0)
    return slice(first, first + int(falls[0]) + 1 if len(falls) else None)


def _aurora_frequency(gyro: Floats, point: Floats, flattening: float, aurora: float) -> float:
    """Give the highest gyrofrequency above the altitude of the aurora, MHz."""
    above = np.linalg.norm(point, axis=1) - ellipsoid_radius(point, flattening) - aurora
    at_aurora = np.interp(0.0, above[::-1], gyro[::-1])
    return float(max(at_aurora, gyro[above > 0].max()))


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
