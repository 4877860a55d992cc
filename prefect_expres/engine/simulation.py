"""Which sources the observer sees, step by step and channel by channel."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from prefect_expres.engine.beaming import ELECTRON_KEV, cone, plasma_scale
from prefect_expres.engine.errors import EngineError
from prefect_expres.engine.harmonics import Floats
from prefect_expres.engine.lanes import Course
from prefect_expres.engine.lines import LONGITUDES
from prefect_expres.engine.table import SourceTable
from prefect_expres.expres.configuration import Frequency, Source

Reals = NDArray[np.float32]
Mask = NDArray[np.bool_]
FILL = np.float32(-1.0e31)
FEWEST_CHANNELS = 2
CHUNK = 64
"""Steps computed at once: about 1 MB an array of 781 channels and 3 components."""
INVALID = 1000.0
"""The misalignment, in half-widths, that stands for no emission."""


@dataclass(frozen=True)
class Emission:
    """What the observer sees of one lane, kept for the cells that are written only.

    Attributes:
        longitude: West longitude of the active line, not wrapped, shape (nt,), degrees.
        highest: Maximum frequency, shape (nt,), MHz.
        highest_cmi: Maximum frequency of the maser, shape (nt,), MHz.
        written: The n cells that ExPRES writes, shape (nt, nf): those that are seen, and those
            of a cone without a size, whose ``theta`` is NaN.
        theta: Half-angle of the model's cone, shape (n,), degrees.
        azimuth: Observer's azimuth around the line from the inward normal, 0 to 180, shape (n,).
        plasma: Plasma frequency at the source, shape (n,), MHz.
        position: Shape (n, 3), radii.
    """

    longitude: Floats
    highest: Floats
    highest_cmi: Floats
    written: Mask
    theta: Reals
    azimuth: Reals
    plasma: Reals
    position: Reals

    @property
    def seen(self) -> int:
        """How many cells are seen."""
        return int(np.isfinite(self.theta).sum())


def frequency_axis(frequency: Frequency) -> Floats:
    """Lay out the channels, MHz."""
    if frequency.type == "Pre-Defined":
        axis = (
            np.array(frequency.sc, dtype=float) if isinstance(frequency.sc, list) else np.empty(0)
        )
    elif frequency.type == "Log":
        axis = np.geomspace(float(frequency.min), float(frequency.max), frequency.nbr)
    else:
        axis = np.linspace(float(frequency.min), float(frequency.max), frequency.nbr)
    if len(axis) < FEWEST_CHANNELS or axis[0] <= 0 or np.any(np.diff(axis) <= 0):
        msg = "FREQUENCY: at least two positive, rising frequencies in MHz are needed"
        raise EngineError(msg)
    return axis


class Regions:
    """The source regions along a lane's course, interpolated in longitude and between shells."""

    def __init__(self, course: Course, tables: Sequence[SourceTable]) -> None:
        """Take the tables of the course's families, in their order."""
        self.tables = tables
        self.longitude = course.longitude
        self.place = course.place

    def along(self, name: str, part: slice = slice(None)) -> Floats:
        """Interpolate a quantity of the tables, shape (360, ...), for a part of the steps."""
        longitude, place = self.longitude[part], self.place[part]
        inner = place.astype(int)
        values = _between([getattr(table, name) for table in self.tables], inner, longitude)
        if len(self.tables) == 1:
            return values
        outer = np.minimum(inner + 1, len(self.tables) - 1)
        farther = _between([getattr(table, name) for table in self.tables], outer, longitude)
        weight = (place - inner).reshape(-1, *[1] * (values.ndim - 1))
        return np.asarray(values * (1.0 - weight) + farther * weight)


