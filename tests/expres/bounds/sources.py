"""Bounds of the rules of the list SOURCE."""

from tests.expres.bounds.changes import AURORAL, CONSTANT, SMALL, Bounds, third_body, values

CASES: dict[str, Bounds] = {
    "a-source-is-on": Bounds(
        "SOURCE",
        [{"SOURCE[1].ON": False}],
        [{"SOURCE[0].ON": False, "SOURCE[1].ON": False}],
    ),
    "source-name": Bounds(
        "SOURCE[1].NAME", [{}], [{"SOURCE[1].NAME": wrong} for wrong in ("Source1", "Source3")]
    ),
    "source-parent": Bounds(
        "SOURCE[1].PARENT",
        [{"SOURCE[1].PARENT": "nobody", "SOURCE[1].ON": False}],
        [{"SOURCE[1].PARENT": wrong} for wrong in ("nobody", "jupiter", "")],
    ),
    "source-moon": Bounds(
        "SOURCE[1].SAT",
        [AURORAL | {"SOURCE[1].SAT": "nobody"}],
        [{"SOURCE[1].SAT": wrong} for wrong in ("io", "Jupiter", "")]
        + [third_body(NAME="Europa", ON=False) | {"SOURCE[1].SAT": "Europa"}],
    ),
    "source-hemisphere": Bounds(
        "SOURCE[0].NORTH",
        [{"SOURCE[0].NORTH": 0, "SOURCE[0].SOUTH": True}],
        [
            {"SOURCE[0].NORTH": False},
            {"SOURCE[0].SOUTH": True},
            {"SOURCE[0].NORTH": 1, "SOURCE[0].SOUTH": 1},
        ],
    ),
    "lead-word": values(
        "SOURCE[0].LG_MIN", ["auto", "auto+3", "auto-3"], ["", "Auto", "auto+2", "auto3", "0"]
    ),
    "lead-range": Bounds(
        "SOURCE[0].LG_MAX",
        [{"SOURCE[0].LG_MIN": 0, "SOURCE[0].LG_MAX": 20}, {"SOURCE[0].LG_MAX": "any"}],
        [{"SOURCE[0].LG_MIN": 0, "SOURCE[0].LG_MAX": "auto"}],
    ),
    "lead-law": values(
        "SOURCE[0].LAG_MODEL",
        [
            *("", "off", "hess2011", "bonfond2009", "bonfond2017", "hinton2019", "hue2023"),
            "Hue2023",
        ],
        ["hue2022", "hess", "OFF", "none"],
    ),
    "constant-angle": Bounds(
        "SOURCE[0].CONSTANT",
        [CONSTANT, CONSTANT | {"SOURCE[0].CONSTANT": SMALL}, {"SOURCE[0].CONSTANT": 0}],
        [CONSTANT | {"SOURCE[0].CONSTANT": 0}],
    ),
    "beam-width": values("SOURCE[0].WIDTH", [SMALL], [0, -1]),
    "electron-energy": Bounds(
        "SOURCE[0].ACCEL",
        [{"SOURCE[0].ACCEL": SMALL}, CONSTANT | {"SOURCE[0].ACCEL": 0}],
        [
            {"SOURCE[0].ACCEL": 0},
            {"SOURCE[0].ACCEL": -1},
            CONSTANT | {"SOURCE[0].ACCEL": -SMALL},
        ],
    ),
    "cold-temperature": values("SOURCE[0].TEMP", [0, SMALL], [-SMALL]),
    "hot-temperature": values("SOURCE[0].TEMPH", [0, SMALL], [-SMALL]),
}
