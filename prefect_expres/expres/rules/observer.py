"""Rules of the section OBSERVER."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from prefect_expres.expres.problem import Part, choice
from prefect_expres.expres.rules.rule import (
    NOT_PLAIN,
    Rule,
    body_names,
    is_plain,
    planet_of,
    section,
)
from prefect_expres.expres.vocabulary import (
    KM_IN_A_RADIUS,
    OBSERVERS,
    TRACKS,
    WEB_OBSERVERS,
    WEB_PLANETS,
)

MIRIADE_STEPS = 5000
"""The most positions that the web service Miriade gives in one answer."""

_TIME_FORMATS = {12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
_START = re.compile(r"\d{12}", re.ASCII)
_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}\.csv", re.ASCII)
_CASSINI_AT_JUPITER = ("201603281700", "201701010000")

_observer = section("OBSERVER")


def start_of(observer: Part) -> datetime | None:
    """Read ``SCTIME``; None if it is not a date of 12 or 14 digits."""
    text = observer["SCTIME"]
    if len(text) not in _TIME_FORMATS or not (text.isascii() and text.isdigit()):
        return None
    try:
        return datetime.strptime(text, _TIME_FORMATS[len(text)]).replace(tzinfo=UTC)
    except ValueError:
        return None


def _has_start(observer: Part) -> bool:
    """Say whether SCTIME has a year and enough digits: with fewer, ExPRES takes today's date."""
    return bool(_START.match(observer["SCTIME"])) and int(observer["SCTIME"][:4]) > 0


def has_file(observer: Part) -> bool:
    """Say whether the positions come from an ephemeris file, which also sets all times."""
    return bool(observer["EPHEM"])


def follows_track(observer: Part) -> bool:
    """Say whether ExPRES itself must find a position for each step."""
    return observer["TYPE"] == "Pre-Defined" and not has_file(observer)


def position_is_automatic(observer: Part) -> bool:
    """Say whether ExPRES itself must find the position of a fixed observer."""
    text = observer["TYPE"] == "Fixed" and isinstance(observer["FIXE_DIST"], str)
    return text and not has_file(observer)


def follows_web_track(observer: Part) -> bool:
    """Say whether ExPRES asks the web for each position: the server has some tracks itself."""
    name = observer["SC"].lower()
    voyager_at_jupiter = name in {"voyager1", "voyager2"} and observer["SCTIME"][:4] == "1979"
    return follows_track(observer) and not (name in TRACKS or voyager_at_jupiter)


def asks_web(observer: Part) -> bool:
    """Say whether ExPRES asks the web for one position or many."""
    first, end = _CASSINI_AT_JUPITER
    kept = observer["SC"] == "Cassini" and first <= observer["SCTIME"] < end
    return follows_web_track(observer) or (position_is_automatic(observer) and not kept)


def _is_known_to_web(observer: Part) -> bool:
    """Say whether the web is asked for an observer that ExPRES knows; without a name for Earth."""
    return not asks_web(observer) or observer["SC"] in {*WEB_OBSERVERS, ""}


def _km_can_be_converted(whole: Part) -> bool:
    observer = whole.part("OBSERVER")
    known = observer["PARENT"].capitalize() in KM_IN_A_RADIUS
    return not has_file(observer) or planet_of(whole)["RADIUS"] != 1 or known


def _within_track(observer: Part) -> bool:
    start = start_of(observer)
    if not follows_track(observer) or observer["SC"].lower() not in TRACKS or start is None:
        return True
    first, last = TRACKS[observer["SC"].lower()]
    try:
        end = start + timedelta(minutes=observer.whole.part("TIME")["MAX"])
    except OverflowError:
        return False
    return first <= start.date() and end.date() <= last and end.year == start.year


def _fix_of_track(observer: Part) -> str:
    first, last = TRACKS[observer["SC"].lower()]
    return (
        f"stay within {first} to {last} and within one year, or give an ephemeris file in "
        "OBSERVER.EPHEM"
    )


