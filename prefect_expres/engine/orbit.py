"""Orbits as ExPRES steps along them, which is not quite as Kepler has them.

ExPRES divides the ellipse into nodes, gives each an angular speed, and adds up speed times time
step. It takes the speed's part along the radius for the wrong fraction, and the angle past a node
in radians for the part of the interval. So the period is that of Kepler for circles only, and for
an ellipse of 12 by 9 radii it is 1.21 times as long. All of it shapes the result, and is kept.
"""

from dataclasses import dataclass

import numpy as np

from prefect_expres.engine.errors import EngineError
from prefect_expres.engine.harmonics import Floats

NODES = 3600
TURN = 2.0 * np.pi


@dataclass(frozen=True)
class Orbit:
    """An ellipse around the planet, in planetary radii and degrees.

    Attributes:
        semi_major: Semi-major axis.
        semi_minor: Semi-minor axis.
        start: Eccentric anomaly at the start, counted from the apoapsis.
        inclination: Of the plane of the orbit, about the line of the apsides.
        apoapsis_latitude: ``DECLINATION`` or ``DECL``.
        apoapsis_longitude: ``APO_LONG`` or ``SUBL``.
    """

    semi_major: float
    semi_minor: float
    start: float
    inclination: float
    apoapsis_latitude: float
    apoapsis_longitude: float

    def __post_init__(self) -> None:
        """Refuse what is no ellipse."""
        if not self.semi_major >= self.semi_minor > 0:
            msg = (
                f"SEMI_MAJ {self.semi_major}, SEMI_MIN {self.semi_minor}: an orbit needs "
                "0 < SEMI_MIN ≤ SEMI_MAJ"
            )
            raise EngineError(msg)


def follow(orbit: Orbit, minutes: Floats, period: float) -> tuple[Floats, Floats, Floats]:
    """Step along an orbit in the frame that does not rotate.

    Args:
        orbit: The orbit.
        minutes: Evenly spaced times, shape (nt,).
        period: Of an orbit at one radius, ``ORB_PER``, minutes.

    Returns:
        East longitude (0 to 360) and latitude in degrees, and distance in radii, each shape (nt,).
    """
    angle, radius = _in_plane(orbit, minutes, period)
    tilt = np.radians(orbit.inclination)
    x, y = radius * np.cos(angle), radius * np.sin(angle)
    east = np.arctan2(y * np.cos(tilt), x) % TURN
    north = np.arctan2(y * np.sin(tilt), np.hypot(x, y * np.cos(tilt)))
    north -= np.radians(orbit.apoapsis_latitude) * np.cos(east)
    east -= np.radians(orbit.apoapsis_longitude)
    return np.degrees(east) % 360.0, np.degrees(north), radius


def _in_plane(orbit: Orbit, minutes: Floats, period: float) -> tuple[Floats, Floats]:
    """Step along the nodes: the angle from the apoapsis and the distance at each time."""
    node = np.radians(orbit.start) + np.arange(NODES) * TURN / NODES
    centre = np.sqrt(orbit.semi_major**2 - orbit.semi_minor**2)
    x, y = orbit.semi_major * np.cos(node) + centre, orbit.semi_minor * np.sin(node)
    radius, angle = np.hypot(x, y), np.arctan2(y, x) % TURN
    ahead = np.roll(radius, -1)
    slope = 2.0 * np.abs(ahead - radius) / (ahead + radius) * NODES / TURN
    speed = np.sqrt(2.0 / radius - 1.0 / orbit.semi_major) / radius / (1.0 + slope)
    speed *= TURN / period
    step = minutes[1] - minutes[0]
    reached = np.empty((2, len(minutes)))
    place = angle[0]
    for index in range(len(minutes)):
        if index:
            place = (place + _between_nodes(angle, speed, place) * step) % TURN
        reached[:, index] = place, _between_nodes(angle, radius, place)
    return reached[0], reached[1]


def _between_nodes(angle: Floats, values: Floats, place: float) -> float:
    """Mix the values of the node behind and of the next by the radians past the former."""
    behind = int(np.abs(angle - place).argmin())
    if angle[behind] > place:
        behind = (behind - 1) % NODES
    past = place - angle[behind]
    return float((1.0 - past) * values[behind] + past * values[(behind + 1) % NODES])
