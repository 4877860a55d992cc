"""Put an ephemeris into a configuration: the observer, the times, and the moons' positions."""

import re
from datetime import datetime
from typing import Any

from prefect_expres.ephemeris.model import Ephemeris, Span
from prefect_expres.ephemeris.moons import COMPUTED, MOONS, moon_phase, phase_from
from prefect_expres.ephemeris.provider import EphemerisSpec, ObserverSpec
from prefect_expres.errors import EphemerisError
from prefect_expres.expres import Configuration
from prefect_expres.expres.time_axis import start_of
from prefect_expres.net.clock import Clock


def span_of(configuration: Configuration) -> Span:
    """Give the times for which a configuration needs its observer.

    They begin at ``OBSERVER.SCTIME`` and are ``TIME.NBR`` in number. ExPRES divides the time by
    NBR, and by NBR - 1 where an ephemeris file gives it; the one that gives whole seconds is taken.

    Raises:
        EphemerisError: The start is missing, or no step in whole seconds fits.
    """
    start, time = start_of(configuration), configuration.time
    if start is None:
        msg = (
            f"OBSERVER.SCTIME: {configuration.observer.sctime!r} is not a date, and an ephemeris "
            "is to be computed: write there when it begins, in UTC, as YYYYMMDDHHMM"
        )
        raise EphemerisError(msg)
    seconds = (time.max - time.min) * 60
    for intervals in (time.nbr, time.nbr - 1):
        if seconds > 0 and not seconds % intervals:
            return Span(start, int(seconds // intervals), time.nbr)
    msg = (
        f"TIME: {time.nbr} times in {time.max - time.min} minutes are not whole seconds apart, "
        "as an ephemeris file needs; change MAX or NBR"
    )
    raise EphemerisError(msg)


def with_observer(configuration: Configuration, ephemeris: Ephemeris) -> Configuration:
    """Give the configuration its observer from an ephemeris file, and its moons their phases.

    ``OBSERVER`` becomes Pre-Defined with the file's name, ``SCTIME`` and ``TIME`` what ExPRES makes
    of the file, and ``PHASE`` of each moon that is computed here its east longitude when the light
    left.

    Raises:
        EphemerisError: The ephemeris is about another planet than the observer's.
        ConfigurationError: The configuration breaks rules.
    """
    planet = configuration.observer.parent
    if planet != ephemeris.center:
        msg = (
            f"OBSERVER.PARENT: {planet!r}: the ephemeris is about {ephemeris.center}; set center "
            f"of its source to {planet}, or give a file that OBSERVER.EPHEM names"
        )
        raise EphemerisError(msg)
    content = configuration.content()
    content["OBSERVER"] |= {
        "TYPE": "Pre-Defined",
        "EPHEM": file_name(ephemeris),
        "SC": configuration.observer.sc or ephemeris.observer,
    }
    span = ephemeris.span
    if start_of(configuration) != span.start:
        content["OBSERVER"] |= {"SCTIME": sctime(span.start)}
    minutes = minutes_of(span.step * (span.count - 1) / 60)
    content["TIME"] |= {"MIN": 0, "MAX": minutes, "NBR": span.count}
    set_phases(content, span.start, ephemeris.light_times[0])
    return Configuration.from_mapping(content)


def set_phases(content: dict[str, Any], start: datetime, light_time: float) -> dict[str, float]:
    """Set ``PHASE`` of each moon that is computed here to its east longitude when the light left.

    Args:
        content: The content of a configuration, which is changed.
        start: When the light arrives at the observer, UTC.
        light_time: Seconds that it took.

    Returns:
        The phases by moon.
    """
    planet = content["OBSERVER"]["PARENT"]
    phases = {}
    for body in content["BODY"]:
        if body["PARENT"] == planet == COMPUTED.get(body["NAME"]):
            phase = round(moon_phase(body["NAME"], start, light_time), 3)
            phases[body["NAME"]] = body["PHASE"] = phase
    return phases


async def with_asked_phases(
    configuration: Configuration, ephemeris: Ephemeris, source: EphemerisSpec, clock: Clock
) -> tuple[Configuration, tuple[str, ...]]:
    """Ask the source of an ephemeris for ``PHASE`` of the moons that are not computed here.

    Returns:
        The configuration, and notes of what was set, or left since the source knows no moons.

    Raises:
        EphemerisUnavailable: The source does not answer now.
        EphemerisError: The source does not know a moon.
    """
    content, notes = configuration.content(), []
    for body in content["BODY"]:
        if not body["ON"] or body["NAME"] not in {*MOONS.get(body["PARENT"], ())} - {*COMPUTED}:
            continue
        if not isinstance(source, ObserverSpec):
            notes.append(
                f"PHASE of {body['NAME']} is left at {body['PHASE']}°: {source.kind} does not know "
                "it; horizons, webgeocalc or spice may"
            )
            continue
        start, light_time = ephemeris.span.start, ephemeris.light_times[0]
        phase = await phase_from(source, body["NAME"], start, light_time, clock)
        body["PHASE"] = round(phase, 3)
        notes.append(f"PHASE of {body['NAME']} is set to {body['PHASE']}°, from {source.kind}")
    return Configuration.from_mapping(content), tuple(notes)


def sctime(start: datetime) -> str:
    """Write a start as ``OBSERVER.SCTIME``: with seconds only if there are any."""
    return f"{start:%Y%m%d%H%M%S}" if start.second else f"{start:%Y%m%d%H%M}"


def minutes_of(minutes: float) -> float | int:
    """Write minutes as whole ones if they are."""
    return int(minutes) if minutes.is_integer() else minutes


def file_name(ephemeris: Ephemeris) -> str:
    """Name the file of an ephemeris, as ``earth-jupiter-20180913.csv``."""
    parts = (ephemeris.observer, ephemeris.center, f"{ephemeris.span.start:%Y%m%d}")
    return re.sub(r"[^a-z0-9]+", "-", "-".join(parts).lower()).strip("-") + ".csv"
