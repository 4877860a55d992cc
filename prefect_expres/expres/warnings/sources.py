"""Warnings about the list SOURCE."""

from collections.abc import Mapping

from prefect_expres.expres.problem import Part, choice
from prefect_expres.expres.rules import Rule
from prefect_expres.expres.rules.rule import body_names, follows_moon, sources
from prefect_expres.expres.rules.sources import beam_of, law_of
from prefect_expres.expres.vocabulary import (
    LAW_MOONS,
    LEAD_LAWS,
    LEADS,
    MODES,
    ON_A_MOON,
    ONE_LAW_MOONS,
    SOURCE_TYPES,
    Beam,
)

KEV_AT_LIGHT_SPEED = 255.5
"""ExPRES' speed of an electron reaches that of light at half its rest energy."""


def lead_is_automatic(source: Part) -> bool:
    """Say whether ExPRES computes the longitude: a law or a word counts more than numbers."""
    return bool(law_of(source)) or source["LG_MIN"] in LEADS


def _lines(source: Part) -> int:
    return int(source["LG_NBR"])


def _fix_of_lines(source: Part) -> str:
    if not law_of(source) and source["LG_MIN"] != "auto":
        return f"all {_lines(source)} lines are the same one here; write 1"
    places = ("lead", "lead - 4°", "lead - 14°", "the lead again for all others")
    seen = ", ".join(places[: _lines(source)])
    return f"the lines are at {seen} here; write 1, or 'off' in LAG_MODEL and numbers in LG_MIN"


def _law_is_used(source: Part) -> bool:
    """Say whether ExPRES uses the law that is named: for two moons it knows only one name."""
    law = law_of(source)
    if source["SAT"] not in ONE_LAW_MOONS or not law or not follows_moon(source):
        return True
    return law == "hue2023" or law.lower() == LEAD_LAWS[0]


def _fix_of_law(source: Part) -> str:
    meant = "hue2023" if law_of(source).lower() == "hue2023" else LEAD_LAWS[0]
    return f"write {meant!r}"


def _has_a_law(source: Part) -> bool:
    if not lead_is_automatic(source):
        return True
    return follows_moon(source) and source["SAT"] in {*LAW_MOONS, ""}


def _fix_of_moon(source: Part) -> str:
    folded = {moon.lower(): moon for moon in LAW_MOONS}
    if follows_moon(source) and (moon := folded.get(source["SAT"].lower())) is not None:
        return f"write {moon!r}, also as the NAME of the BODY"
    return "write 'off' in LAG_MODEL and the longitude or lead in LG_MIN and LG_MAX, in degrees"


def _type_is_known(source: Part) -> bool:
    word = source["TYPE"]
    return word in SOURCE_TYPES or word.lower() in {"l-shell", "m-shell"}


def _fix_of_type(source: Part) -> str:
    shell = "an L-shell" if source["TYPE"].lower() == ON_A_MOON else "an M-shell"
    return f"it is on {shell} at LAT here; {choice(source['TYPE'], SOURCE_TYPES)}"


def _is_hot(source: Part) -> bool:
    return beam_of(source) is not Beam.CAVITY or (source["TEMPH"] > 0 and source["TEMP"] >= 0)


def _can_emit(source: Part) -> bool:
    return beam_of(source) is not Beam.LOSS_CONE or 0 < source["ACCEL"] < KEV_AT_LIGHT_SPEED


def _angle_is_seen(source: Part) -> bool:
    return beam_of(source) is not Beam.CONSTANT or 0 < source["CONSTANT"] <= 180  # noqa: PLR2004


def _mode_is_known(source: Part) -> bool:
    mode = str(source.get("MODE", ""))
    return not mode or mode.upper() in MODES


