"""Put an ephemeris into a configuration: the observer, the times, and the moons' positions."""

import re
from datetime import UTC, datetime
from typing import Any, get_args

from prefect_expres.ephemeris.analytic import Moon, moon_phase
from prefect_expres.ephemeris.model import Ephemeris, Span
from prefect_expres.errors import EphemerisError
from prefect_expres.expres import Configuration

_SCTIME = re.compile(r"\d{12}(\d{2})?", re.ASCII)
_MOONS: tuple[Moon, ...] = get_args(Moon)


def span_of(configuration: Configuration) -> Span:
    """Give the times for which a configuration needs its observer.

    They begin at ``OBSERVER.SCTIME`` and are ``TIME.NBR`` in number. ExPRES divides the time by
    NBR, and by NBR - 1 where an ephemeris file gives it; the one that gives whole seconds is taken.

    Raises:
        EphemerisError: The start is missing, or no step in whole seconds fits.
    """
    text, time = configuration.observer.sctime, configuration.time
    if not _SCTIME.fullmatch(text):
        msg = (
            f"OBSERVER.SCTIME: {text!r}: an ephemeris is to be computed, so write there when it "
            "begins, in UTC, as YYYYMMDDHHMM"
        )
        raise EphemerisError(msg)
    try:
        start = datetime.strptime(text.ljust(14, "0"), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        msg = f"OBSERVER.SCTIME: {text!r} is not a date; write it as YYYYMMDDHHMM"
        raise EphemerisError(msg) from None
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

    ``OBSERVER`` becomes Pre-Defined with the file's name, ``TIME`` what ExPRES makes of the file,
    and ``PHASE`` of each Galilean moon its east longitude when the light left.

    Raises:
        EphemerisError: The ephemeris is about another planet than the observer's.
        ConfigurationError: The configuration breaks rules.
    """
    planet = configuration.observer.parent
    if planet != ephemeris.center:
        msg = (
            f"OBSERVER.PARENT: {planet!r}: the ephemeris is about {ephemeris.center}; give a file "
            "that OBSERVER.EPHEM names"
        )
        raise EphemerisError(msg)
    content = configuration.content()
    content["OBSERVER"] |= {
        "TYPE": "Pre-Defined",
        "EPHEM": file_name(ephemeris),
        "SC": configuration.observer.sc or ephemeris.observer,
    }
    span = ephemeris.span
    content["TIME"] |= {"MIN": 0, "MAX": _minutes(span), "NBR": span.count}
    for body in content["BODY"]:
        if body["NAME"] in _MOONS and body["PARENT"] == planet:
            body["PHASE"] = round(moon_phase(body["NAME"], span.start, ephemeris.light_times[0]), 3)
    return Configuration.from_mapping(content)


def file_name(ephemeris: Ephemeris) -> str:
    """Name the file of an ephemeris, as ``earth-jupiter-20180913.csv``."""
    parts = (ephemeris.observer, ephemeris.center, f"{ephemeris.span.start:%Y%m%d}")
    return re.sub(r"[^a-z0-9]+", "-", "-".join(parts).lower()).strip("-") + ".csv"


def _minutes(span: Span) -> Any:
    minutes = span.step * (span.count - 1) / 60
    return int(minutes) if minutes.is_integer() else minutes
