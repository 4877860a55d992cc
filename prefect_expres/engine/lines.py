"""Field lines of 360 integer west longitudes, traced from the weak field down into the planet.

A line ends at 0.9 radii, below the surface, so that every frequency of the source region lies on
it. Both hemispheres have a line at each longitude; the northern ones end in the north. Where all
meridians have the same field, the lines of one are traced and turned.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from prefect_expres.engine.errors import EngineError
from prefect_expres.engine.field import magnetic_field
from prefect_expres.engine.field_models import FieldModel
from prefect_expres.engine.harmonics import Floats
from prefect_expres.expres.vocabulary import Lines

NORTH, SOUTH = 0, 1
LONGITUDES = 360
FLOOR, CEILING = 0.9, 200.0
"""Where lines end, radii."""
STEP = 0.005
"""Arc length of a step in units of the distance: between the steps, too, the table is exact."""
MOST_STEPS = 4000
SCANNED_DEGREES = 80
BISECTIONS = 40


class Family(NamedTuple):
    """The lines of all longitudes that have the same number.

    Attributes:
        kind: How the number is meant.
        number: The planetocentric latitude at which they reach one equatorial radius, degrees; the
            distance at which they cross the rotational equator (L-shell), or that of their apex
            (M-shell), radii.
    """

    kind: Lines
    number: int


@dataclass(frozen=True)
class FieldLines:
    """Field lines of both hemispheres, from the weak field inward.

    Attributes:
        position: Shape (2, 360, points, 3), radii; after a line's end its last point is repeated.
        field: Shape (2, 360, points, 3), nT.
        count: Shape (2, 360), the number of points of each line.
    """

    position: Floats
    field: Floats
    count: NDArray[np.int64]


def trace(model: FieldModel, family: Family, step: float = STEP) -> FieldLines:
    """Follow the lines of a family to both hemispheres by Runge-Kutta steps of fourth order.

    Args:
        model: The field.
        family: Which of its lines.
        step: Arc length of a step in units of the distance.

    Raises:
        EngineError: A line does not come back to the planet.
    """
    meridians = np.arange(1.0 if model.is_axisymmetric else LONGITUDES)
    start = _STARTS[family.kind](model, family.number, meridians)
    if family.kind is Lines.LATITUDE:
        inward = -np.sign(_outward_field(model, start))[:, None]
        start = _follow(model, start, -inward, step, _climbs).end
    else:
        inward = np.repeat([-1.0, 1.0], meridians.size)[:, None] * (1 if model.points_north else -1)
    lines = _follow(model, start, inward, step, _is_above_floor)
    shape = (2, meridians.size, -1, 3)
    return FieldLines(
        _all_around(lines.position.reshape(shape)),
        _all_around(lines.field.reshape(shape)),
        np.broadcast_to(lines.steps.reshape(2, -1), (2, LONGITUDES)),
    )


def _all_around(vectors: Floats) -> Floats:
    """Turn the vectors of the only meridian to all of them; shape (2, meridians, points, 3)."""
    if vectors.shape[1] == LONGITUDES:
        return vectors
    east = np.radians(-np.arange(LONGITUDES))[:, None]
    x, y, z = np.moveaxis(vectors, -1, 0)
    turned = x * np.cos(east) - y * np.sin(east), x * np.sin(east) + y * np.cos(east)
    return np.stack([*turned, np.broadcast_to(z, turned[0].shape)], axis=-1)


def _on_sphere(radius: float, latitude: Floats | float, meridians: Floats) -> Floats:
    """Place a point on each meridian; longitudes are west, all angles in degrees."""
    east, north = np.radians(-meridians), np.radians(latitude)
    level = radius * np.cos(north) * np.ones(meridians.size)
    height = radius * np.sin(north) * np.ones(meridians.size)
    return np.stack([level * np.cos(east), level * np.sin(east), height], axis=1)


def _at_surface(_: FieldModel, latitude: int, meridians: Floats) -> Floats:
    return np.concatenate([_on_sphere(1.0, each, meridians) for each in (latitude, -latitude)])


def _on_equator(_: FieldModel, distance: int, meridians: Floats) -> Floats:
    return np.tile(_on_sphere(distance, 0.0, meridians), (2, 1))


def _at_apex(model: FieldModel, distance: int, meridians: Floats) -> Floats:
    """Find where the field is level, on each meridian nearest to the equator, by bisection."""

    def outward(latitude: Floats) -> Floats:
        return _outward_field(model, _on_sphere(distance, latitude, meridians))

    scanned = np.arange(-SCANNED_DEGREES, SCANNED_DEGREES + 1)
    north_of = np.stack([outward(np.full(meridians.size, float(each))) > 0 for each in scanned])
    changes = np.diff(north_of, axis=0)
    if not changes.any(axis=0).all():
        msg = f"SOURCE.LAT {distance}: no M-shell has its apex there; use another distance"
        raise EngineError(msg)
    remote = np.where(changes, np.abs(scanned[:-1] + 0.5)[:, None], np.inf)
    low = scanned[remote.argmin(axis=0)].astype(float)
    high = low + 1.0
    below = outward(low) > 0
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        same = (outward(middle) > 0) == below
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    return np.tile(_on_sphere(distance, low, meridians), (2, 1))


def _outward_field(model: FieldModel, point: Floats) -> Floats:
    return np.asarray((magnetic_field(model, point) * point).sum(axis=1))


_STARTS: dict[Lines, Callable[[FieldModel, int, Floats], Floats]] = {
    Lines.LATITUDE: _at_surface,
    Lines.L_SHELL: _on_equator,
    Lines.M_SHELL: _at_apex,
}


class _Path(NamedTuple):
    position: Floats
    field: Floats
    steps: NDArray[np.int64]

    @property
    def end(self) -> Floats:
        return np.asarray(self.position[:, -1])


def _climbs(before: Floats, after: Floats) -> NDArray[np.bool_]:
    reached = np.linalg.norm(after, axis=1)
    return np.asarray((reached > np.linalg.norm(before, axis=1)) & (reached < CEILING))


def _is_above_floor(_: Floats, after: Floats) -> NDArray[np.bool_]:
    return np.asarray(np.linalg.norm(after, axis=1) > FLOOR)


def _follow(
    model: FieldModel,
    point: Floats,
    sense: Floats,
    step: float,
    goes_on: Callable[[Floats, Floats], NDArray[np.bool_]],
) -> _Path:
    """Step along the field, or against it where ``sense`` is -1, until all lines have ended."""
    points, fields = [point], [magnetic_field(model, point)]
    active = np.ones(len(point), dtype=bool)
    arcs = step * sense
    count = np.ones(len(point), dtype=np.int64)
    while active.any():
        if len(points) > MOST_STEPS:
            msg = "SOURCE.LAT: field lines do not return to the planet; use a nearer source"
            raise EngineError(msg)
        point = points[-1].copy()
        point[active] = _step(model, point[active], fields[-1][active], arcs[active])
        field = fields[-1].copy()
        field[active] = magnetic_field(model, point[active])
        count += active
        active &= goes_on(points[-1], point)
        points.append(point)
        fields.append(field)
    return _Path(np.stack(points, axis=1), np.stack(fields, axis=1), count)


def _step(model: FieldModel, point: Floats, field: Floats, arc: Floats) -> Floats:
    """Take one Runge-Kutta step along the unit field; its length is in units of the distance."""
    arc = arc * np.linalg.norm(point, axis=1, keepdims=True)
    first = _unit(field)
    second = _unit(magnetic_field(model, point + arc / 2 * first))
    third = _unit(magnetic_field(model, point + arc / 2 * second))
    fourth = _unit(magnetic_field(model, point + arc * third))
    return np.asarray(point + arc / 6 * (first + 2 * second + 2 * third + fourth))


def _unit(vector: Floats) -> Floats:
    return np.asarray(vector / np.linalg.norm(vector, axis=-1, keepdims=True))
