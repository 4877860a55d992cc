"""Earth and the Galilean moons, computed here: no network and no data files.

Positions come from astronomy-engine: VSOP87 shortened for the planets, L1.2 for the moons.
Against DE440 the sub-Earth point is within 0.004° and the distance within 7e-5 between 1990 and
2040 (1690 dates); Io's longitude is within 0.06°.
"""

import asyncio
from collections.abc import Iterator
from datetime import datetime
from importlib.metadata import version
from typing import Any, Literal

from astronomy import Body, HelioVector, JupiterMoons, Time
from pydantic import ConfigDict, Field

from prefect_expres.ephemeris.bodies import AU_KM, LIGHT_KM_S
from prefect_expres.ephemeris.model import Ephemeris, Span
from prefect_expres.ephemeris.provider import EphemerisSpec
from prefect_expres.ephemeris.rotation import Point, Vector, point_below
from prefect_expres.ephemeris.timescale import dynamical_seconds
from prefect_expres.net.clock import Clock

Moon = Literal["Io", "Europa", "Ganymede", "Callisto"]

_DAY_S = 86_400.0
_LIGHT_TIME_ROUNDS = 3
"""Each round leaves 4e-5 of the error: Jupiter moves by 13 km/s."""


class AnalyticEphemeris(EphemerisSpec):
    """Compute Earth's position here, without network: within 0.004 degrees."""

    model_config = ConfigDict(title="Earth, computed")

    kind: Literal["analytic"] = "analytic"
    observer: Literal["Earth"] = Field(
        "Earth", description="Only Earth is known here; take another source for spacecraft."
    )

    def identity(self) -> dict[str, Any]:
        """Give everything that decides the answer, except the times."""
        return {**super().identity(), "source": _source()}

    async def compute(self, span: Span, clock: Clock) -> Ephemeris:
        """Compute Earth's positions at the times of ``span``."""
        points = await asyncio.to_thread(lambda: tuple(_points(span)))
        return Ephemeris(span, points, _source(), self.observer, self.center)


def moon_phase(moon: Moon, start: datetime, light_time: float) -> float:
    """Give ``BODY.PHASE`` of a moon: its east longitude when the light left that arrives at t0.

    Args:
        moon: A Galilean moon.
        start: t0, the first time of the observer's ephemeris, UTC.
        light_time: Seconds that the light takes to the observer then.

    Returns:
        East longitude in System III, degrees in [0, 360).

    Example:
        >>> from datetime import UTC
        >>> round(moon_phase("Io", datetime(2018, 9, 13, tzinfo=UTC), light_time=2910.36), 1)
        319.6
    """
    seconds = dynamical_seconds(start) - light_time
    position = getattr(JupiterMoons(_time(seconds)), moon.lower())
    return point_below(_km(position), seconds).longitude


def _source() -> str:
    return f"astronomy-engine {version('astronomy-engine')} with the IAU rotation of Jupiter"


def _points(span: Span) -> Iterator[Point]:
    for moment in span.times():
        seconds = dynamical_seconds(moment)
        earth = _km(HelioVector(Body.Earth, _time(seconds)))
        light_time = 0.0
        for _ in range(_LIGHT_TIME_ROUNDS):
            emitted = seconds - light_time
            jupiter = _km(HelioVector(Body.Jupiter, _time(emitted)))
            point = point_below(_difference(earth, jupiter), emitted)
            light_time = point.distance / LIGHT_KM_S
        yield point


def _time(seconds: float) -> Time:
    """Build a time from TT: the library derives it from UTC by a model of the Earth's rotation."""
    return Time.FromTerrestrialTime(seconds / _DAY_S)


def _km(position: Any) -> Vector:
    return position.x * AU_KM, position.y * AU_KM, position.z * AU_KM


def _difference(one: Vector, other: Vector) -> Vector:
    return one[0] - other[0], one[1] - other[1], one[2] - other[2]