def _words_for(observer: Part) -> tuple[str, ...]:
    return WEB_OBSERVERS if observer["TYPE"] == "Fixed" else OBSERVERS


RULES: Mapping[str, Rule] = {
    "observer-parent": Rule(
        _observer,
        "PARENT",
        lambda observer: observer["PARENT"] in body_names(observer.whole),
        "no active BODY has this name; names are case-sensitive",
        lambda observer: choice(observer["PARENT"], body_names(observer.whole)),
    ),
    "observer-name": Rule(
        _observer,
        "SC",
        lambda observer: observer["TYPE"] != "Pre-Defined" or bool(observer["SC"]),
        "'Pre-Defined' needs the observer's name",
        "write it, as 'Earth'",
    ),
    "observer-known": Rule(
        _observer,
        "SC",
        _is_known_to_web,
        "ExPRES finds no positions for this observer",
        lambda observer: (
            f"{choice(observer['SC'], _words_for(observer))}, or give an ephemeris file in "
            "OBSERVER.EPHEM with the TYPE 'Pre-Defined'"
        ),
    ),
    "observer-of-known-planet": Rule(
        _observer,
        "PARENT",
        lambda observer: not asks_web(observer) or observer["PARENT"] in WEB_PLANETS,
        "ExPRES takes positions from the web for some planets only; for others it stops, or the "
        "distance becomes infinite",
        lambda observer: (
            f"{choice(observer['PARENT'], WEB_PLANETS)}, or give an ephemeris file in "
            "OBSERVER.EPHEM with the TYPE 'Pre-Defined'"
        ),
    ),
    "observer-without-slash": Rule(
        _observer,
        "SC",
        lambda observer: is_plain(observer["SC"]),
        "becomes a folder of the result, which ExPRES makes by a command: no '/', no space, and "
        "nothing else that means something to a shell",
        lambda observer: f"write {NOT_PLAIN.sub('-', observer['SC'])!r}",
    ),
    "observer-start": Rule(
        _observer,
        "SCTIME",
        lambda observer: has_file(observer) or _has_start(observer),
        "must be a date of 12 or 14 digits, YYYYMMDDhhmm or YYYYMMDDhhmmss",
        "write the start of the simulation, as '201809130000'",
    ),
    "observer-track": Rule(
        _observer,
        "SCTIME",
        _within_track,
        "the server has no positions of this spacecraft for these times",
        _fix_of_track,
    ),
    "ephemeris-type": Rule(
        _observer,
        "TYPE",
        lambda observer: not has_file(observer) or observer["TYPE"] == "Pre-Defined",
        "an EPHEM file needs the type 'Pre-Defined'",
        "write 'Pre-Defined', or '' in OBSERVER.EPHEM",
    ),
    "ephemeris-in-km": Rule(
        lambda whole: [planet_of(whole)],
        "RADIUS",
        lambda planet: _km_can_be_converted(planet.whole),
        "the distances of an EPHEM file are in km, and ExPRES knows the radius of few planets: for "
        "others it stops",
        "write RADIUS, and every other length except AURORA_ALT, in km",
    ),
    "ephemeris-from-the-web": Rule(
        _observer,
        "EPHEM",
        lambda observer: not observer["EPHEM"].startswith("@"),
        "ExPRES' way to fetch an ephemeris is unfinished",
        "download it first, and name the CSV file",
    ),
    "ephemeris-file-name": Rule(
        _observer,
        "EPHEM",
        lambda observer: (
            not has_file(observer)
            or observer["EPHEM"].startswith("@")
            or bool(_FILE_NAME.fullmatch(observer["EPHEM"]))
        ),
        "the service takes letters, digits and . _ - only, no folder, and .csv in lower case",
        "rename the file, as 'earth-20180913.csv'",
    ),
}
