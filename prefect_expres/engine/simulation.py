"""Which sources the observer sees, step by step and channel by channel."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from prefect_expres.engine.beaming import ELECTRON_KEV, cone_angle, lead_angle
from prefect_expres.engine.errors import EngineError
from prefect_expres.engine.field import Floats
from prefect_expres.engine.geometry import Track
from prefect_expres.engine.limits import active_sources
from prefect_expres.engine.lines import LONGITUDES
from prefect_expres.engine.table import SourceTable
from prefect_expres.expres.configuration import Configuration, Frequency, Source

Reals = NDArray[np.float32]
FILL = np.float32(-1.0e31)
FEWEST_CHANNELS = 2
CHUNK = 64
"""Steps computed at once: about 1 MB an array of 781 channels and 3 components."""
INVALID = 1000.0
"""The misalignment, in half-widths, that stands for no emission."""


@dataclass(frozen=True)
class Lane:
    """One source on one field line: a source with LG_NBR n has n lanes.

    Attributes:
        source: The configuration's source.
        offset: What is added to the moon's longitude, degrees; None for a law's lead angle.
        law: The lead angle's law.
        shift: What is added to the law's line, degrees: -3, 0 or 3.
    """

    source: Source
    offset: float | None = None
    law: str = "hess2011"
    shift: float = 0.0


@dataclass(frozen=True)
class Emission:
    """What the observer sees of one lane; -1e31 where it is not visible.

    Attributes:
        longitude: West longitude of the active line, not wrapped, shape (nt,), degrees.
        highest: Maximum frequency, shape (nt,), MHz.
        highest_cmi: Maximum frequency of the maser, shape (nt,), MHz.
        theta: Half-angle of the model's cone, shape (nt, nf), degrees.
        azimuth: Observer's azimuth around the line from the inward normal, 0 to 180, same shape.
        plasma: Plasma frequency at the source, same shape, MHz.
        position: Shape (nt, nf, 3), radii.
    """

    longitude: Floats
    highest: Floats
    highest_cmi: Floats
    theta: Reals
    azimuth: Reals
    plasma: Reals
    position: Reals

    @property
    def visible(self) -> NDArray[np.bool_]:
        """Where the source is visible, bool, shape (nt, nf)."""
        return self.theta > FILL


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


def lanes(configuration: Configuration) -> list[Lane]:
    """List the field lines that are simulated, in the order of the result."""
    return [lane for source in active_sources(configuration) for lane in _lanes_of(source)]


def _lanes_of(source: Source) -> Iterator[Lane]:
    if source.lag_model not in {None, "", "off"}:
        yield Lane(source, law=str(source.lag_model))
    elif isinstance(source.lg_min, str):
        yield Lane(source, shift=float(source.lg_min.removeprefix("auto") or 0))
    else:
        step = (float(source.lg_max) - source.lg_min) / max(source.lg_nbr - 1, 1) or 1.0
        for index in range(source.lg_nbr):
            yield Lane(source, offset=source.lg_min + index * step)


def active_longitude(lane: Lane, moon: Track) -> Floats:
    """Find the line that is lit at every step, west longitude in degrees, not wrapped."""
    if lane.offset is not None:
        return moon.longitude + lane.offset
    lead = lead_angle(lane.law, lane.source.sat, moon.longitude, south=bool(lane.source.south))
    return moon.longitude - lead + lane.shift


def observe(
    lane: Lane,
    table: SourceTable,
    moon: Track,
    observer: Track,
    *,
    frequency: Floats,
    progress: Callable[[float], None],
) -> Emission:
    """Compute what the observer sees of one lane.

    Args:
        lane: The source and its line.
        table: The source region of the lane's hemisphere.
        moon: The moon that drives the source.
        observer: The observer.
        frequency: Shape (nf,), MHz.
        progress: Told the fraction that is done.
    """
    longitude = active_longitude(lane, moon)
    steps, channels = len(longitude), len(frequency)
    emission = Emission(
        longitude,
        _between(table.highest, longitude),
        _between(table.highest_cmi, longitude),
        theta=np.full((steps, channels), FILL),
        azimuth=np.full((steps, channels), FILL),
        plasma=np.full((steps, channels), FILL),
        position=np.full((steps, channels, 3), FILL),
    )
    seen_from = observer.position()
    for start in range(0, steps, CHUNK):
        part = slice(start, start + CHUNK)
        _observe_part(
            emission, part, lane.source, table, frequency=frequency, seen_from=seen_from[part]
        )
        progress(min(start + CHUNK, steps) / steps)
    return emission


def _observe_part(
    emission: Emission,
    part: slice,
    source: Source,
    table: SourceTable,
    *,
    frequency: Floats,
    seen_from: Floats,
) -> None:
    """Fill the steps of ``part``: a cell is visible if the line of sight lies in the cone."""
    longitude = emission.longitude[part]
    position = _between(table.position, longitude)
    direction = _between(table.direction, longitude)
    plasma = _between(table.plasma, longitude)
    sight = seen_from[:, None, :] - position
    sight /= np.linalg.norm(sight, axis=-1, keepdims=True)
    cosine = np.einsum("tfi,tfi->tf", sight, direction).clip(-1.0, 1.0)
    cone = cone_angle(source, frequency / emission.highest[part, None], plasma)
    seen = _aligned(cone, np.degrees(np.arccos(cosine)), float(source.width))
    across = sight[seen] - cosine[seen, None] * direction[seen]
    normal = _between(table.normal, longitude)[seen]
    emission.theta[part][seen] = cone[seen]
    emission.plasma[part][seen] = (np.sqrt(plasma) * frequency)[seen]
    emission.position[part][seen] = position[seen]
    emission.azimuth[part][seen] = _angle(across, normal)


def _aligned(cone: Floats, observed: Floats, width: float) -> NDArray[np.bool_]:
    """Compare cone and line of sight; the mean of two channels catches a cone that passes by."""
    distance = np.nan_to_num((cone - observed) / (width / 2.0), nan=INVALID)
    nearest = np.abs(distance)
    between = np.abs(distance[:, :-1] + distance[:, 1:]) / 2.0
    nearest[:, :-1] = np.minimum(nearest[:, :-1], between)
    return np.asarray((nearest < 1.0) & np.isfinite(cone))


def _angle(first: Floats, second: Floats) -> Floats:
    """Measure the angle between vectors, shape (n, 3), in degrees."""
    scale = np.linalg.norm(first, axis=-1) * np.linalg.norm(second, axis=-1)
    return np.asarray(
        np.degrees(np.arccos(((first * second).sum(axis=-1) / scale).clip(-1.0, 1.0)))
    )


def _between(values: Floats, longitude: Floats) -> Floats:
    """Interpolate a table over west longitude; it closes at 360°."""
    wrapped = longitude % LONGITUDES
    west = wrapped.astype(int) % LONGITUDES
    weight = (wrapped - np.floor(wrapped)).reshape(-1, *[1] * (values.ndim - 1))
    return np.asarray(values[west] * (1.0 - weight) + values[(west + 1) % LONGITUDES] * weight)


def gyrofrequency(source: Source, frequency: Floats) -> Floats:
    """Give FC as ExPRES writes it: the frequency, lowered by the electrons' motion, MHz."""
    return np.asarray(frequency * np.sqrt(1.0 - 2.0 * source.accel / ELECTRON_KEV))
