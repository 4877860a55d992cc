"""Warnings about the list BODY: the planet, its moons and their plasma."""

from collections.abc import Mapping

from prefect_expres.expres.problem import Part, choice, nearest, readable
from prefect_expres.expres.rules import Rule
from prefect_expres.expres.rules.rule import (
    densities,
    every_body,
    field_bodies,
    moons,
    planets,
)
from prefect_expres.expres.vocabulary import (
    AUTO_DENSITY,
    DENSITIES,
    FIELDS,
    field_folder,
    fields_of,
)

_PLANETS = {field.body for field in FIELDS.values()} - {""}


def _fix_of_folder(body: Part) -> str:
    near = nearest(field_folder(body["MAG"]), tuple(FIELDS))
    known = fields_of(body["NAME"]) if near is None else (FIELDS[near].mag,)
    return f"{choice(body['MAG'], known)}, or make sure that the server has it"


def _fix_of_space(body: Part) -> str:
    field = FIELDS.get(field_folder(body["MAG"]))
    return f"write {body['MAG'].replace(' ', '_') if field is None else field.mag!r}"


def _is_its_own_field(body: Part) -> bool:
    field = FIELDS.get(field_folder(body["MAG"]))
    return field is None or body["NAME"] not in _PLANETS or field.body == body["NAME"]


def _planet_alone_has_plasma(body: Part) -> bool:
    return (bool(body["ON"]) and body["PARENT"] == "") or not list(
        readable(body.parts("DENS"), "ON")
    )


WARNINGS: Mapping[str, Rule] = {
    "field-not-known": Rule(
        field_bodies,
        "MAG",
        lambda body: field_folder(body["MAG"]) in FIELDS,
        "ExPRES takes a name that it does not know for a folder of field lines, which the server "
        "may not have: it stops then",
        _fix_of_folder,
    ),
    "field-of-another-planet": Rule(
        field_bodies,
        "MAG",
        _is_its_own_field,
        "this is the magnetic field of another planet, and ExPRES uses it here",
        lambda body: choice("", fields_of(body["NAME"])),
    ),
    "field-with-a-space": Rule(
        field_bodies,
        "MAG",
        lambda body: " " not in body["MAG"].partition("+")[0],
        "it gets into the names of files, which the commands of ExPRES do not quote",
        _fix_of_space,
    ),
    "phase-from-the-web": Rule(
        moons,
        "PHASE",
        lambda moon: not isinstance(moon["PHASE"], str),
        "ExPRES asks a web service when it runs, even if OBSERVER.EPHEM is given: the run fails "
        "with that service, and the same file may give another result",
        "write the moon's east longitude at the start less the light time, in degrees",
    ),
    "moon-that-stands": Rule(
        moons,
        "MOTION",
        lambda moon: bool(moon["MOTION"]),
        "ExPRES leaves it where it is at the start",
        "write true",
    ),
    "densities-of-others": Rule(
        every_body,
        "DENS",
        _planet_alone_has_plasma,
        "ExPRES uses the plasma of the planet only, and gives that of an inactive body to the "
        "body before",
        "write false as their ON",
    ),
    "planet-beside-its-place": Rule(
        planets,
        "SEMI_MAJ",
        lambda planet: planet["SEMI_MAJ"] == planet["SEMI_MIN"] == 0,
        "half axes of the planet move it away from the centre of the moons' orbits",
        "write 0 in SEMI_MAJ and SEMI_MIN",
    ),
    "planet-rotation": Rule(
        planets,
        "PERIOD",
        lambda planet: planet["PERIOD"] != 0,
        "the rotation is divided by it: longitudes are NaN, and there is no emission",
        "write the sidereal rotation period in minutes, as 595.5 for Jupiter",
    ),
    "planet-flattening": Rule(
        planets,
        "FLAT",
        lambda planet: 0 <= planet["FLAT"] < 1,
        "the surface is no spheroid unless it is from 0 to less than 1",
        "write (equatorial - polar) / equatorial radius, as 0.064935 for Jupiter",
    ),
    "planet-orbital-period": Rule(
        planets,
        "ORB_PER",
        lambda planet: planet["ORB_PER"] > 0 or not moons(planet.whole),
        "the moons' periods are ORB_PER · SEMI_MAJ^1.5: at 0 they have no position, below they "
        "move backwards",
        "write the period in minutes of an orbit at one radius, as 177.83 for Jupiter",
    ),
    "moon-orbit": Rule(
        moons,
        "SEMI_MIN",
        lambda moon: 0 < moon["SEMI_MIN"] <= moon["SEMI_MAJ"],
        "the moon has no position: an orbit needs 0 < SEMI_MIN ≤ SEMI_MAJ",
        "write both half axes",
    ),
    "density-without-files": Rule(
        densities,
        "TYPE",
        lambda model: model["TYPE"] != AUTO_DENSITY,
        "the files of a field 'auto' hold this plasma: there is none here",
        lambda model: choice(model["TYPE"], DENSITIES),
    ),
    "density-above-zero": Rule(
        densities,
        "RHO0",
        lambda model: model["RHO0"] >= 0,
        "a density is not below 0: ExPRES takes its root",
        "write the density in cm⁻³",
    ),
    "density-scale": Rule(
        densities,
        "SCALE",
        lambda model: model["TYPE"] == "Stellar" or model["SCALE"] > 0,
        "heights are divided by it: at 0 the plasma has no height, below it grows with height",
        "write the scale height, in the unit of the planet's RADIUS",
    ),
    "density-disk": Rule(
        densities,
        "PERP",
        lambda model: model["TYPE"] != "Disk" or model["PERP"] > 0,
        "distances from the axis are divided by it: at 0 there is no disk, below it grows outwards",
        "write the disk's scale along the equator, in the unit of the planet's RADIUS",
    ),
    "planet-of-several": Rule(
        planets,
        "PARENT",
        lambda planet: planet.index == planets(planet.whole)[0].index,
        "another active body before has no PARENT: ExPRES divides all lengths by the last RADIUS",
        "write false as its ON, or the name of the body that it orbits",
    ),
}