def _between(tables: Sequence[Floats], which: NDArray[np.int64], longitude: Floats) -> Floats:
    """Interpolate a table for each step over west longitude; it closes at 360°."""
    wrapped = longitude % LONGITUDES
    west = wrapped.astype(int) % LONGITUDES
    east = (west + 1) % LONGITUDES
    if len(tables) == 1:
        here, there = tables[0][west], tables[0][east]
    else:
        here = np.stack([tables[table][line] for table, line in zip(which, west, strict=True)])
        there = np.stack([tables[table][line] for table, line in zip(which, east, strict=True)])
    weight = (wrapped - np.floor(wrapped)).reshape(-1, *[1] * (here.ndim - 1))
    return np.asarray(here * (1.0 - weight) + there * weight)


def observe(
    source: Source,
    regions: Regions,
    seen_from: Floats,
    *,
    frequency: Floats,
    progress: Callable[[float], None],
) -> Emission:
    """Compute what the observer sees of one lane.

    Args:
        source: The source.
        regions: The source regions along its course.
        seen_from: Position of the observer, shape (nt, 3), radii.
        frequency: Shape (nf,), MHz.
        progress: Told the fraction that is done.
    """
    highest = regions.along("highest")
    steps = len(highest)
    parts = []
    for start in range(0, steps, CHUNK):
        part = slice(start, start + CHUNK)
        parts.append(
            _observe_part(source, regions, part, highest[part], frequency, seen_from[part])
        )
        progress(min(start + CHUNK, steps) / steps)
    written, *values = (np.concatenate(column) for column in zip(*parts, strict=True))
    theta, azimuth, plasma, position = (value.astype(np.float32) for value in values)
    return Emission(
        regions.longitude,
        highest,
        regions.along("highest_cmi"),
        written,
        theta,
        azimuth,
        plasma,
        position,
    )


def _observe_part(
    source: Source,
    regions: Regions,
    part: slice,
    highest: Floats,
    frequency: Floats,
    seen_from: Floats,
) -> tuple[Mask, Floats, Floats, Floats, Floats]:
    """Observe a few steps: a cell is seen if the line of sight lies in the cone."""
    position, direction = regions.along("position", part), regions.along("direction", part)
    plasma = regions.along("plasma", part)
    sight = seen_from[:, None, :] - position
    sight /= np.linalg.norm(sight, axis=-1, keepdims=True)
    cosine = np.einsum("tfi,tfi->tf", sight, direction).clip(-1.0, 1.0)
    angle, absent = cone(source, frequency / highest[:, None], plasma)
    off = (angle - np.degrees(np.arccos(cosine))) / (float(source.width) / 2.0)
    off[absent] = INVALID
    written = _aligned(off) | np.isnan(angle)
    across = sight[written] - cosine[written, None] * direction[written]
    return (
        written,
        angle[written],
        _angle(across, regions.along("normal", part)[written]),
        (plasma_scale(source) * np.sqrt(plasma) * frequency)[written],
        position[written],
    )


def _aligned(off: Floats) -> Mask:
    """Compare cone and line of sight; the mean of two channels catches a cone that passes by.

    As in ExPRES, what is undefined is not outside.
    """
    nearest = np.abs(off)
    between = np.abs(off[:, :-1] + off[:, 1:]) / 2.0
    nearest[:, :-1] = np.minimum(nearest[:, :-1], between)
    return ~(nearest >= 1.0)


def _angle(first: Floats, second: Floats) -> Floats:
    """Measure the angle between vectors, shape (n, 3), in degrees."""
    scale = np.linalg.norm(first, axis=-1) * np.linalg.norm(second, axis=-1)
    return np.asarray(
        np.degrees(np.arccos(((first * second).sum(axis=-1) / scale).clip(-1.0, 1.0)))
    )


def gyrofrequency(source: Source, frequency: Floats) -> Floats:
    """Give FC as ExPRES writes it: the frequency, lowered by the electrons' motion, MHz."""
    return np.asarray(frequency * np.sqrt(1.0 - 2.0 * source.accel / ELECTRON_KEV))
