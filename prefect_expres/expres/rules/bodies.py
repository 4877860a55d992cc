"""Rules of the list BODY: the planet, its moons and their plasma."""

import math
import re
from collections.abc import Mapping

from prefect_expres.expres.problem import Part, choice, readable
from prefect_expres.expres.rules.rule import (
    Rule,
    bodies,
    densities,
    every_body,
    field_bodies,
    file,
    moons,
    names,
    planet_of,
    planets,
    source_moons,
)
from prefect_expres.expres.vocabulary import AUTO_DENSITY, DENSITIES, WEB_PARENTS, fields_of

LOWEST_SHELL, HIGHEST_SHELL = 2, 100
"""The shells that ExPRES looks for around a moon's orbit, in planetary radii."""

MOST_DENSITIES = 4
"""The most active plasma models that ExPRES holds."""


def _has_planet(whole: Part) -> bool:
    """Say whether a body has no parent, and all such have the radius that ExPRES divides by."""
    radii = [body["RADIUS"] for body in every_body(whole) if body["ON"] and not body["PARENT"]]
    return len(set(radii)) == 1


def _name_is_its_own(moon: Part) -> bool:
    earlier = [each for each in moons(moon.whole) if each.index < moon.index]
    return moon["NAME"] not in names(planets(moon.whole)) + names(earlier)


def _parents(moon: Part) -> list[str]:
    """List whom a moon may orbit: the planet, or another moon that comes before it."""
    return names(planets(moon.whole)) + [
        other["NAME"] for other in moons(moon.whole) if other.index < moon.index
    ]


def _is_from_files(body: Part) -> bool:
    return bool(body["MAG"].lower() == "auto")


def _phase_is_automatic(body: Part) -> bool:
    return isinstance(body["PHASE"], str)


def _has_shells(moon: Part) -> bool:
    """Say whether there is a shell between the nearest and the farthest point of an orbit."""
    radius = planet_of(moon.whole)["RADIUS"]
    if radius <= 0 or not 0 < moon["SEMI_MIN"] <= moon["SEMI_MAJ"]:
        return True
    major, minor = moon["SEMI_MAJ"] / radius, moon["SEMI_MIN"] / radius
    centre = math.sqrt(major**2 - minor**2)
    lowest = max(int(major - centre), LOWEST_SHELL)
    return lowest <= min(int(major + centre + 1), HIGHEST_SHELL)


def densities_of_planet(whole: Part) -> list[Part]:
    """Select the active plasma models that ExPRES gives to the planet.

    They are its own and those of the inactive bodies that follow it in the file.
    """
    found: list[Part] = []
    on_planet = False
    for body in every_body(whole):
        if body["ON"]:
            on_planet = not body["PARENT"]
        if on_planet:
            found += readable(body.parts("DENS"), "ON")
    return found


def _densities_have_their_place(planet: Part) -> bool:
    """Say whether the planet's active models are among the first ones of the file.

    ExPRES counts the active models of all bodies, and looks at the first NUMBER.DENSITY of them.
    """
    order = [model.path for model in densities(planet.whole)]
    places = [order.index(model.path) for model in densities_of_planet(planet.whole)]
    return all(place < planet.whole.part("NUMBER")["DENSITY"] for place in places)


def _stands_alone(model: Part) -> bool:
    """Say whether no model of 'auto' is beside another one of the planet."""
    planet = densities_of_planet(model.whole)
    return (
        model["TYPE"] != AUTO_DENSITY
        or len(planet) == 1
        or model.path not in {each.path for each in planet}
    )


