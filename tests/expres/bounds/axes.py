"""Bounds of the rules of the sections SIMU, NUMBER, TIME and FREQUENCY."""

from tests.expres.bounds.changes import (
    FILE,
    JUNO,
    LISTED,
    SMALL,
    TRACK,
    Bounds,
    densities,
    starts,
    third_body,
    values,
)

CASES: dict[str, Bounds] = {
    "doi-without-slash": values("SIMU.DOI", ["", "10.25935-x"], ["/", "10.25935/x"]),
    "number-of-bodies": Bounds(
        "NUMBER.BODY",
        [{"NUMBER.BODY": 2}, third_body(NAME="Europa")],
        [{"NUMBER.BODY": 1}, {"NUMBER.BODY": 3}, third_body(NAME="Europa") | {"NUMBER.BODY": 2}],
    ),
    "number-of-densities": Bounds(
        "NUMBER.DENSITY",
        [{"NUMBER.DENSITY": 2}, densities(2)],
        [
            {"NUMBER.DENSITY": 1},
            {"NUMBER.DENSITY": 3},
            {"BODY[1].DENS[2]": {}},
            {"BODY[0].DENS[2]": {"ON": False}, "NUMBER.DENSITY": 3},
        ],
    ),
    "number-of-sources": values("NUMBER.SOURCE", [2], [0, 1, 3]),
    "time-starts-at-zero": values("TIME.MIN", [0, 0.0], [SMALL, -SMALL, 1]),
    "time-passes": values("TIME.MAX", [SMALL, 720], [0, -SMALL]),
    "steps-through-miriade": Bounds(
        "TIME.NBR",
        [
            TRACK | {"TIME.NBR": 5000},
            {"TIME.NBR": 5001},
            FILE | {"TIME.NBR": 5001},
            JUNO | {"TIME.NBR": 5001},
            TRACK | {"TIME.NBR": 5001, "OBSERVER.SC": "Voyager1"} | starts("197903050000"),
            TRACK | {"TIME.NBR": 5001, "OBSERVER.SC": "Voyager2"} | starts("197907090000"),
        ],
        [
            TRACK | {"TIME.NBR": 5001},
            TRACK | {"TIME.NBR": 5001, "OBSERVER.SC": "Cassini"},
            TRACK | {"TIME.NBR": 5001, "OBSERVER.SC": "Voyager1"} | starts("198003050000"),
            TRACK | {"TIME.NBR": 5001, "OBSERVER.SC": "Earth"} | starts("197903050000"),
        ],
    ),
    "frequency-above-zero": Bounds(
        "FREQUENCY.MIN",
        [{"FREQUENCY.MIN": SMALL}, LISTED | {"FREQUENCY.MIN": 0}],
        [
            {"FREQUENCY.MIN": 0},
            {"FREQUENCY.MIN": -1},
            {"FREQUENCY.MIN": 0, "FREQUENCY.TYPE": "Log"},
        ],
    ),
    "frequency-rises": Bounds(
        "FREQUENCY.MAX",
        [{"FREQUENCY.MAX": 1.001}, LISTED | {"FREQUENCY.MAX": 0}],
        [{"FREQUENCY.MAX": 1}, {"FREQUENCY.MAX": 0.999}],
    ),
    "frequency-channels": Bounds(
        "FREQUENCY.NBR",
        [{"FREQUENCY.NBR": 2}, LISTED | {"FREQUENCY.NBR": 0}],
        [{"FREQUENCY.NBR": 1}, {"FREQUENCY.NBR": 0}],
    ),
    "frequency-list": Bounds(
        "FREQUENCY.SC",
        [LISTED, LISTED | {"FREQUENCY.SC": [SMALL, 1, 40.5]}, {"FREQUENCY.SC": [2, 1]}],
        [
            LISTED | {"FREQUENCY.SC": wrong}
            for wrong in ("", "list", [], [1], [0, 1], [-1, 1], [2, 1], [1, 1], [1, 3, 2])
        ],
    ),
}
