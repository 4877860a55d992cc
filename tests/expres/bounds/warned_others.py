"""What gives a warning about axes, observer and bodies, and what just does not."""

from typing import Any

from tests.expres.bounds.changes import (
    AURORAL,
    AUTO,
    FILE,
    LISTED,
    ORBITER,
    SMALL,
    TRACK,
    Changes,
    Warned,
    named,
    orbit,
    starts,
    third_body,
)

MAG = "BODY[0].MAG"
PRINTED: Changes = {
    "SPDYN.PDF": True,
    "SPDYN.POLAR": True,
    "SPDYN.FREQ": [True, False, False, False, False],
}


def density(**values: Any) -> Changes:
    """Change the planet's second plasma model, a torus."""
    return {f"BODY[0].DENS[1].{key}": value for key, value in values.items()}


CASES: dict[str, Warned] = {
    "doi-in-commands": Warned(
        "SIMU.DOI",
        "'10.1 x': .* without quotes.*; write '10.1-x'$",
        [{"SIMU.DOI": "10.25935-a.b_c"}, {}],
        [{"SIMU.DOI": wrong} for wrong in ("10.1 x", "10.1(x)")],
    ),
    "body-name-in-commands": Warned(
        "BODY[0].NAME",
        "'Tau Boo': .*; write 'Tau-Boo'$",
        [named("TauBoo"), {"BODY[1].NAME": "a b", "BODY[1].ON": False} | AURORAL],
        [named("Tau Boo") | {MAG: "Tau_Boo_ab_axi"}, named("Tau'Boo")],
    ),
    "source-name-in-commands": Warned(
        "SOURCE[1].NAME",
        "'Source 2': .*; write 'Source-2'$",
        [{"SOURCE[1].NAME": "Source2_south"}],
        [{"SOURCE[1].NAME": "Source 2"}, {"SOURCE[1].NAME": "Source2 (south)"}],
    ),
    "time-from-the-start": Warned(
        "TIME.MIN",
        "60: ExPRES begins at SCTIME all the same",
        [{"TIME.MIN": 0.0}, FILE | {"TIME.MIN": 60}],
        [{"TIME.MIN": 60}, {"TIME.MIN": -SMALL}],
    ),
    "time-passes": Warned(
        "TIME.MAX",
        "0: time stands still",
        [{"TIME.MAX": SMALL}, FILE | {"TIME.MAX": 0}],
        [{"TIME.MAX": 0}, {"TIME.MAX": -SMALL}],
    ),
    # Jupiter turns by 435.26° in 720 minutes: 436 steps lag by less than 1°, 435 by more.
    "axes-drift": Warned(
        "TIME.NBR",
        "435: .* 1.00° of rotation here; take NBR 436 or more to stay within 1°$",
        [{"TIME.NBR": 436}, {"TIME.NBR": 436, "BODY[0].PERIOD": -595.5}, FILE | {"TIME.NBR": 10}],
        [{"TIME.NBR": 435}, {"TIME.NBR": 435, "BODY[0].PERIOD": -595.5}],
    ),
    "frequency-above-zero": Warned(
        "FREQUENCY.MIN",
        "0: there is no emission at 0 MHz",
        [{"FREQUENCY.MIN": SMALL}, LISTED | {"FREQUENCY.MIN": 0}],
        [{"FREQUENCY.MIN": 0}, {"FREQUENCY.MIN": -1}],
    ),
    "frequency-rises": Warned(
        "FREQUENCY.MAX",
        "1: it is not above FREQUENCY.MIN",
        [{"FREQUENCY.MAX": 1.001}, LISTED | {"FREQUENCY.MAX": 0}],
        [{"FREQUENCY.MAX": 1}, {"FREQUENCY.MAX": 0.999}],
    ),
    "frequency-list-rises": Warned(
        "FREQUENCY.SC",
        "sort the frequencies",
        [LISTED, LISTED | {"FREQUENCY.SC": [SMALL, 1.5]}, {"FREQUENCY.SC": [2, 1]}],
        [LISTED | {"FREQUENCY.SC": odd} for odd in ([2, 1], [1, 1], [1.5, 3, 2], [0, 1], [-1, 1])],
    ),
    "frequency-list-cut": Warned(
        "FREQUENCY.SC",
        "the type of its first number.*; write 1.0$",
        [
            LISTED,
            *(LISTED | {"FREQUENCY.SC": list_} for list_ in ([1.0, 2.5], [1, 2.0])),
            {"FREQUENCY.SC": [1, 2.5]},
            {"FREQUENCY.MIN": 1, "FREQUENCY.MAX": 40.5},
        ],
        [LISTED | {"FREQUENCY.SC": [1, 2.5]}],
    ),
    "count-cut": Warned(
        "TIME.NBR",
        "720.5: ExPRES cuts it to a whole number; write 720$",
        [{"TIME.NBR": 720.0}, {"FREQUENCY.NBR": 40.0}],
        [{"TIME.NBR": 720.5}],
    ),
    "printed-plot": Warned(
        "SPDYN.PDF",
        "forgets the image",
        [PRINTED, {"SPDYN.PDF": True}],
        [PRINTED | {"SPDYN.LOG": True}, PRINTED | {"SPDYN.POLAR": False}],
    ),
    "visible-sources-left-out": Warned(
        "SPDYN.CDF.SRCVIS",
        "the result will not hold VisibleSources",
        [{"SPDYN.CDF.SRCVIS": False}, {"SPDYN.CDF.SRCVIS": 0}],
        [{"SPDYN.CDF.SRCVIS": ...}],
    ),
    "positions-left-out": Warned(
        "SPDYN.CDF.SRCPOS",
        "the result will not hold SrcPosition",
        [{"SPDYN.CDF.SRCPOS": False}],
        [AURORAL | {"SPDYN.CDF.SRCPOS": ...}],
    ),
    "observer-start": Warned(
        "OBSERVER.SCTIME",
        "'201809310000': this is no date",
        [starts("201809130000"), starts("20180913000059"), FILE | starts("soon")],
        [starts(odd) for odd in ("201809310000", "2018091300000", "201809130000Z")],
    ),
    "fixed-distance": Warned(
        "OBSERVER.FIXE_DIST",
        "0: the observer is inside of the planet",
        [
            {"OBSERVER.FIXE_DIST": 1.001},
            AUTO,
            ORBITER | {"OBSERVER.FIXE_DIST": 0},
            FILE | {"OBSERVER.FIXE_DIST": 0},
        ],
        [{"OBSERVER.FIXE_DIST": wrong} for wrong in (0, 1, -1000)]
        + [orbit(5.91 * 71492) | {"BODY[0].RADIUS": 71492, "OBSERVER.FIXE_DIST": 1000}],
    ),
    "fixed-longitude": Warned(
        "OBSERVER.FIXE_SUBL",
        "'auto': FIXE_DIST alone decides.* it is 0 here",
        [{}, AUTO, TRACK | {"OBSERVER.FIXE_SUBL": "auto"}],
        [{"OBSERVER.FIXE_SUBL": "auto"}, AUTO | {"OBSERVER.FIXE_SUBL": 200}],
    ),
    "fixed-latitude": Warned(
        "OBSERVER.FIXE_DECL",
        "'auto': FIXE_DIST alone decides.* it is 0 here",
        [{}, AUTO, ORBITER | {"OBSERVER.FIXE_DECL": "auto"}],
        [{"OBSERVER.FIXE_DECL": "auto"}, AUTO | {"OBSERVER.FIXE_DECL": 0}],
    ),
    "observer-orbit": Warned(
        "OBSERVER.SEMI_MIN",
        "0: an orbit needs 0 < SEMI_MIN ≤ SEMI_MAJ",
        [ORBITER, ORBITER | {"OBSERVER.SEMI_MIN": SMALL}, {"OBSERVER.SEMI_MIN": -1}],
        [ORBITER | {"OBSERVER.SEMI_MIN": wrong} for wrong in (0, -1, 9.001)],
    ),
    "field-not-known": Warned(
        MAG,
        "'jrm09': .* the server may not have.*; write 'JRM09[+]Connerney CS', or make sure",
        [{MAG: name} for name in ("JRM33", "JRM09", "VIP4", "VIP4+Connerney CS")],
        [{MAG: name} for name in ("jrm09", "mine", "JRM33+Connerney CS")],
    ),
    "field-of-another-planet": Warned(
        MAG,
        "'Z3': this is the magnetic field of another planet",
        [named("Saturn") | {MAG: "Z3"}, named("TauBoo") | {MAG: "Z3"}, {MAG: "mine"}],
        [{MAG: "Z3"}, named("Saturn") | {MAG: "JRM33"}, {MAG: "TDS"}],
    ),
    "field-with-a-space": Warned(
        MAG,
        "write 'JRM09[+]Connerney CS'",
        [{MAG: "JRM09+Connerney CS"}],
        [{MAG: "JRM09 Connerney CS"}],
    ),
    "phase-from-the-web": Warned(
        "BODY[1].PHASE",
        "'auto': .* web service .* east longitude",
        [{"BODY[1].PHASE": 0}, AURORAL | {"BODY[1].PHASE": "auto", "BODY[1].ON": False}],
        [{"BODY[1].PHASE": "auto"}, {"BODY[1].PHASE": "60"}],
    ),
    "moon-that-stands": Warned(
        "BODY[1].MOTION", "leaves it where it is", [{}], [{"BODY[1].MOTION": False}]
    ),
    "densities-of-others": Warned(
        "BODY[1].DENS",
        "ExPRES uses the plasma of the planet only",
        [{}],
        [
            {"BODY[1].DENS[1].ON": True, "BODY[1].DENS[1].SCALE": 1},
            AURORAL
            | {"BODY[1].DENS[1].ON": True, "BODY[1].DENS[1].SCALE": 1, "BODY[0].DENS[1].ON": False}
            | {"BODY[1].ON": False, "BODY[1].PARENT": ""},
        ],
    ),
    "planet-beside-its-place": Warned(
        "BODY[0].SEMI_MAJ",
        "5: half axes of the planet move it away",
        [{"BODY[0].SEMI_MAJ": 0.0}],
        [
            *({"BODY[0].SEMI_MAJ": 5}, {"BODY[0].SEMI_MIN": 5}),
            {"BODY[0].SEMI_MAJ": 5, "BODY[0].SEMI_MIN": 5},
        ],
    ),
    "planet-of-several": Warned(
        "BODY[2].PARENT",
        "ExPRES divides all lengths by the last RADIUS",
        [{}],
        [third_body(NAME="Star", PARENT="", RADIUS=1, MOTION=False, SEMI_MAJ=0, SEMI_MIN=0)],
    ),
    "planet-rotation": Warned(
        "BODY[0].PERIOD",
        "595.5 for Jupiter",
        [{"BODY[0].PERIOD": -SMALL}],
        [{"BODY[0].PERIOD": 0}, {"BODY[0].PERIOD": 0.0}],
    ),
    "planet-flattening": Warned(
        "BODY[0].FLAT",
        "0.064935 for Jupiter",
        [{"BODY[0].FLAT": 0}, {"BODY[0].FLAT": 0.999}],
        [{"BODY[0].FLAT": 1}, {"BODY[0].FLAT": -SMALL}],
    ),
    "planet-orbital-period": Warned(
        "BODY[0].ORB_PER",
        "177.83 for Jupiter",
        [{"BODY[0].ORB_PER": SMALL}, AURORAL | {"BODY[0].ORB_PER": 0, "BODY[1].ON": False}],
        [{"BODY[0].ORB_PER": 0}, {"BODY[0].ORB_PER": -1}],
    ),
    "moon-orbit": Warned(
        "BODY[1].SEMI_MIN",
        "the moon has no position",
        [{"BODY[1].SEMI_MIN": SMALL}],
        [AURORAL | {"BODY[1].SEMI_MIN": wrong} for wrong in (0, -1, 5.911)],
    ),
    "density-without-files": Warned(
        "BODY[0].DENS[1].TYPE",
        "'auto': .* there is none here",
        [density(TYPE="auto", ON=False)],
        [density(TYPE="auto") | {"BODY[0].DENS[0].ON": False}],
    ),
    "density-above-zero": Warned(
        "BODY[0].DENS[1].RHO0",
        "-1: a density is not below 0",
        [density(RHO0=0)],
        [density(RHO0=-1)],
    ),
    "density-scale": Warned(
        "BODY[0].DENS[1].SCALE",
        "0: heights are divided by it",
        [density(SCALE=SMALL), density(SCALE=0, TYPE="Stellar"), density(SCALE=0, ON=False)],
        [density(SCALE=0), density(SCALE=-1)],
    ),
    "density-disk": Warned(
        "BODY[0].DENS[1].PERP",
        "0: distances from the axis are divided by it",
        [density(PERP=SMALL, TYPE="Disk"), density(PERP=0)],
        [density(PERP=0, TYPE="Disk"), density(PERP=-1, TYPE="Disk")],
    ),
}