RULES: Mapping[str, Rule] = {
    "one-planet": Rule(
        file,
        "BODY",
        _has_planet,
        "an active body is the planet, whose PARENT is empty; if there are several, ExPRES divides "
        "all lengths by the last RADIUS, which must be that of all of them",
        "write '' as the PARENT of the planet, and its name as the PARENT of the moons",
    ),
    "body-name-once": Rule(
        moons,
        "NAME",
        _name_is_its_own,
        "the planet or an earlier moon has the same name: ExPRES loses this one, and crashes",
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
    "field": Rule(
        field_bodies,
        "MAG",
        lambda body: bool(body["MAG"]) and not _is_from_files(body),
        "a source is in the magnetic field of this body, and 'auto' needs files on the server",
        lambda body: f"choose one of {', '.join(map(repr, fields_of(body['NAME'])))}",
    ),
    "field-is-no-dipole": Rule(
        field_bodies,
        "MAG",
        lambda body: not body["MAG"].startswith("Dipole"),
        "ExPRES stops at a dipole: its highest frequency is unfinished there",
        lambda body: f"choose one of {', '.join(map(repr, fields_of(body['NAME'])))}",
    ),
    "field-without-slash": Rule(
        field_bodies,
        "MAG",
        lambda body: "/" not in re.split("[_+]", body["MAG"])[0],
        "becomes a part of the result's file name, which holds no '/'",
        "name a folder on the server, without its path",
    ),
    "moon-parent": Rule(
        moons,
        "PARENT",
        lambda moon: moon["PARENT"] in _parents(moon),
        "no other active BODY has this name, or a moon that comes later: ExPRES loses the body; "
        "names are case-sensitive",
        lambda moon: choice(moon["PARENT"], _parents(moon)),
    ),
    "moon-orbit": Rule(
        source_moons,
        "SEMI_MIN",
        lambda moon: 0 < moon["SEMI_MIN"] <= moon["SEMI_MAJ"],
        "the orbit of a source's moon needs 0 < SEMI_MIN ≤ SEMI_MAJ",
        "write both half axes",
    ),
    "phase-of-planet": Rule(
        planets,
        "PHASE",
        lambda planet: not _phase_is_automatic(planet),
        "ExPRES stops at a text: the phase is that of a moon",
        "write 0",
    ),
    "moon-phase-of-orbiter": Rule(
        moons,
        "PHASE",
        lambda moon: (
            not _phase_is_automatic(moon) or moon.whole.part("OBSERVER")["TYPE"] != "Orbiter"
        ),
        "ExPRES stops at 'auto' if the observer is an 'Orbiter'",
        "write the moon's east longitude at the start, in degrees",
    ),
    "moon-shells": Rule(
        source_moons,
        "SEMI_MAJ",
        _has_shells,
        f"ExPRES has shells of field lines from {LOWEST_SHELL} to {HIGHEST_SHELL} planetary radii, "
        "and crashes if a source's moon is at none of them",
        "write the half axes in the unit of the planet's RADIUS, as 5.91 for Io and RADIUS 1",
    ),
    "moon-phase-of-known-planet": Rule(
        moons,
        "PHASE",
        lambda moon: not _phase_is_automatic(moon) or moon["PARENT"] in WEB_PARENTS,
        f"ExPRES finds phases for moons of {', '.join(WEB_PARENTS)} only, and stops at others",
        "write the moon's east longitude at the start, in degrees",
    ),
    "densities-at-most-four": Rule(
        file,
        "BODY",
        lambda whole: len(densities(whole)) <= MOST_DENSITIES,
        f"ExPRES holds at most {MOST_DENSITIES} active plasma models, of all bodies together",
        "write false as the ON of the others",
    ),
    "densities-of-the-planet": Rule(
        planets,
        "DENS",
        _densities_have_their_place,
        "ExPRES gives it the active plasma models of inactive bodies behind it, too, looks only at "
        "the first NUMBER.DENSITY active ones of the file, and crashes",
        "write false as the ON of those of all other bodies",
    ),
    "density-type": Rule(
        densities,
        "TYPE",
        lambda model: model["TYPE"] in {*DENSITIES, AUTO_DENSITY},
        "ExPRES knows no such plasma model, and compares the case of letters",
        lambda model: choice(model["TYPE"], DENSITIES),
    ),
    "density-from-files": Rule(
        densities,
        "TYPE",
        _stands_alone,
        f"{AUTO_DENSITY!r} needs files on the server, and no other plasma model beside it",
        f"choose one of {', '.join(map(repr, DENSITIES))}",
    ),
}
