"""Planets seen from Earth or its Moon, computed here: no network and no data of others.

Positions come from astronomy-engine, whose planets are VSOP87 shortened, with corrections for the
outer planets. Against DE440 the point below the observer is within 0.003° in longitude and 0.002°
in latitude, and the distance within 7e-5, between 1990 and 2040.
"""

import asyncio
from collections.abc import Iterable
from datetime import datetime
from importlib.metadata import version
from typing import Annotated, Any, Literal, Self

from astronomy import Body, GeoMoon, HelioVector, Time
from pydantic import ConfigDict, Field, model_validator

from prefect_expres.ephemeris.bodies import AU_KM, LIGHT_KM_S
from prefect_expres.ephemeris.model import Ephemeris, Span
from prefect_expres.ephemeris.planets import Planet
from prefect_expres.ephemeris.provider import EphemerisSpec
from prefect_expres.ephemeris.rotation import Point, Vector, point_below
from prefect_expres.ephemeris.timescale import dynamical_seconds
from prefect_expres.ephemeris.vsop_corrections import correction
from prefect_expres.expres.routine import in_any_case
from prefect_expres.net.clock import Clock

_DAY_S = 86_400.0
_LIGHT_TIME_ROUNDS = 3
"""Each round leaves 2e-4 of the error or less: planets move by up to 59 km/s."""


class AnalyticEphemeris(EphemerisSpec):
    """Compute a planet seen from Earth or its Moon here, without network: within 0.005 degrees."""

    model_config = ConfigDict(title="Earth, computed")

    kind: Literal["analytic"] = "analytic"
    observer: Annotated[Literal["Earth", "Moon"], in_any_case(("Earth", "Moon"))] = Field(
        "Earth",
        description="Earth, or its Moon; take another source for spacecraft. Earth itself as the "
        "centre is seen from the Moon.",
    )

    @model_validator(mode="after")
    def _not_itself(self) -> Self:
        if self.observer == self.center:
            msg = "Earth is not seen from itself; take the observer Moon, or another source"
            raise ValueError(msg)
        return self

    def identity(self) -> dict[str, Any]:
        """Give everything that decides the answer, except the times."""
        return {**super().identity(), "source": _source(self.planet)}

    async def compute(self, span: Span, clock: Clock) -> Ephemeris:
        """Compute the observer's positions at the times of ``span``."""
        points = await asyncio.to_thread(self.points, span.times())
        return Ephemeris(span, points, _source(self.planet), self.observer, self.center)

    def points(self, moments: Iterable[datetime]) -> tuple[Point, ...]:
        """Compute the observer's positions at any times, UTC.

        Raises:
            EphemerisError: A time lies before 1972.
        """
        return tuple(_point(self.planet, self.observer, moment) for moment in moments)


def _source(planet: Planet) -> str:
    return f"astronomy-engine {version('astronomy-engine')} with the IAU rotation of {planet.name}"


def _point(planet: Planet, observer: str, moment: datetime) -> Point:
    seconds = dynamical_seconds(moment)
    there = _observer(observer, seconds)
    point, light_time = Point(0.0, 0.0, 0.0), 0.0
    for _ in range(_LIGHT_TIME_ROUNDS):
        emitted = seconds - light_time
        vector = _difference(there, _heliocentric(planet.name, emitted))
        point = point_below(planet, vector, emitted)
        light_time = point.distance / LIGHT_KM_S
    return point


def _observer(name: str, seconds: float) -> Vector:
    earth = _heliocentric("Earth", seconds)
    return earth if name == "Earth" else _sum(earth, _km(GeoMoon(_time(seconds))))


def _heliocentric(planet: str, seconds: float) -> Vector:
    """Give a planet's position, in the J2000 frame, km."""
    position = _km(HelioVector(getattr(Body, planet), _time(seconds)))
    return _sum(position, correction(planet, seconds))


def _time(seconds: float) -> Time:
    """Build a time from TT: the library derives it from UTC by a model of the Earth's rotation."""
    return Time.FromTerrestrialTime(seconds / _DAY_S)


def _km(position: Any) -> Vector:
    return position.x * AU_KM, position.y * AU_KM, position.z * AU_KM


def _sum(one: Vector, other: Vector) -> Vector:
    return one[0] + other[0], one[1] + other[1], one[2] + other[2]


def _difference(one: Vector, other: Vector) -> Vector:
    return one[0] - other[0], one[1] - other[1], one[2] - other[2]
