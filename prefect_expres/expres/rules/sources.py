"""Rules of the list SOURCE."""

import re
from collections.abc import Mapping

from prefect_expres.expres.problem import Part, choice
from prefect_expres.expres.rules.rule import (
    Rule,
    body_names,
    every_source,
    file,
    follows_moon,
    moon_names,
    sources,
)
from prefect_expres.expres.vocabulary import (
    BOUNDS,
    CURRENTS,
    LEAD_LAWS,
    MODES,
    NO_LAW,
    USUAL_CURRENTS,
    Beam,
    Lines,
    lines_of,
)

_NUMBER = re.compile(r"\s*\d+(\.\d*)?")
_LOWEST_SHELL = 1
_POLE = 90


def source_number(source: Part) -> int | None:
    """Read the number in a source's name, as ExPRES does: after letters of the word Source."""
    words = [word for word in re.split("[Source]+", source["NAME"]) if word]
    number = _NUMBER.match(words[0]) if words else None
    return None if number is None else int(float(number.group()))


def beam_of(source: Part) -> Beam | None:
    """Say how a source radiates; None if its CURRENT is none that ExPRES knows."""
    return CURRENTS.get(source["CURRENT"])


def law_of(source: Part) -> str:
    """Give the law of the lead angle that a source names; empty if it names none."""
    law = str(source.get("LAG_MODEL", ""))
    return "" if law in NO_LAW else law


def _place(source: Part) -> int:
    """Give the number that an active source must have."""
    return [each.index for each in sources(source.whole)].index(source.index) + 1


def _is_numbered(source: Part) -> bool:
    """Say whether a source has its own number: its place, or that of one with as many lines."""
    active = sources(source.whole)
    number = source_number(source)
    if number is None or not 1 <= number <= len(active):
        return False
    alone = [source_number(each) for each in active].count(number) == 1
    return alone and active[number - 1]["LG_NBR"] == source["LG_NBR"]


def _mode_is_known(source: Part) -> bool:
    mode = str(source.get("MODE", ""))
    if not mode or mode.upper() in MODES:
        return True
    return beam_of(source) is not Beam.LOSS_CONE and "/" not in mode


def _law_is_known(source: Part) -> bool:
    law = law_of(source)
    return not law or not _follows_io(source) or law.lower() in LEAD_LAWS


def _follows_io(source: Part) -> bool:
    return follows_moon(source) and source["SAT"] == "Io"


def _inherits(source: Part, key: str) -> bool:
    """Say whether ExPRES keeps what an earlier source had under a key that names nobody here."""
    earlier = [each for each in sources(source.whole) if each.index < source.index]
    named = any(each[key] in body_names(source.whole) for each in earlier)
    return named and (not source[key] or not follows_moon(source))


def _has_lines(source: Part) -> bool:
    """Say whether there can be field lines for LAT, which ExPRES cuts to a whole number."""
    if follows_moon(source):
        return True
    if lines_of(source["TYPE"]) is Lines.LATITUDE:
        return 0 < int(source["LAT"]) < _POLE
    return int(source["LAT"]) >= _LOWEST_SHELL


def _one_line_needs_one_longitude(source: Part) -> bool:
    """Say whether the range of longitudes has not more lines than LG_NBR counts."""
    ends = (source["LG_MIN"], source["LG_MAX"])
    if source["LG_NBR"] > 1 or isinstance(ends[0], str):
        return True
    return bool(ends[0] == (0 if isinstance(ends[1], str) else ends[1]))


RULES: Mapping[str, Rule] = {
    "a-source-is-on": Rule(
        file,
        "SOURCE",
        lambda whole: any([source["ON"] for source in every_source(whole)]),  # noqa: C419 - all are read
        "no source is active",
        "write true as the ON of one of them",
    ),
    "source-name": Rule(
        sources,
        "NAME",
        _is_numbered,
        "ExPRES takes the number in the name as the place among the active sources, from 1",
        lambda source: f"write 'Source{_place(source)}'",
    ),
    "source-name-without-slash": Rule(
        sources,
        "NAME",
        lambda source: "/" not in source["NAME"],
        "becomes a part of a file name, which holds no '/'",
        lambda source: f"write 'Source{_place(source)}'",
    ),
    "source-parent": Rule(
        sources,
        "PARENT",
        lambda source: source["PARENT"] in body_names(source.whole) or _inherits(source, "PARENT"),
        "no active BODY has this name; names are case-sensitive",
        lambda source: choice(source["PARENT"], body_names(source.whole)),
    ),
    "source-moon": Rule(
        sources,
        "SAT",
        lambda source: (
            not follows_moon(source)
            or source["SAT"] in moon_names(source.whole)
            or _inherits(source, "SAT")
        ),
        "no active moon in BODY has this name; names are case-sensitive",
        lambda source: choice(source["SAT"], moon_names(source.whole)),
    ),
    "source-hemisphere": Rule(
        sources,
        "NORTH",
        lambda source: bool(source["NORTH"]) or bool(source["SOUTH"]),
        "a source is in one hemisphere",
        "write true in one of NORTH and SOUTH and false in the other",
    ),
    "source-lines": Rule(
        sources,
        "LAT",
        _has_lines,
        "there are no such field lines: a shell is at 1 radius or more, a latitude between 0° and "
        "90°, and SOUTH says that it is a southern one",
        "write the shell in radii, as 6, or the latitude in degrees, as 75",
    ),
    "one-longitude": Rule(
        sources,
        "LG_MAX",
        _one_line_needs_one_longitude,
        "with LG_NBR 1 it must be LG_MIN: ExPRES writes a file for both ends, and crashes",
        lambda source: f"write {source['LG_MIN']}, or 2 or more in LG_NBR",
    ),
    "lead-law": Rule(
        sources,
        "LAG_MODEL",
        _law_is_known,
        "ExPRES knows no such law of Io's lead angle",
        lambda source: choice(source["LAG_MODEL"], LEAD_LAWS),
    ),
    "current-with-bounds": Rule(
        sources,
        "CURRENT",
        lambda source: not source["CURRENT"].endswith(BOUNDS),
        f"ExPRES reads '{BOUNDS}' but makes no room for the bounds, and crashes",
        "write 'Transient (Alfvenic)'",
    ),
    "current": Rule(
        sources,
        "CURRENT",
        lambda source: beam_of(source) is not None,
        "ExPRES knows no such current, and computes no angle of emission",
        lambda source: choice(source["CURRENT"], USUAL_CURRENTS),
    ),
    "mode": Rule(
        sources,
        "MODE",
        _mode_is_known,
        "ExPRES knows no such mode of a loss cone's waves, and no file name holds a '/'",
        lambda source: choice(source["MODE"], MODES),
    ),
    "constant-angle": Rule(
        sources,
        "CONSTANT",
        lambda source: beam_of(source) is not Beam.CONSTANT or source["CONSTANT"] != 0,
        "the CURRENT 'Constant' needs an angle",
        "write the cone's half angle in degrees, as 80",
    ),
}
