"""Positions that ExPRES asks the web for, computed from the offline ephemeris instead.

They are those of an observer whose positions are not in the file, and of moons with the phase
``auto``; ExPRES takes any text for it. The package of ephemerides is imported where it is needed:
that takes longer than most refusals.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np

from prefect_expres.engine.errors import EngineError
from prefect_expres.engine.harmonics import Floats
from prefect_expres.engine.limits import active_sources, is_satellite, moon
from prefect_expres.engine.radii import radius_km
from prefect_expres.errors import EphemerisError
from prefect_expres.expres.configuration import Body, Configuration, Observer
from prefect_expres.expres.vocabulary import KM_IN_A_RADIUS

UNNAMED = "Earth"
"""Whom ExPRES takes for a fixed observer without a name."""
PHASE_DIGITS = 3
"""As in a configuration whose moons an ephemeris has set."""


def observer_name(observer: Observer) -> str:
    """Give the name of the observer whose positions are looked for."""
    return observer.sc or UNNAMED


def is_automatic(observer: Observer) -> bool:
    """Say whether ExPRES asks for the observer's positions: no file and no numbers give them."""
    if observer.type == "Fixed":
        return isinstance(observer.fixe_dist, str)
    return observer.type == "Pre-Defined" and not observer.ephem


def observer_positions(observer: Observer, moments: Sequence[datetime]) -> Floats:
    """Compute where an observer is at some times.

    Returns:
        West longitude, latitude and distance in planetary radii, shape (3, nt).

    Raises:
        EngineError: The offline ephemeris does not know the observer, or not at these times.
    """
    from prefect_expres.ephemeris import AnalyticEphemeris  # noqa: PLC0415 - heavy

    name, planet = observer_name(observer), observer.parent
    try:
        source = AnalyticEphemeris.model_validate({"observer": name, "center": planet})
    except ValueError:
        start = f"--center {planet} --start {moments[0]:%Y-%m-%dT%H:%M:%S}"
        msg = (
            f"OBSERVER.SC: {name!r}: the engine computes only Earth's positions, and asks no web "
            f"service; give an ephemeris, as --ephemeris horizons, or the file that prefect-expres "
            f"ephemeris {name} {start} --source horizons writes"
        )
        raise EngineError(msg) from None
    try:
        points = np.array(source.points(moments))
    except EphemerisError as fault:
        msg = f"OBSERVER.SCTIME: {fault}; take a later start, or give an ephemeris file"
        raise EngineError(msg) from None
    east, latitude, distance = points.T
    return np.stack([(360.0 - east) % 360.0, latitude, distance / KM_IN_A_RADIUS[planet]])


def automatic_phases(
    configuration: Configuration, start: datetime, distance: float
) -> Mapping[str, float]:
    """Compute where the sources' moons with an automatic phase were when the light left them.

    Args:
        configuration: The configuration as it is in the file.
        start: When the light arrives, UTC.
        distance: Of the observer then, planetary radii.

    Returns:
        East longitude by moon, degrees.

    Raises:
        EngineError: The offline ephemeris does not know the moon, or the observer orbits.
    """
    sources = filter(is_satellite, active_sources(configuration))
    moons = (moon(configuration, source.sat) for source in sources)
    return {
        body.name: _phase(body, configuration, start, distance)
        for body in moons
        if isinstance(body.phase, str)
    }


def with_phases(configuration: Configuration, phases: Mapping[str, float]) -> Configuration:
    """Write the phases of moons into a configuration."""
    body = [
        each.model_copy(update={"phase": phases[each.name]}) if each.name in phases else each
        for each in configuration.body
    ]
    return configuration.model_copy(update={"body": body})


def _phase(body: Body, configuration: Configuration, start: datetime, distance: float) -> float:
    from prefect_expres.ephemeris import MOONS, moon_phase  # noqa: PLC0415 - heavy
    from prefect_expres.ephemeris.bodies import LIGHT_KM_S  # noqa: PLC0415 - heavy

    problem = f"BODY {body.name}: PHASE {body.phase!r}"
    remedy = "write its east longitude at the start as a number"
    if configuration.observer.type == "Orbiter":
        msg = f"{problem}: ExPRES stops at it if the observer is an Orbiter; {remedy}"
        raise EngineError(msg)
    if body.name not in MOONS.get(body.parent, ()):
        known = ", ".join(MOONS.get(body.parent, ())) or "none"
        msg = f"{problem}: no such moon of {body.parent} is known here, but {known}; {remedy}"
        raise EngineError(msg)
    light_time = distance * radius_km(configuration) / LIGHT_KM_S
    try:
        return round(moon_phase(body.name, start, light_time), PHASE_DIGITS)
    except EphemerisError as fault:
        msg = f"{problem}: {fault}; or {remedy}"
        raise EngineError(msg) from None
