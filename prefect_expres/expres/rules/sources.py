"""Rules of the list SOURCE."""

from collections.abc import Mapping

from prefect_expres.expres.problem import Part, choice
from prefect_expres.expres.rules.rule import (
    Rule,
    body_names,
    every_source,
    file,
    moon_names,
    sources,
)
from prefect_expres.expres.vocabulary import LEAD_LAWS, LEADS, NO_LAW


def _follows_moon(source: Part) -> bool:
    return bool(source["TYPE"] == "attached to a satellite")


def _lead_is_automatic(source: Part) -> bool:
    return isinstance(source["LG_MIN"], str)


def _law_is_known(source: Part) -> bool:
    law = source.get("LAG_MODEL", "")
    return law in NO_LAW or law.lower() in LEAD_LAWS


RULES: Mapping[str, Rule] = {
    "a-source-is-on": Rule(
        file,
        "SOURCE",
        lambda whole: any([source["ON"] for source in every_source(whole)]),  # noqa: C419 - all are read
        "no source is active",
        "write true as the ON of one of them",
    ),
    "source-name": Rule(
        every_source,
        "NAME",
        lambda source: source["NAME"] == f"Source{source.index + 1}",
        "ExPRES counts the sources in order",
        lambda source: f"write 'Source{source.index + 1}'",
    ),
    "source-parent": Rule(
        sources,
        "PARENT",
        lambda source: source["PARENT"] in body_names(source.whole),
        "no active BODY has this name; names are case-sensitive",
        lambda source: choice(source["PARENT"], body_names(source.whole)),
    ),
    "source-moon": Rule(
        sources,
        "SAT",
        lambda source: not _follows_moon(source) or source["SAT"] in moon_names(source.whole),
        "no active moon in BODY has this name; names are case-sensitive",
        lambda source: choice(source["SAT"], moon_names(source.whole)),
    ),
    "source-hemisphere": Rule(
        sources,
        "NORTH",
        lambda source: bool(source["NORTH"]) != bool(source["SOUTH"]),
        "a source is in one hemisphere",
        "write true in one of NORTH and SOUTH and false in the other",
    ),
    "lead-word": Rule(
        sources,
        "LG_MIN",
        lambda source: not _lead_is_automatic(source) or source["LG_MIN"] in LEADS,
        "ExPRES takes another word for a lead of 0",
        lambda source: f"{choice(source['LG_MIN'], LEADS)}, or a number of degrees",
    ),
    "lead-range": Rule(
        sources,
        "LG_MAX",
        lambda source: _lead_is_automatic(source) or not isinstance(source["LG_MAX"], str),
        "must be a number if LG_MIN is one",
        "write degrees",
    ),
    "lead-law": Rule(
        sources,
        "LAG_MODEL",
        _law_is_known,
        "ExPRES knows no such law of the lead angle",
        lambda source: choice(source["LAG_MODEL"], LEAD_LAWS),
    ),
    "constant-angle": Rule(
        sources,
        "CONSTANT",
        lambda source: source["CURRENT"] != "Constant" or source["CONSTANT"] != 0,
        "the CURRENT 'Constant' needs an angle",
        "write the cone's half angle in degrees, as 80",
    ),
    "beam-width": Rule(
        sources,
        "WIDTH",
        lambda source: source["WIDTH"] > 0,
        "must be above 0",
        "write the full width of the beam in degrees, as 1",
    ),
    "electron-energy": Rule(
        sources,
        "ACCEL",
        lambda source: (
            source["ACCEL"] > 0 or (source["CURRENT"] == "Constant" and source["ACCEL"] == 0)
        ),
        "must be above 0, or 0 where the angle is constant",
        "write the electrons' energy in keV, as 3",
    ),
    "cold-temperature": Rule(
        sources,
        "TEMP",
        lambda source: source["TEMP"] >= 0,
        "must not be below 0",
        "write the cold electrons' temperature in keV, as 0",
    ),
    "hot-temperature": Rule(
        sources,
        "TEMPH",
        lambda source: source["TEMPH"] >= 0,
        "must not be below 0",
        "write the hot electrons' temperature in keV, as 0",
    ),
}
