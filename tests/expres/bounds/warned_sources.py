"""What gives a warning about a source, and what just does not."""

from tests.expres.bounds.changes import (
    AURORAL,
    CONSTANT,
    SMALL,
    Changes,
    Warned,
    each,
    orbit,
    second,
)

STEADY: Changes = {"SOURCE[0].CURRENT": "Steady-State", "SOURCE[0].TEMPH": 1}
OFF: Changes = {"SOURCE[0].LAG_MODEL": "off"}
KM: Changes = orbit(5.91 * 71492) | {
    "BODY[0].RADIUS": 71492,
    "OBSERVER.FIXE_DIST": 71492000,
}
LAW, LEAD = "SOURCE[0].LAG_MODEL", "SOURCE[0].LG_MIN"
ALTITUDE, LINES = "SOURCE[0].AURORA_ALT", "SOURCE[0].LG_NBR"


def moon(name: str) -> Changes:
    """Give Io another name, wherever it stands."""
    return dict.fromkeys(("BODY[1].NAME", "SOURCE[0].SAT", "SOURCE[1].SAT"), name)


CASES: dict[str, Warned] = {
    "parent-of-another-source": Warned(
        "SOURCE[1].PARENT",
        "takes the PARENT of the source before; write 'Jupiter'",
        [AURORAL],
        [AURORAL | {"SOURCE[1].PARENT": "jupiter"}, second(PARENT="")],
    ),
    "moon-of-another-source": Warned(
        "SOURCE[1].SAT", "takes the SAT of a source before", [AURORAL], [second(SAT="")]
    ),
    "type-not-known": Warned(
        "SOURCE[0].TYPE",
        "it is on an M-shell at LAT here; write 'fixed in latitude'",
        [
            AURORAL | {"SOURCE[0].TYPE": word}
            for word in ("L-shell", "l-shell", "M-SHELL", "fixed in latitude")
        ],
        [AURORAL | {"SOURCE[0].TYPE": "Fixed in latitude"}, AURORAL | {"SOURCE[0].TYPE": ""}],
    ),
    "latitude-cut": Warned(
        "SOURCE[0].LAT",
        "6.9: .* at 6 here; write 6$",
        [AURORAL, AURORAL | {"SOURCE[0].LAT": 7.0}, {"SOURCE[0].LAT": 0.5}],
        [
            AURORAL | {"SOURCE[0].LAT": 6.9},
            AURORAL | {"SOURCE[0].TYPE": "fixed in latitude", "SOURCE[0].LAT": 75.5},
        ],
    ),
    "law-over-lines": Warned(
        LINES,
        "3: .* lead, lead - 4°, lead - 14° here; write 1, or 'off' in LAG_MODEL",
        [{}, OFF | {LINES: 3, LEAD: 0, "SOURCE[0].LG_MAX": 20}],
        [
            {LINES: 3},
            {LINES: 2, LEAD: 0, "SOURCE[0].LG_MAX": 20},
            OFF | {LINES: 6},
            OFF | {LINES: 3, LEAD: "auto+3"},
            AURORAL | {"SOURCE[0].LAG_MODEL": "hess2011"},
        ],
    ),
    "law-over-longitude": Warned(
        LEAD,
        "'auto-3': LAG_MODEL sets the lead angle",
        [
            {LEAD: "auto"},
            {LEAD: 0, "SOURCE[0].LG_MAX": 0},
            {LEAD: "auto+3", LAW: ""},
            OFF | {LEAD: 10, "SOURCE[0].LG_MAX": 10},
        ],
        [{LEAD: "auto-3"}, {LEAD: 1, "SOURCE[0].LG_MAX": 1}, {LEAD: "Auto"}],
    ),
    "law-not-used": Warned(
        LAW,
        "'Hue2023': .* lower case.*; write 'hue2023'$",
        [
            *(moon("Europa") | {LAW: law} for law in ("hue2023", "hess2011", "HESS2011", "off")),
            moon("Ganymede") | {LAW: "hue2023"},
            {LAW: "Hue2023"},
            AURORAL | {LAW: "any", "SOURCE[0].SAT": "Europa"},
        ],
        [
            moon("Europa") | {LAW: "Hue2023"},
            moon("Ganymede") | {LAW: "bonfond2017"},
            moon("Ganymede") | {LAW: "any"},
        ],
    ),
    "law-with-misprints": Warned(
        LAW,
        "misprinted in ExPRES",
        [{LAW: "bonfond2017"}, {LAW: "bonfond2017_old"}, moon("Europa") | {LAW: "bonfond2009"}],
        [{LAW: "bonfond2009"}, {LAW: "Bonfond2009"}],
    ),
    "no-law-for-this": Warned(
        "SOURCE[0].SAT",
        "'io': .* the lead is 0; write 'Io', also as the NAME",
        [moon("Europa"), AURORAL, moon("Callisto") | each(LAG_MODEL="off", LG_MIN=3, LG_MAX=3)],
        [
            moon("io"),
            moon("Callisto"),
            moon("Callisto") | each(LAG_MODEL="off"),
            AURORAL | {LAW: "hess2011"},
            AURORAL | {LEAD: "auto"},
        ],
    ),
    "lead-word": Warned(
        LEAD,
        "'Auto': ExPRES does not know this word.*write 'auto', or a number",
        [OFF | {LEAD: "auto-3"}, {LEAD: "Auto"}],
        [OFF | {LEAD: word} for word in ("Auto", "20", "auto+2", "")],
    ),
    "last-longitude-as-text": Warned(
        "SOURCE[0].LG_MAX",
        "'auto': LG_MIN is a number: ExPRES takes a text for 0",
        [{}, {LEAD: 0}, OFF | {LEAD: "auto"}],
        [OFF | {LEAD: 0}, OFF | {LEAD: 5, LINES: 2}],
    ),
    "lines-beside-each-other": Warned(
        LINES,
        "3: LG_MIN and LG_MAX are the same",
        [OFF | {LINES: 3, LEAD: 4, "SOURCE[0].LG_MAX": 5}, OFF | {LEAD: 4, "SOURCE[0].LG_MAX": 4}],
        [OFF | {LINES: 3, LEAD: 4, "SOURCE[0].LG_MAX": 4.0}],
    ),
    "lines-cut": Warned(
        LINES,
        "2.7: ExPRES cuts it to a whole number; write 2$",
        [{LINES: 1.0}],
        [OFF | {LINES: 2.7, LEAD: 4, "SOURCE[0].LG_MAX": 5}],
    ),
    "both-hemispheres": Warned(
        "SOURCE[0].SOUTH", "this is a northern one", [{}], [{"SOURCE[0].SOUTH": True}]
    ),
    "steady-state-cold": Warned(
        "SOURCE[0].TEMPH",
        "0: .* Theta is NaN nearly everywhere",
        [STEADY, STEADY | {"SOURCE[0].TEMP": 0.1}, {"SOURCE[0].TEMPH": 0}],
        [
            STEADY | {"SOURCE[0].TEMPH": 0},
            STEADY | {"SOURCE[0].TEMPH": -1},
            STEADY | {"SOURCE[0].TEMP": -SMALL},
        ],
    ),
    "temperature-below-zero": Warned(
        "SOURCE[0].TEMPH",
        "a temperature is not below 0",
        [{"SOURCE[0].TEMPH": 0}, {"SOURCE[0].TEMPH": SMALL}, STEADY | {"SOURCE[0].TEMPH": -1}],
        [{"SOURCE[0].TEMPH": -SMALL}],
    ),
    "electron-energy": Warned(
        "SOURCE[0].ACCEL",
        "0: a loss cone has no emission",
        [
            {"SOURCE[0].ACCEL": SMALL},
            {"SOURCE[0].ACCEL": 255.4},
            CONSTANT | {"SOURCE[0].ACCEL": 0},
        ],
        [{"SOURCE[0].ACCEL": wrong} for wrong in (0, -1, 255.5)],
    ),
    "constant-angle": Warned(
        "SOURCE[0].CONSTANT",
        "-75: no emission is seen",
        [
            {"SOURCE[0].CONSTANT": -1},
            *(CONSTANT | {"SOURCE[0].CONSTANT": right} for right in (SMALL, 75, 180)),
        ],
        [CONSTANT | {"SOURCE[0].CONSTANT": wrong} for wrong in (-75, 180.1)],
    ),
    "beam-width": Warned(
        "SOURCE[0].WIDTH",
        "0: ExPRES divides by it",
        [{"SOURCE[0].WIDTH": SMALL}],
        [{"SOURCE[0].WIDTH": 0}, {"SOURCE[0].WIDTH": -1}],
    ),
    "mode-as-LO": Warned(
        "SOURCE[0].MODE",
        "'X': .* polarization of 'LO'; write 'RX'",
        [{"SOURCE[0].MODE": mode} for mode in ("", "rx", "lo")],
        [CONSTANT | {"SOURCE[0].MODE": "X"}],
    ),
    "aurora-too-high": Warned(
        ALTITUDE,
        "650: it is in planetary radii.* 0.00909",
        [
            {ALTITUDE: 0},
            {ALTITUDE: 0.999},
            KM | {ALTITUDE: 0.00909},
            {"SOURCE[0].ON": False} | second(NAME="Source1") | {ALTITUDE: 650},
        ],
        [{ALTITUDE: 650}, {ALTITUDE: 1}, {ALTITUDE: -SMALL}, KM | {ALTITUDE: 650}],
    ),
}
