"""Bounds of the rules of the list BODY."""

from tests.expres.bounds.changes import (
    AURORAL,
    ORBITER,
    SMALL,
    Bounds,
    Changes,
    densities,
    each,
    named,
    orbit,
    second,
    third_body,
    values,
)

SATURN: Changes = named("Saturn") | {"BODY[0].MAG": "Z3"}
OVALS = ((0.9, 0.5), (101.5, 50))
"""Half axes of orbits that pass a shell, where circles of the longer one would not."""
ON_A_MOON_BUT_OFF: Changes = second(TYPE="attached to a satellite", SAT="Io", ON=False)
CASES: dict[str, Bounds] = {
    "one-planet": Bounds(
        "BODY",
        [
            {},
            third_body(NAME="Saturn", PARENT="", ON=False),
            third_body(NAME="Saturn", PARENT="", RADIUS=1, MOTION=False),
        ],
        [
            third_body(NAME="Saturn", PARENT="", MAG="Z3", MOTION=False),
            {"BODY[0].PARENT": "Io"} | {"BODY[1].PARENT": "Jupiter"},
        ],
        frozenset({"moon-parent", "moon-shells"}),
    ),
    "body-name-once": Bounds(
        "BODY[2].NAME",
        [third_body(NAME="Europa"), third_body(NAME="Io", ON=False)],
        [third_body(NAME="Io"), third_body(NAME="Jupiter")],
        frozenset({"field"}),
    ),
    "body-name-without-slash": values(
        "BODY[0].NAME",
        ["Jupiter"],
        ["Jup/iter"],
        also=frozenset({"observer-parent", "moon-parent", "source-parent", "source-moon"}),
    ),
    "planet-does-not-move": values("BODY[0].MOTION", [False, 0], [True, 1]),
    "planet-radius": Bounds(
        "BODY[0].RADIUS",
        [AURORAL | {"BODY[0].RADIUS": radius} for radius in (SMALL, 71492)],
        [given | {"BODY[0].RADIUS": radius} for radius in (0, -1) for given in ({}, AURORAL)],
    ),
    "moon-phase-of-orbiter": Bounds(
        "BODY[1].PHASE",
        [{"BODY[1].PHASE": "auto"}, ORBITER],
        [given | ORBITER | {"BODY[1].PHASE": "auto"} for given in ({}, AURORAL)],
    ),
    "field": Bounds(
        "BODY[0].MAG",
        [
            *({"BODY[0].MAG": name} for name in ("JRM33", "JRM09 Connerney CS", "VIP4", "mine")),
            *(SATURN | {"BODY[0].MAG": name} for name in ("Z3", "SPV", "O6")),
            {"BODY[1].MAG": "auto"},
            {"BODY[1].MAG": "auto", "SOURCE[1].ON": False, "SOURCE[1].PARENT": "Io"},
        ],
        [{"BODY[0].MAG": wrong} for wrong in ("auto", "Auto", "")],
    ),
    "field-is-no-dipole": values(
        "BODY[0].MAG", ["my_Dipole", "dipole"], ["Dipole", "Dipole_4.2_0_0_0_0"]
    ),
    "field-without-slash": values(
        "BODY[0].MAG", ["mine_a/b", "mine+a/b"], ["mine/JRM09", "/JRM09_x"]
    ),
    "phase-of-planet": values("BODY[0].PHASE", [0, 90], ["auto", "", "0"]),
    "moon-parent": Bounds(
        "BODY[1].PARENT",
        [{}, third_body(NAME="Orbiter", PARENT="Io")],
        [
            {"BODY[1].PARENT": "jupiter"},
            {"BODY[1].PARENT": "Io"},
            third_body(NAME="Europa", ON=False) | {"BODY[1].PARENT": "Europa"},
            third_body(NAME="Europa") | {"BODY[1].PARENT": "Europa"},
        ],
    ),
    "moon-orbit": Bounds(
        "BODY[1].SEMI_MIN",
        [
            *({"BODY[1].SEMI_MIN": axis} for axis in (SMALL, 5.91)),
            AURORAL | {"BODY[1].SEMI_MIN": 6},
            AURORAL | each(SAT="Io") | {"BODY[1].SEMI_MIN": 6},
            AURORAL | ON_A_MOON_BUT_OFF | {"BODY[1].SEMI_MIN": 6},
            third_body(NAME="Europa", SEMI_MIN=0),
        ],
        [{"BODY[1].SEMI_MIN": axis} for axis in (0, -1, 5.911)],
    ),
    "moon-shells": Bounds(
        "BODY[1].SEMI_MAJ",
        [orbit(axis) for axis in (1, 1.5, 26.33, 99.9, 100.5)]
        + [{"BODY[1].SEMI_MAJ": far, "BODY[1].SEMI_MIN": near} for far, near in OVALS]
        + [orbit(5.91 * 71492) | {"BODY[0].RADIUS": 71492}, AURORAL | orbit(0.5)],
        [
            *(orbit(axis) for axis in (0.5, 0.999, 101.5, 421700)),
            orbit(5.91) | {"BODY[0].RADIUS": 71492},
            third_body(NAME="Saturn", PARENT="", MAG="Z3", MOTION=False, RADIUS=71492),
        ],
        frozenset({"one-planet"}),
    ),
    "moon-phase-of-known-planet": Bounds(
        "BODY[1].PHASE",
        [
            {"BODY[1].PHASE": "auto"},
            SATURN | {"BODY[1].PHASE": "auto"},
            {"BODY[1].PHASE": "auto", "BODY[1].ON": False} | AURORAL,
        ],
        [
            named(planet) | {"BODY[1].PHASE": word}
            for planet in ("TauBoo", "Mercury", "Earth", "Mars")
            for word in ("auto", "Auto", "60")
        ]
        + [AURORAL | named("TauBoo") | {"BODY[1].PHASE": "auto"}],
    ),
    "densities-of-the-planet": Bounds(
        "BODY[0].DENS",
        [
            {},
            {"BODY[1].DENS[0].ON": True},
            {"BODY[0].DENS[1].ON": False, "BODY[1].DENS[0].ON": True, "BODY[1].ON": False}
            | AURORAL,
            {"BODY[1].DENS[0].ON": True, "BODY[1].DENS[1].ON": True},
        ],
        [{"BODY[1].DENS[0].ON": True, "BODY[1].ON": False} | AURORAL],
    ),
    "densities-at-most-four": Bounds(
        "BODY",
        [densities(0), densities(4), {"BODY[1].DENS[0].ON": True, "BODY[1].DENS[1].ON": True}],
        [densities(5), densities(4) | {"BODY[1].DENS[4].ON": True}],
    ),
    "density-type": Bounds(
        "BODY[0].DENS[0].TYPE",
        [
            *({"BODY[0].DENS[0].TYPE": word} for word in ("Stellar", "Disk", "Torus")),
            {"BODY[0].DENS[0].TYPE": "any", "BODY[0].DENS[0].ON": False},
        ],
        [{"BODY[0].DENS[0].TYPE": word} for word in ("stellar", "AUTO", "Plasma", "")],
    ),
    "density-from-files": Bounds(
        "BODY[0].DENS[0].TYPE",
        [
            {"BODY[0].DENS[0].TYPE": "auto", "BODY[0].DENS[0].ON": False},
            {"BODY[0].DENS[0].TYPE": "auto", "BODY[0].DENS[1].ON": False},
            {"BODY[0].DENS[0].TYPE": "auto", "BODY[0].DENS[1].ON": False}
            | {"BODY[1].DENS[0].ON": True},
            {"BODY[1].DENS[0].TYPE": "auto", "BODY[1].DENS[0].ON": True},
        ],
        [{"BODY[0].DENS[0].TYPE": "auto"}],
    ),
}
