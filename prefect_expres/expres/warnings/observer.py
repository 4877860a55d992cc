"""Warnings about the section OBSERVER."""

from collections.abc import Mapping

from prefect_expres.expres.problem import Part
from prefect_expres.expres.rules import Rule
from prefect_expres.expres.rules.observer import has_file, position_is_automatic, start_of
from prefect_expres.expres.rules.rule import planet_of, section

_observer = section("OBSERVER")


def _is_number_or_unused(observer: Part, key: str) -> bool:
    return observer["TYPE"] != "Fixed" or position_is_automatic(observer) == isinstance(
        observer[key], str
    )


def _fix_of_position(observer: Part) -> str:
    if position_is_automatic(observer):
        return "it is not used here; write 'auto', or a number in FIXE_DIST"
    return "it is 0 here; write degrees, or 'auto' in FIXE_DIST"


def _position_rule(key: str) -> Rule:
    return Rule(
        _observer,
        key,
        lambda observer: _is_number_or_unused(observer, key),
        "FIXE_DIST alone decides whether ExPRES finds the position itself",
        _fix_of_position,
    )


def _is_outside(observer: Part) -> bool:
    if observer["TYPE"] != "Fixed" or position_is_automatic(observer):
        return True
    return bool(observer["FIXE_DIST"] > planet_of(observer.whole)["RADIUS"])


WARNINGS: Mapping[str, Rule] = {
    "observer-start": Rule(
        _observer,
        "SCTIME",
        lambda observer: has_file(observer) or start_of(observer) is not None,
        "this is no date of 12 or 14 digits: ExPRES counts on from the month, day or hour that "
        "there is not, names the result after the digits, and takes others for 0 seconds",
        "write the start of the simulation, as '201809130000'",
    ),
    "fixed-distance": Rule(
        _observer,
        "FIXE_DIST",
        _is_outside,
        "the observer is inside of the planet, or on its other side",
        "write the distance from the planet's centre, in the unit of its RADIUS",
    ),
    "fixed-longitude": _position_rule("FIXE_SUBL"),
    "fixed-latitude": _position_rule("FIXE_DECL"),
    "observer-orbit": Rule(
        _observer,
        "SEMI_MIN",
        lambda observer: (
            observer["TYPE"] != "Orbiter" or 0 < observer["SEMI_MIN"] <= observer["SEMI_MAJ"]
        ),
        "an orbit needs 0 < SEMI_MIN ≤ SEMI_MAJ: the observer's position is NaN, and cells count "
        "as visible all the same",
        "write both half axes",
    ),
}
