"""Field lines of 360 integer west longitudes, traced once and kept in a cache.

A line starts on the rotational equator at the distance of the shell and is followed to both
hemispheres down to 0.9 radii, below the surface, so that every frequency of the source region
lies on it.
"""

import hashlib
import json
import os
import tempfile
import zipfile
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np

from prefect_expres.engine.errors import EngineError
from prefect_expres.engine.field import (
    FieldModel,
    Floats,
    coefficient_bytes,
    magnetic_field,
)

NORTH, SOUTH = 0, 1
LONGITUDES = 360
FLOOR = 0.9
STEP = 0.01
"""Arc length of a step in units of the distance: 1 % traces to 1e-6 radii."""
MOST_STEPS = 4000
METHOD = "rk4-1"
"""Change this when the tracing changes: it is a part of the cache's key."""


@dataclass(frozen=True)
class FieldLines:
    """Both halves of the field lines of one shell, from the equator inward.

    Attributes:
        position: Shape (2, 360, points, 3), radii; after a line's end its last point is repeated.
        field: Shape (2, 360, points, 3), nT.
        count: Shape (2, 360), the number of points of each line.
    """

    position: Floats
    field: Floats
    count: np.ndarray[tuple[int, ...], np.dtype[np.int64]]


def field_lines(model: FieldModel, shell: int, cache: Path) -> FieldLines:
    """Load the lines from the cache, or trace them and store them there.

    Args:
        model: The field model.
        shell: Equatorial distance of the lines, radii.
        cache: The directory of the tables; several processes may share it.
    """
    table = cache / f"lines-{shell}-{_signature(model, shell)}.npz"
    stored = _load(table)
    if stored is not None:
        return stored
    lines = trace(model, shell)
    _store(lines, table)
    return lines


def trace(model: FieldModel, shell: float) -> FieldLines:
    """Follow the lines of a shell to both hemispheres by Runge-Kutta steps of fourth order.

    Raises:
        EngineError: A line does not come back to the planet.
    """
    east = np.radians(-np.arange(LONGITUDES))
    start = shell * np.stack([np.cos(east), np.sin(east), np.zeros(LONGITUDES)], axis=1)
    point = np.concatenate([start, start])
    # The field of Jupiter points south at the equator: northward is against it.
    sense = np.repeat([-1.0, 1.0], LONGITUDES)[:, None]
    points, fields = [point], [magnetic_field(model, point)]
    active = np.ones(len(point), dtype=bool)
    count = np.ones(len(point), dtype=np.int64)
    while active.any():
        if len(points) > MOST_STEPS:
            msg = f"Field lines of shell {shell} do not return to the planet; use a nearer body"
            raise EngineError(msg)
        point = point.copy()
        point[active] = _step(model, point[active], fields[-1][active], sense[active])
        field = fields[-1].copy()
        field[active] = magnetic_field(model, point[active])
        points.append(point)
        fields.append(field)
        count += active
        active &= np.linalg.norm(point, axis=1) > FLOOR
    shape = (2, LONGITUDES, len(points), 3)
    return FieldLines(
        np.stack(points, axis=1).reshape(shape),
        np.stack(fields, axis=1).reshape(shape),
        count.reshape(2, LONGITUDES),
    )


def _step(model: FieldModel, point: Floats, field: Floats, sense: Floats) -> Floats:
    """Take one Runge-Kutta step along the unit field."""
    arc = STEP * np.linalg.norm(point, axis=1, keepdims=True) * sense
    first = _unit(field)
    second = _unit(magnetic_field(model, point + arc / 2 * first))
    third = _unit(magnetic_field(model, point + arc / 2 * second))
    fourth = _unit(magnetic_field(model, point + arc * third))
    return np.asarray(point + arc / 6 * (first + 2 * second + 2 * third + fourth))


def _unit(vector: Floats) -> Floats:
    return np.asarray(vector / np.linalg.norm(vector, axis=-1, keepdims=True))


def _signature(model: FieldModel, shell: int) -> str:
    """Hash everything that changes the table."""
    facts = {
        **asdict(model),
        "coefficients": hashlib.sha256(coefficient_bytes(model.internal)).hexdigest(),
        "con2020": version("con2020"),
        "tracing": [METHOD, STEP, FLOOR, LONGITUDES, shell],
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:24]


def _load(table: Path) -> FieldLines | None:
    """Read a table; None if it is missing or damaged."""
    try:
        with table.open("rb") as stream, np.load(stream) as stored:
            return FieldLines(stored["position"], stored["field"], stored["count"])
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return None


def _store(lines: FieldLines, table: Path) -> None:
    """Write a table atomically: no reader sees a part of it."""
    table.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=table.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as stream:
            np.savez(stream, position=lines.position, field=lines.field, count=lines.count)
        Path(name).replace(table)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
