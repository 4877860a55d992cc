"""Bounds of the rules of the sections SIMU, NUMBER, TIME, FREQUENCY and SPDYN."""

from tests.expres.bounds.changes import (
    AURORAL,
    FILE,
    JUNO,
    LISTED,
    SMALL,
    TRACK,
    Bounds,
    Changes,
    densities,
    each,
    second,
    starts,
    third_body,
    values,
)

LOG: Changes = {"FREQUENCY.TYPE": "Log"}
NO = [False] * 5
FLAGS = (
    *("THETA", "FP", "FC", "AZIMUTH", "OBSLATITUDE", "SRCLONGITUDE", "SRCFREQMAX"),
    *("OBSDISTANCE", "OBSLOCALTIME", "CML", "SRCPOS", "SRCVIS"),
)
ABSENT_POSITIONS = {flag: True for flag in FLAGS if flag != "SRCPOS"}

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
        frozenset({"densities-of-the-planet"}),
    ),
    "number-of-sources": values("NUMBER.SOURCE", [2], [0, 1, 3]),
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
    "frequency-channels": Bounds(
        "FREQUENCY.NBR",
        [{"FREQUENCY.NBR": 2}, LISTED | {"FREQUENCY.NBR": 0}],
        [{"FREQUENCY.NBR": 1}, {"FREQUENCY.NBR": 0}],
    ),
    "frequency-of-logarithm": Bounds(
        "FREQUENCY.MIN",
        [LOG, LOG | {"FREQUENCY.MIN": SMALL}, {"FREQUENCY.MIN": 0}, LISTED | {"FREQUENCY.MIN": 0}],
        [LOG | {"FREQUENCY.MIN": 0}, LOG | {"FREQUENCY.MIN": -1}, LOG | {"FREQUENCY.MAX": 0}],
    ),
    "frequency-list": Bounds(
        "FREQUENCY.SC",
        [
            LISTED,
            *(LISTED | {"FREQUENCY.SC": odd} for odd in ([2, 1], [0, 1], [1, 1], [SMALL, 40.5])),
            {"FREQUENCY.SC": [2, 1]},
            {"FREQUENCY.SC": "any"},
        ],
        [LISTED | {"FREQUENCY.SC": wrong} for wrong in ("", "list", [], [1])],
    ),
    **{
        rule: Bounds(
            f"SPDYN.{key}",
            [{f"SPDYN.{key}": flags} for flags in (NO, [1, 1, 1, 1, 1], [0, 0, 0, 1, 0])],
            [{f"SPDYN.{key}": flags} for flags in ([0, 1, 0, 0, 0], [0, 0, 1, 0, 0])]
            + [{f"SPDYN.{key}": [False, False, False, False, True]}],
        )
        for rule, key in (
            ("plots-of-frequency", "FREQ"),
            ("plots-of-longitude", "LONG"),
            ("plots-of-latitude", "LAT"),
        )
    },
    "positions-flag": Bounds(
        "SPDYN.CDF.SRCPOS",
        [
            {"SPDYN.CDF": ABSENT_POSITIONS} | AURORAL,
            {"SPDYN.CDF": dict.fromkeys(FLAGS, True)},
            {"SPDYN.CDF": dict.fromkeys(FLAGS[:-1], True)},
            {"SPDYN.CDF": ABSENT_POSITIONS} | each(LG_MIN=0, LG_MAX="auto"),
        ],
        [
            {"SPDYN.CDF": ABSENT_POSITIONS},
            {"SPDYN.CDF": ABSENT_POSITIONS} | second(LG_MIN=0),
            {"SPDYN.CDF": dict.fromkeys(FLAGS[:-2], True)} | AURORAL,
        ],
    ),
}
