"""Bounds of the rules of the section OBSERVER."""

from prefect_expres.expres.vocabulary import KM_IN_A_RADIUS
from tests.expres.bounds.changes import (
    AUTO,
    FILE,
    GALILEO,
    JUNO,
    ORBITER,
    TRACK,
    Bounds,
    Changes,
    named,
    orbit,
    starts,
    third_body,
    values,
)

CASSINI: Changes = AUTO | {"OBSERVER.PARENT": "Io", "OBSERVER.SC": "Cassini"}
"""One of whose positions ExPRES keeps for most of 2016."""

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
        [
            FILE | {"OBSERVER.TYPE": "Fixed"},
            FILE | AUTO | {"OBSERVER.TYPE": "Fixed", "OBSERVER.SC": "JUICE"},
            ORBITER | {"OBSERVER.EPHEM": "earth.csv"},
        ],
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
            *(
                TRACK | {"OBSERVER.SC": name} | starts("197903050000")
                for name in ("Voyager1", "voyager1", "VOYAGER2")
            ),
            *(TRACK | {"OBSERVER.SC": name} for name in ("juno", "JUNO")),
            GALILEO | starts("199608270000"),
            GALILEO | starts("199608270000") | {"OBSERVER.SC": "gaLIleo"},
            FILE | {"OBSERVER.SC": "JUICE"},
            {"OBSERVER.SC": "JUICE"},
            *(
                AUTO | {"OBSERVER.SC": name}
                for name in ("Earth", "Cassini", "Juno", "Voyager1", "Ganymede")
            ),
            ORBITER | {"OBSERVER.SC": "JUICE"},
        ],
        [
            *(TRACK | {"OBSERVER.SC": name} for name in ("JUICE", "Voyager", "earth", "voyager1")),
            *(
                AUTO | {"OBSERVER.SC": name}
                for name in ("JUICE", "Galileo", "juno", "earth", "voyager1")
            ),
            AUTO | {"OBSERVER.SC": "voyager1"} | starts("197903050000"),
            {"OBSERVER.FIXE_DIST": "Auto", "OBSERVER.SC": "Galileo"},
        ],
    ),
    "observer-of-known-planet": Bounds(
        "OBSERVER.PARENT",
        [
            {"OBSERVER.PARENT": "Io"},
            FILE | {"OBSERVER.PARENT": "Jupiter"},
            JUNO | {"OBSERVER.PARENT": "Io"},
            *(CASSINI | starts(kept) for kept in ("201603281700", "20161231235959")),
        ],
        [
            TRACK | {"OBSERVER.PARENT": "Io"},
            AUTO | {"OBSERVER.PARENT": "Io"},
            AUTO | {"OBSERVER.PARENT": "Io"} | starts("201607010000"),
            CASSINI | TRACK | starts("201607010000"),
            *(CASSINI | starts(asked) for asked in ("20160328165959", "201701010000")),
        ],
    ),
    "observer-without-slash": values(
        "OBSERVER.SC",
        ["Earth-Nancay", "Nan\u00e7ay_1.b"],
        ["Earth/Nancay", "/", "my craft", "a'b", "a&b", "a(b)", "a;b", "a$b", "a*"],
    ),
    "observer-start": Bounds(
        "OBSERVER.SCTIME",
        [
            starts("201809130000"),
            starts("20180913235959"),
            FILE | starts(""),
            FILE | starts("soon"),
            *(
                starts(odd)
                for odd in (
                    *("2018091300000", "201809130000000", "201809130000Z", "201813010000"),
                    *("201809320000", "201809132400", "201902290000", "000109130000"),
                )
            ),
        ],
        [
            starts(wrong)
            for wrong in (
                *("", "20180913000", "20180913", "2018-09-13T00:00", "now"),
                *("000009130000", "000010130000"),
                *(
                    "\u0662\u0660\u0661\u0668\u0660\u0669\u0661\u0663\u0660\u0660\u0660\u0660",
                    "\u0662\u0660\u0661\u066809130000",
                ),
            )
        ],
    ),
    "ephemeris-in-km": Bounds(
        "BODY[0].RADIUS",
        [
            FILE,
            *(FILE | named(planet) for planet in KM_IN_A_RADIUS),
            FILE | named("SATURN"),
            FILE | named("Mercury") | orbit(5.91 * 2439.7) | {"BODY[0].RADIUS": 2439.7},
            named("Mercury"),
        ],
        [FILE | named(planet) for planet in ("Mercury", "Venus", "TauBoo")]
        + [FILE | {"OBSERVER.PARENT": "Io"}],
    ),
}