WARNINGS: Mapping[str, Rule] = {
    "parent-of-another-source": Rule(
        sources,
        "PARENT",
        lambda source: source["PARENT"] in body_names(source.whole),
        "no active BODY has this name: ExPRES takes the PARENT of the source before",
        lambda source: choice(source["PARENT"], body_names(source.whole)),
    ),
    "moon-of-another-source": Rule(
        sources,
        "SAT",
        lambda source: not follows_moon(source) or source["SAT"] in body_names(source.whole),
        "it is empty: ExPRES takes the SAT of a source before",
        lambda source: choice(source["SAT"], body_names(source.whole)),
    ),
    "type-not-known": Rule(
        sources,
        "TYPE",
        _type_is_known,
        "ExPRES does not know this spelling",
        _fix_of_type,
    ),
    "latitude-cut": Rule(
        sources,
        "LAT",
        lambda source: follows_moon(source) or source["LAT"] == int(source["LAT"]),
        "ExPRES cuts it to a whole number: its tables hold no other field lines",
        lambda source: f"the source is at {int(source['LAT'])} here; write {int(source['LAT'])}",
    ),
    "law-over-lines": Rule(
        sources,
        "LG_NBR",
        lambda source: not lead_is_automatic(source) or _lines(source) == 1,
        "a law of the lead angle discards LG_MIN, LG_MAX and LG_NBR",
        _fix_of_lines,
    ),
    "law-over-longitude": Rule(
        sources,
        "LG_MIN",
        lambda source: not law_of(source) or source["LG_MIN"] in {"auto", 0},
        "LAG_MODEL sets the lead angle, and this is not used",
        "write 'auto', or 'off' in LAG_MODEL",
    ),
    "law-not-used": Rule(
        sources,
        "LAG_MODEL",
        _law_is_used,
        "for Europa and Ganymede ExPRES only knows 'hue2023', in lower case; any other word gives "
        "the law of hess2011",
        _fix_of_law,
    ),
    "law-with-misprints": Rule(
        sources,
        "LAG_MODEL",
        lambda source: source["SAT"] != "Io" or law_of(source).lower() != "bonfond2009",
        "two longitudes of this law's table are misprinted in ExPRES (70° for 170°, 0° for 300°): "
        "leads are wrong where it interpolates between them",
        "write 'bonfond2017'",
    ),
    "no-law-for-this": Rule(
        sources,
        "SAT",
        _has_a_law,
        f"ExPRES has laws of the lead angle for {', '.join(LAW_MOONS)} only, in this spelling: the "
        "lead is 0",
        _fix_of_moon,
    ),
    "lead-word": Rule(
        sources,
        "LG_MIN",
        lambda source: not isinstance(source["LG_MIN"], str) or lead_is_automatic(source),
        "ExPRES does not know this word, and takes a lead or longitude of 0",
        lambda source: f"{choice(source['LG_MIN'], LEADS)}, or a number of degrees",
    ),
    "last-longitude-as-text": Rule(
        sources,
        "LG_MAX",
        lambda source: (
            not isinstance(source["LG_MAX"], str)
            or isinstance(source["LG_MIN"], str)
            or lead_is_automatic(source)
        ),
        "LG_MIN is a number: ExPRES takes a text for 0",
        "write degrees",
    ),
    "lines-beside-each-other": Rule(
        sources,
        "LG_NBR",
        lambda source: (
            _lines(source) == 1 or lead_is_automatic(source) or source["LG_MIN"] != source["LG_MAX"]
        ),
        "LG_MIN and LG_MAX are the same: ExPRES puts the lines 1° beside each other",
        "write 1, or another LG_MAX",
    ),
    "lines-cut": Rule(
        sources,
        "LG_NBR",
        lambda source: source["LG_NBR"] == int(source["LG_NBR"]),
        "ExPRES cuts it to a whole number",
        lambda source: f"write {int(source['LG_NBR'])}",
    ),
    "both-hemispheres": Rule(
        sources,
        "SOUTH",
        lambda source: not (source["NORTH"] and source["SOUTH"]),
        "a source is in one hemisphere: this is a northern one, with the south's highest frequency",
        "write false, and add another source for the south",
    ),
    "steady-state-cold": Rule(
        sources,
        "TEMPH",
        _is_hot,
        "'Steady-State' computes no angle without hot electrons: Theta is NaN nearly everywhere, "
        "and ExPRES counts those cells as visible",
        "write the hot electrons' temperature in keV, as 1, and not less than 0 in TEMP",
    ),
    "temperature-below-zero": Rule(
        sources,
        "TEMPH",
        lambda source: source["TEMPH"] >= 0 or not _is_hot(source),
        "a temperature is not below 0, and ExPRES computes with it all the same",
        "write the hot electrons' temperature in keV, as 0",
    ),
    "electron-energy": Rule(
        sources,
        "ACCEL",
        _can_emit,
        f"a loss cone has no emission unless it is above 0 and below {KEV_AT_LIGHT_SPEED} keV",
        "write the electrons' energy in keV, as 3",
    ),
    "constant-angle": Rule(
        sources,
        "CONSTANT",
        _angle_is_seen,
        "no emission is seen unless the angle is above 0° and at most 180°",
        "write the cone's half angle in degrees, as 80",
    ),
    "beam-width": Rule(
        sources,
        "WIDTH",
        lambda source: source["WIDTH"] > 0,
        "ExPRES divides by it: 0 leaves hardly any emission, and its sign does not count",
        "write the full width of the beam in degrees, as 1",
    ),
    "mode-as-LO": Rule(
        sources,
        "MODE",
        _mode_is_known,
        "ExPRES does not know this mode, and gives the polarization of 'LO'",
        lambda source: choice(source["MODE"], MODES),
    ),
    "aurora-too-high": Rule(
        sources,
        "AURORA_ALT",
        lambda source: 0 <= source["AURORA_ALT"] < 1,
        "it is in planetary radii, also where RADIUS is in km: out of range, the cut-off "
        "vanishes, and emission reaches too high frequencies",
        "write 0.00909 for 650 km above Jupiter, also where all other lengths are in km",
    ),
}
