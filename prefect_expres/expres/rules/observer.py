"""Rules of the section OBSERVER."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from prefect_expres.expres.problem import Part, choice
from prefect_expres.expres.rules.rule import Rule, body_names, section
from prefect_expres.expres.vocabulary import OBSERVERS, TRACKS

MIRIADE_STEPS = 5000
"""The most positions that the web service Miriade gives in one answer."""

_TIME_FORMATS = {12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}\.csv", re.ASCII)
_POSITION = ("FIXE_DIST", "FIXE_SUBL", "FIXE_DECL")

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


def has_file(observer: Part) -> bool:
    """Say whether the positions come from an ephemeris file, which also sets all times."""
    return bool(observer["EPHEM"])


def follows_track(observer: Part) -> bool:
    """Say whether ExPRES itself must find a position for each step."""
    return observer["TYPE"] == "Pre-Defined" and not has_file(observer)


def position_is_automatic(observer: Part) -> bool:
    """Say whether ExPRES itself must find the position of a fixed observer."""
    return observer["TYPE"] == "Fixed" and "auto" in [observer[key] for key in _POSITION]


def asks_miriade(whole: Part) -> bool:
    """Say whether the track comes from the web: the server has those of some spacecraft."""
    observer = whole.part("OBSERVER")
    voyager_at_jupiter = observer["SC"].startswith("Voyager") and observer["SCTIME"][:4] == "1979"
    kept = observer["SC"].lower() in TRACKS or voyager_at_jupiter
    return follows_track(observer) and not kept


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


def _position_is_given(observer: Part) -> bool:
    automatic = [observer[key] == "auto" for key in _POSITION]
    return all(automatic) or not any(automatic)


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
        lambda observer: (
            not observer["SC"]
            or observer["SC"] in OBSERVERS
            or not (follows_track(observer) or position_is_automatic(observer))
        ),
        "ExPRES finds no positions for this observer",
        lambda observer: (
            f"{choice(observer['SC'], OBSERVERS)}, or give an ephemeris file in OBSERVER.EPHEM"
        ),
    ),
    "observer-without-slash": Rule(
        _observer,
        "SC",
        lambda observer: "/" not in observer["SC"],
        "becomes a part of the result's file name, which holds no '/'",
        lambda observer: f"write {observer['SC'].replace('/', '-')!r}",
    ),
    "observer-start": Rule(
        _observer,
        "SCTIME",
        lambda observer: has_file(observer) or start_of(observer) is not None,
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
    "fixed-position": Rule(
        _observer,
        "FIXE_DIST",
        lambda observer: observer["TYPE"] != "Fixed" or _position_is_given(observer),
        "FIXE_DIST, FIXE_SUBL and FIXE_DECL are three numbers, or 'auto' all three",
        "write numbers, or 'auto' in all of them",
    ),
    "fixed-distance": Rule(
        _observer,
        "FIXE_DIST",
        lambda observer: (
            observer["TYPE"] != "Fixed"
            or observer["FIXE_DIST"] == "auto"
            or observer["FIXE_DIST"] > 0
        ),
        "must be above 0",
        "write the distance from the planet's centre",
    ),
    "observer-orbit": Rule(
        _observer,
        "SEMI_MIN",
        lambda observer: (
            observer["TYPE"] != "Orbiter" or 0 < observer["SEMI_MIN"] <= observer["SEMI_MAJ"]
        ),
        "an orbit needs 0 < SEMI_MIN ≤ SEMI_MAJ",
        "write both half axes",
    ),
}
