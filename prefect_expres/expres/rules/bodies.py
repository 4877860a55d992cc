"""Rules of the list BODY: the planet, its moons and their plasma."""

from collections.abc import Mapping

from prefect_expres.expres.problem import Part, choice, readable
from prefect_expres.expres.rules.rule import (
    Rule,
    bodies,
    body_names,
    densities,
    every_body,
    file,
    moon_names,
    moons,
    names,
    planets,
)
from prefect_expres.expres.vocabulary import fields_of

MOST_DENSITIES = 4
"""The most active plasma models that ExPRES holds."""


def _one_planet(whole: Part) -> bool:
    return [bool(body["PARENT"]) for body in every_body(whole) if body["ON"]].count(False) == 1


def _name_is_first(body: Part) -> bool:
    earlier = [each for each in bodies(body.whole) if each.index < body.index]
    return body["NAME"] not in names(earlier)


def _is_planet(body: Part) -> bool:
    return bool(body["ON"]) and not body["PARENT"]


def _active_densities(body: Part) -> int:
    return len(list(readable(body.parts("DENS"), "ON")))


def _fix_of_field(planet: Part) -> str:
    if planet["MAG"] == "auto":
        return f"'auto' needs files on the server; {choice('', fields_of(planet['NAME']))}"
    return choice(planet["MAG"], fields_of(planet["NAME"]))


RULES: Mapping[str, Rule] = {
    "one-planet": Rule(
        file,
        "BODY",
        _one_planet,
        "exactly one active body is the planet, whose PARENT is empty",
        "write '' as the PARENT of the planet, and its name as the PARENT of the moons",
    ),
    "body-name-once": Rule(
        bodies,
        "NAME",
        _name_is_first,
        "an earlier active body has the same name",
        "rename or remove one of them",
    ),
    "body-name-without-slash": Rule(
        bodies,
        "NAME",
        lambda body: "/" not in body["NAME"],
        "becomes a part of the result's file name, which holds no '/'",
        lambda body: f"write {body['NAME'].replace('/', '-')!r}",
    ),
    "planet-does-not-move": Rule(
        planets,
        "MOTION",
        lambda planet: not planet["MOTION"],
        "the planet is the centre",
        "write false",
    ),
    "planet-radius": Rule(
        planets,
        "RADIUS",
        lambda planet: planet["RADIUS"] > 0,
        "must be above 0: every length is divided by it",
        "write 1, and every length in planetary radii",
    ),
    "planet-rotation": Rule(
        planets,
        "PERIOD",
        lambda planet: planet["PERIOD"] != 0,
        "must not be 0: the rotation is divided by it",
        "write the sidereal rotation period in minutes, as 595.5 for Jupiter",
    ),
    "planet-flattening": Rule(
        planets,
        "FLAT",
        lambda planet: 0 <= planet["FLAT"] < 1,
        "must be from 0 to less than 1",
        "write (equatorial - polar) / equatorial radius, as 0.064935 for Jupiter",
    ),
    "planet-orbital-period": Rule(
        planets,
        "ORB_PER",
        lambda planet: planet["ORB_PER"] > 0 or not moon_names(planet.whole),
        "must be above 0: the moons' periods are ORB_PER · SEMI_MAJ^1.5",
        "write the period in minutes of an orbit at one radius, as 177.83 for Jupiter",
    ),
    "planet-field": Rule(
        planets,
        "MAG",
        lambda planet: planet["MAG"] in fields_of(planet["NAME"]),
        "the server has no such magnetic field for this body",
        _fix_of_field,
    ),
    "moon-parent": Rule(
        moons,
        "PARENT",
        lambda moon: moon["PARENT"] in {*body_names(moon.whole)} - {moon["NAME"]},
        "no other active BODY has this name; names are case-sensitive",
        lambda moon: choice(
            moon["PARENT"], [name for name in body_names(moon.whole) if name != moon["NAME"]]
        ),
    ),
    "moon-orbit": Rule(
        moons,
        "SEMI_MIN",
        lambda moon: 0 < moon["SEMI_MIN"] <= moon["SEMI_MAJ"],
        "an orbit needs 0 < SEMI_MIN ≤ SEMI_MAJ",
        "write both half axes",
    ),
    "moon-phase-of-orbiter": Rule(
        moons,
        "PHASE",
        lambda moon: moon["PHASE"] != "auto" or moon.whole.part("OBSERVER")["TYPE"] != "Orbiter",
        "ExPRES stops at 'auto' if the observer is an 'Orbiter'",
        "write the moon's east longitude at the start, in degrees",
    ),
    "densities-of-the-planet": Rule(
        every_body,
        "DENS",
        lambda body: _is_planet(body) or not _active_densities(body),
        "only the planet may have active plasma models; others would be given to it",
        "write false as their ON",
    ),
    "densities-at-most-four": Rule(
        planets,
        "DENS",
        lambda planet: _active_densities(planet) <= MOST_DENSITIES,
        f"ExPRES holds at most {MOST_DENSITIES} active plasma models",
        "write false as the ON of the others",
    ),
    "density-type": Rule(
        densities,
        "TYPE",
        lambda model: model["TYPE"] != "auto",
        "'auto' needs files on the server, as MAG 'auto' does",
        "choose one of 'Ionospheric', 'Torus', 'Disk', 'Stellar'",
    ),
    "density-scale": Rule(
        densities,
        "SCALE",
        lambda model: model["TYPE"] == "Stellar" or model["SCALE"] > 0,
        "must be above 0: heights are divided by it",
        "write the scale height, in the unit of the planet's RADIUS",
    ),
    "density-disk": Rule(
        densities,
        "PERP",
        lambda model: model["TYPE"] != "Disk" or model["PERP"] > 0,
        "must be above 0: distances from the axis are divided by it",
        "write the disk's scale along the equator, in the unit of the planet's RADIUS",
    ),
}
