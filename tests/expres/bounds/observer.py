"""Bounds of the rules of the section OBSERVER."""

from tests.expres.bounds.changes import (
    AUTO,
    FILE,
    GALILEO,
    JUNO,
    ORBITER,
    SMALL,
    TRACK,
    Bounds,
    starts,
    third_body,
    values,
)

CASES: dict[str, Bounds] = {
    "observer-parent": Bounds(
        "OBSERVER.PARENT",
        [{"OBSERVER.PARENT": "Jupiter"}, {"OBSERVER.PARENT": "Io"}],
        [
            {"OBSERVER.PARENT": "jupiter"},
            {"OBSERVER.PARENT": ""},
            third_body(NAME="Europa", ON=False) | {"OBSERVER.PARENT": "Europa"},
        ],
    ),
    "observer-name": Bounds(
        "OBSERVER.SC",
        [{"OBSERVER.SC": ""}, FILE | {"OBSERVER.SC": "E"}, AUTO | {"OBSERVER.SC": ""}],
        [TRACK | {"OBSERVER.SC": ""}, FILE | {"OBSERVER.SC": ""}],
    ),
    "observer-known": Bounds(
        "OBSERVER.SC",
        [
            *(
                TRACK | {"OBSERVER.SC": name} | starts("201601010000")
                for name in ("Cassini", "Juno", "Voyager1", "Voyager2", "Ganymede", "Earth")
            ),
            GALILEO | starts("199608270000"),
            FILE | {"OBSERVER.SC": "JUICE"},
            {"OBSERVER.SC": "JUICE"},
            AUTO | {"OBSERVER.SC": "Earth"},
            ORBITER | {"OBSERVER.SC": "JUICE"},
        ],
        [
            TRACK | {"OBSERVER.SC": "JUICE"},
            TRACK | {"OBSERVER.SC": "Voyager"},
            AUTO | {"OBSERVER.SC": "JUICE"},
        ],
    ),
    "observer-without-slash": values("OBSERVER.SC", ["Earth-Nancay"], ["Earth/Nancay", "/"]),
    "observer-start": Bounds(
        "OBSERVER.SCTIME",
        [
            starts("201809130000"),
            starts("20180913235959"),
            starts("202002290000"),
            FILE | starts(""),
            FILE | starts("soon"),
        ],
        [
            starts(wrong)
            for wrong in (
                *("", "20180913000", "2018091300000", "201809130000000", "201809130000Z"),
                *("201813010000", "201809320000", "201809132400", "201902290000"),
                *(
                    "\u0662\u0660\u0661\u0668\u0660\u0669\u0661\u0663\u0660\u0660\u0660\u0660",
                    "\u0662\u0660\u0661\u066809130000",
                ),
            )
        ],
    ),
    "observer-track": Bounds(
        "OBSERVER.SCTIME",
        [
            JUNO | starts("201601010000"),
            JUNO | starts("202809300000", 1439),
            JUNO | starts("201612312300", 59),
            GALILEO | starts("199608270000"),
            GALILEO | starts("199609160000", 1439),
            TRACK | {"OBSERVER.SC": "Cassini"} | starts("201512312300"),
            FILE | {"OBSERVER.SC": "Juno"} | starts("203001010000"),
            {"OBSERVER.SC": "Juno"} | starts("203001010000"),
        ],
        [
            JUNO | starts("201512312359", 1),
            JUNO | starts("202809300000", 1440),
            JUNO | starts("202810010000", 1),
            JUNO | starts("201612312300", 60),
            JUNO | starts("201701010000", 1e38),
            GALILEO | starts("199608262359", 1),
            GALILEO | starts("199609160000", 1440),
        ],
    ),
    "ephemeris-type": Bounds(
        "OBSERVER.TYPE",
        [FILE],
        [FILE | {"OBSERVER.TYPE": "Fixed"}, ORBITER | {"OBSERVER.EPHEM": "earth.csv"}],
    ),
    "ephemeris-from-the-web": values(
        "OBSERVER.EPHEM", ["wgc.csv", ""], ["@wgc", "@wgc.csv"], given=TRACK
    ),
    "ephemeris-file-name": values(
        "OBSERVER.EPHEM",
        ["e.csv", "9.csv", "A" * 120 + ".csv", "earth_2018-09.13.csv"],
        [
            *(".csv", "-e.csv", "_e.csv", "A" * 121 + ".csv", "e/e.csv", "e.CSV", "e.txt"),
            *("e e.csv", "\u00e9.csv", "e\u00e9.csv", "e.csv\n", "e.csv.gz", "ecsv"),
        ],
        given=TRACK,
    ),
    "fixed-position": Bounds(
        "OBSERVER.FIXE_DIST",
        [{}, AUTO, TRACK | {"OBSERVER.FIXE_SUBL": "auto"}],
        [
            *({key: "auto"} for key in AUTO),
            *(AUTO | {key: 100} for key in AUTO),
        ],
    ),
    "fixed-distance": Bounds(
        "OBSERVER.FIXE_DIST",
        [{"OBSERVER.FIXE_DIST": SMALL}, AUTO, ORBITER | {"OBSERVER.FIXE_DIST": 0}],
        [{"OBSERVER.FIXE_DIST": 0}, {"OBSERVER.FIXE_DIST": -1}],
    ),
    "observer-orbit": Bounds(
        "OBSERVER.SEMI_MIN",
        [ORBITER, ORBITER | {"OBSERVER.SEMI_MIN": SMALL}, {"OBSERVER.SEMI_MIN": -1}],
        [ORBITER | {"OBSERVER.SEMI_MIN": wrong} for wrong in (0, -1, 9.001)],
    ),
}
