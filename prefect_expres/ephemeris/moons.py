"""Where the moons of the planets are: ``BODY.PHASE``, computed here or by any other source.

The Galilean moons are computed here with L1.2 of astronomy-engine: Io is within 0.06° of JPL's
orbit. So are those of Saturn and Uranus, by theories of their own: within 0.05° of JPL's between
1970 and 2050, Mimas within 0.1°. Hyperion, whose orbit no short series follows, and Triton need a
source that knows them, as Horizons.
"""

import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal, get_args

from astronomy import JupiterMoons, Time

from prefect_expres.ephemeris.bodies import AU_KM, LIGHT_KM_S
from prefect_expres.ephemeris.model import MIN_ROWS, Span
from prefect_expres.ephemeris.moon_theories import orbital_vector
from prefect_expres.ephemeris.planets import PLANETS
from prefect_expres.ephemeris.provider import EphemerisSpec, ObserverSpec
from prefect_expres.ephemeris.rotation import Vector, point_below, rotated_back
from prefect_expres.ephemeris.timescale import dynamical_seconds
from prefect_expres.errors import EphemerisError
from prefect_expres.net.clock import Clock

Galilean = Literal["Io", "Europa", "Ganymede", "Callisto"]
Saturnian = Literal["Mimas", "Enceladus", "Tethys", "Dione", "Rhea", "Titan", "Hyperion", "Iapetus"]
Uranian = Literal["Miranda", "Ariel", "Umbriel", "Titania", "Oberon"]
Neptunian = Literal["Triton"]
Moon = Literal[Galilean, Saturnian, Uranian, Neptunian]

MOONS: Mapping[str, tuple[str, ...]] = {
    "Jupiter": get_args(Galilean),
    "Saturn": get_args(Saturnian),
    "Uranus": get_args(Uranian),
    "Neptune": get_args(Neptunian),
}
"""The main moons of each planet."""

_ASKED = ("Hyperion", "Triton")
COMPUTED: Mapping[str, str] = {
    moon: planet for planet, moons in MOONS.items() for moon in moons if moon not in _ASKED
}
"""The moons that need no source, and their planets."""
_DAY_S = 86_400.0


def moon_phase(moon: str, start: datetime, light_time: float) -> float:
    """Give ``BODY.PHASE`` of a moon: its east longitude when the light left that arrives at t0.

    Args:
        moon: A moon of ``MOONS``, but Hyperion and Triton.
        start: t0, the first time of the observer's ephemeris, UTC.
        light_time: Seconds that the light takes to the observer then.

    Returns:
        East longitude in the system of the planet's fields, degrees in [0, 360).

    Raises:
        EphemerisError: The moon is not computed here.

    Example:
        >>> from datetime import UTC
        >>> round(moon_phase("Io", datetime(2018, 9, 13, tzinfo=UTC), light_time=2910.36), 1)
        319.6
    """
    if moon not in COMPUTED:
        msg = (
            f"{moon} is not computed here; take a source that knows it: horizons, webgeocalc, or "
            "spice with a kernel of the planet's moons"
        )
        raise EphemerisError(msg)
    seconds, planet = dynamical_seconds(start) - light_time, COMPUTED[moon]
    galilean = planet == "Jupiter"
    vector = _galilean(moon, seconds) if galilean else orbital_vector(planet, moon, seconds)
    return point_below(PLANETS[planet], vector, seconds).longitude


def _galilean(moon: str, seconds: float) -> Vector:
    """Give a position from Jupiter, in the J2000 frame, km."""
    found = getattr(JupiterMoons(Time.FromTerrestrialTime(seconds / _DAY_S)), moon.lower())
    return found.x * AU_KM, found.y * AU_KM, found.z * AU_KM


async def phase_from(
    source: EphemerisSpec, moon: str, start: datetime, light_time: float, clock: Clock
) -> float:
    """Give ``BODY.PHASE`` of a moon of a source's planet, from that source unless computed here.

    Args:
        source: The source, which is asked for the moon as an observer.
        moon: Name of the moon.
        start: t0, the first time of the observer's ephemeris, UTC.
        light_time: Seconds that the light takes to the observer then.
        clock: Sleeps between requests to a service.

    Returns:
        East longitude in the system of the planet's fields, degrees in [0, 360).

    Raises:
        EphemerisUnavailable: The source does not answer now.
        EphemerisError: The source does not know the moon, or the planet has no such moon.
    """
    if moon not in (known := MOONS.get(source.center, ())):
        msg = f"{moon!r} is no moon of {source.center}; take one of {', '.join(known) or 'none'}"
        raise EphemerisError(msg)
    if moon in COMPUTED or not isinstance(source, ObserverSpec):
        return moon_phase(moon, start, light_time)
    emitted = start - timedelta(seconds=light_time)
    whole = emitted.replace(microsecond=0)
    asked = source.model_copy(update={"observer": moon})
    first, second, *_ = (await asked.compute(Span(whole, 1, MIN_ROWS), clock)).points
    # The point below the moon is that of when light left the planet; the phase is that of now.
    here = rotated_back(source.planet, first, -first.distance / LIGHT_KM_S)
    drift = math.remainder(second.longitude - first.longitude, 360.0)
    return (here.longitude + drift * (emitted - whole).total_seconds()) % 360.0
