"""Bounds of the rules of the list BODY."""

from tests.expres.bounds.changes import (
    AURORAL,
    ORBITER,
    SMALL,
    Bounds,
    Changes,
    densities,
    third_body,
    values,
)

SATURN: Changes = {
    "BODY[0].NAME": "Saturn",
    "BODY[0].MAG": "Z3",
    "BODY[1].PARENT": "Saturn",
    "OBSERVER.PARENT": "Saturn",
    "SOURCE[0].PARENT": "Saturn",
    "SOURCE[1].PARENT": "Saturn",
}
CASES: dict[str, Bounds] = {
    "one-planet": Bounds(
        "BODY",
        [{}, third_body(NAME="Saturn", PARENT="", ON=False)],
        [
            third_body(NAME="Saturn", PARENT="", MAG="Z3", MOTION=False),
            {"BODY[0].PARENT": "Io"} | {"BODY[1].PARENT": "Jupiter"},
        ],
        frozenset({"densities-of-the-planet", "moon-orbit"}),
    ),
    "body-name-once": Bounds(
        "BODY[2].NAME",
        [third_body(NAME="Europa"), third_body(NAME="Io", ON=False)],
        [third_body(NAME="Io"), third_body(NAME="Jupiter")],
        frozenset({"moon-parent"}),
    ),
    "body-name-without-slash": values(
        "BODY[0].NAME",
        ["Jupiter"],
        ["Jup/iter"],
        also=frozenset({"observer-parent", "planet-field", "moon-parent", "source-parent"}),
    ),
    "planet-does-not-move": values("BODY[0].MOTION", [False, 0], [True, 1]),
    "planet-radius": values("BODY[0].RADIUS", [SMALL, 71492], [0, -1]),
    "planet-rotation": values("BODY[0].PERIOD", [SMALL, -SMALL, 595.5], [0, 0.0]),
    "planet-flattening": values("BODY[0].FLAT", [0, 0.999], [1, -SMALL]),
    "planet-orbital-period": Bounds(
        "BODY[0].ORB_PER",
        [{"BODY[0].ORB_PER": SMALL}, AURORAL | {"BODY[0].ORB_PER": 0, "BODY[1].ON": False}],
        [{"BODY[0].ORB_PER": 0}, {"BODY[0].ORB_PER": -1}],
    ),
    "planet-field": Bounds(
        "BODY[0].MAG",
        [
            *(
                {"BODY[0].MAG": name}
                for name in (
                    *("JRM33", "JRM09_CS2020", "ISaAC+Connerney CS", "JRM09+Connerney CS"),
                    *("O6+Connerney CS", "VIP4+Connerney CS", "VIPAL+Connerney CS"),
                    "VIT4+Connerney CS",
                )
            ),
            SATURN,
            SATURN | {"BODY[0].MAG": "SPV"},
        ],
        [{"BODY[0].MAG": wrong} for wrong in ("Z3", "auto", "")] + [SATURN | {"BODY[0].MAG": "O6"}],
    ),
    "moon-parent": Bounds(
        "BODY[1].PARENT",
        [{}, third_body(NAME="Orbiter", PARENT="Io")],
        [
            {"BODY[1].PARENT": "jupiter"},
            {"BODY[1].PARENT": "Io"},
            third_body(NAME="Europa", ON=False) | {"BODY[1].PARENT": "Europa"},
        ],
    ),
    "moon-orbit": values("BODY[1].SEMI_MIN", [SMALL, 5.91], [0, -1, 5.911]),
    "moon-phase-of-orbiter": Bounds(
        "BODY[1].PHASE",
        [{"BODY[1].PHASE": "auto"}, ORBITER],
        [ORBITER | {"BODY[1].PHASE": "auto"}],
    ),
    "densities-of-the-planet": Bounds(
        "BODY[1].DENS",
        [{}],
        [{"BODY[1].DENS[1].ON": True, "BODY[1].DENS[1].SCALE": 1}],
    ),
    "densities-at-most-four": Bounds("BODY[0].DENS", [densities(0), densities(4)], [densities(5)]),
    "density-type": Bounds(
        "BODY[0].DENS[0].TYPE",
        [
            {"BODY[0].DENS[0].TYPE": "Stellar"},
            {"BODY[0].DENS[0].TYPE": "auto", "BODY[0].DENS[0].ON": False},
        ],
        [{"BODY[0].DENS[0].TYPE": "auto"}],
    ),
    "density-scale": Bounds(
        "BODY[0].DENS[1].SCALE",
        [
            {"BODY[0].DENS[1].SCALE": SMALL},
            {"BODY[0].DENS[1].SCALE": 0, "BODY[0].DENS[1].TYPE": "Stellar"},
            {"BODY[0].DENS[1].SCALE": 0, "BODY[0].DENS[1].ON": False},
        ],
        [{"BODY[0].DENS[1].SCALE": 0}, {"BODY[0].DENS[1].SCALE": -1}],
    ),
    "density-disk": Bounds(
        "BODY[0].DENS[1].PERP",
        [
            {"BODY[0].DENS[1].PERP": SMALL, "BODY[0].DENS[1].TYPE": "Disk"},
            {"BODY[0].DENS[1].PERP": 0},
        ],
        [{"BODY[0].DENS[1].PERP": wrong, "BODY[0].DENS[1].TYPE": "Disk"} for wrong in (0, -1)],
    ),
}
