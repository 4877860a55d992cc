"""Bounds of the rules of the list SOURCE."""

from tests.expres.bounds.changes import (
    AURORAL,
    CONSTANT,
    SMALL,
    Bounds,
    Changes,
    third_body,
    values,
)

POLAR: Changes = {f"SOURCE[{index}].TYPE": "fixed in latitude" for index in (0, 1)}

CASES: dict[str, Bounds] = {
    "a-source-is-on": Bounds(
        "SOURCE",
        [{"SOURCE[1].ON": False}],
        [{"SOURCE[0].ON": False, "SOURCE[1].ON": False}],
    ),
    "source-name": Bounds(
        "SOURCE[1].NAME",
        [
            {},
            *(
                {"SOURCE[1].NAME": name}
                for name in ("2", "Src2", "Source02", "Source2.9", "Source2_south")
            ),
            {"SOURCE[0].NAME": "Source2", "SOURCE[1].NAME": "Source1"},
            {"SOURCE[0].ON": False, "SOURCE[1].NAME": "Source1"},
            {"SOURCE[0].ON": False, "SOURCE[0].NAME": "any", "SOURCE[1].NAME": "Source1"},
            {"SOURCE[1].ON": False, "SOURCE[1].NAME": "any"},
        ],
        [
            {"SOURCE[0].ON": False},
            *(
                {"SOURCE[1].NAME": name}
                for name in ("Source3", "Source0", "Source", "source2", "x2", "Io north", "")
            ),
        ],
    ),
    "source-name-without-slash": values(
        "SOURCE[1].NAME", ["Source2-south"], ["Source2/south", "2/"]
    ),
    "source-parent": Bounds(
        "SOURCE[0].PARENT",
        [
            {"SOURCE[1].PARENT": "nobody", "SOURCE[1].ON": False},
            {"SOURCE[1].PARENT": ""},
            AURORAL | {"SOURCE[1].PARENT": "nobody"},
        ],
        [{"SOURCE[0].PARENT": wrong} for wrong in ("nobody", "jupiter", "")]
        + [AURORAL | {"SOURCE[0].PARENT": wrong} for wrong in ("nobody", "")],
    ),
    "source-moon": Bounds(
        "SOURCE[0].SAT",
        [AURORAL | {"SOURCE[1].SAT": "nobody"}, {"SOURCE[1].SAT": ""}],
        [{"SOURCE[0].SAT": wrong} for wrong in ("io", "Jupiter", "")]
        + [third_body(NAME="Europa", ON=False) | {"SOURCE[0].SAT": "Europa"}],
    ),
    "source-hemisphere": Bounds(
        "SOURCE[0].NORTH",
        [
            {"SOURCE[0].NORTH": 0, "SOURCE[0].SOUTH": True},
            {"SOURCE[0].NORTH": 1.0, "SOURCE[0].SOUTH": True},
        ],
        [{"SOURCE[0].NORTH": False}, {"SOURCE[0].NORTH": 0.0}],
    ),
    "source-lines": Bounds(
        "SOURCE[0].LAT",
        [
            *(AURORAL | {"SOURCE[0].LAT": shell} for shell in (1, 1.9, 100)),
            *(AURORAL | POLAR | {"SOURCE[0].LAT": degrees} for degrees in (1, 89.9)),
            {"SOURCE[0].LAT": -6},
        ],
        [
            *(AURORAL | {"SOURCE[0].LAT": shell} for shell in (0, 0.9, -6)),
            *(AURORAL | POLAR | {"SOURCE[0].LAT": degrees} for degrees in (0.9, 90, -75)),
        ],
    ),
    "one-longitude": Bounds(
        "SOURCE[0].LG_MAX",
        [
            {"SOURCE[0].LG_MIN": 0},
            {"SOURCE[0].LG_MIN": 20, "SOURCE[0].LG_MAX": 20.0},
            AURORAL,
        ],
        [
            {"SOURCE[0].LG_MIN": 20},
            {"SOURCE[0].LG_MIN": 0, "SOURCE[0].LG_MAX": SMALL},
            AURORAL | {"SOURCE[0].LG_NBR": 1},
        ],
    ),
    "lead-law": Bounds(
        "SOURCE[0].LAG_MODEL",
        [
            *({"SOURCE[0].LAG_MODEL": law} for law in ("", "off", "Hue2023", "BONFOND2017_OLD")),
            *(
                {"SOURCE[0].LAG_MODEL": law}
                for law in ("hess2011", "bonfond2009", "bonfond2017", "hinton2019", "hue2023")
            ),
            *(
                {"BODY[1].NAME": moon, "SOURCE[0].SAT": moon, "SOURCE[1].SAT": moon}
                | {"SOURCE[0].LAG_MODEL": "any"}
                for moon in ("Europa", "Ganymede", "Callisto", "io")
            ),
            AURORAL | {"SOURCE[0].LAG_MODEL": "any"},
            AURORAL | {"SOURCE[0].LAG_MODEL": "any", "SOURCE[0].SAT": "Io"},
        ],
        [{"SOURCE[0].LAG_MODEL": law} for law in ("hue2022", "hess", "OFF", "none", " ")],
    ),
    "current": values(
        "SOURCE[0].CURRENT",
        [
            *("Transient (Alfvenic)", "Transient (Alfv\u00e9nic)", "Transient (Aflvenic)"),
            *("Transient (Aflv\u00e9nic)", "Shell"),
        ],
        [
            *("", "Transient", "transient (Alfvenic)", "Transient (ALFVENIC)", "steady-state"),
            *("Steady State", "constant", "shell", "Transient (Alfvenic) ", "Loss cone"),
        ],
    ),
    "current-with-bounds": values(
        "SOURCE[0].CURRENT", ["Transient (Aflvenic)"], ["Transient (Aflvenic)+bornes"]
    ),
    "mode": Bounds(
        "SOURCE[0].MODE",
        [
            *({"SOURCE[0].MODE": mode} for mode in ("", "RX", "rx", "Rx", "LO", "lo")),
            CONSTANT | {"SOURCE[0].MODE": "X"},
        ],
        [
            *({"SOURCE[0].MODE": mode} for mode in ("X", "R-X", "RX ", "auto")),
            CONSTANT | {"SOURCE[0].MODE": "R/X"},
        ],
    ),
    "constant-angle": Bounds(
        "SOURCE[0].CONSTANT",
        [CONSTANT, CONSTANT | {"SOURCE[0].CONSTANT": SMALL}, {"SOURCE[0].CONSTANT": 0}],
        [CONSTANT | {"SOURCE[0].CONSTANT": 0}],
    ),
}
