"""What each template decides, written out: what it follows, what may be chosen, and its values."""

from datetime import date
from typing import Any

import pytest

from prefect_expres.expres import Routine
from prefect_expres.expres.templates import TEMPLATES

DAY = date(2018, 9, 13)
JOVIAN_FIELDS = (
    "JRM33",
    "JRM09+Connerney CS",
    "JRM09_CS2020",
    "ISaAC+Connerney CS",
    "O6+Connerney CS",
    "VIP4+Connerney CS",
    "VIPAL+Connerney CS",
    "VIT4+Connerney CS",
)
STELLAR_FIELDS = (
    "TDS_axi",
    "TDS",
    "Tau_Boo_ab_axi",
    "ADLeonis_262G",
    "ADLeonis_300G",
    "ADLeonis_441G",
    "ADLeonis_460G",
    "proxima_centauri",
    "proxima_centauri_axi",
)
LAWS_OF_IO = ("hess2011", "bonfond2009", "bonfond2017", "hinton2019", "hue2023", "bonfond2017_old")
LAWS_OF_OTHERS = ("hess2011", "hue2023")
LOUIS = "Louis et al. 2019, A&A 627, A30"
ZARKA = "Zarka et al. 2017, Planetary Radio Emissions VIII, arXiv:1709.04386"
CECCONI = "Cecconi et al. 2021, arXiv:2102.07588"
LAMY = "Lamy et al. 2008, J. Geophys. Res. 113, A10213"
CHEBLY = "Chebly et al. 2026, A&A 705, A149"

HELD = {"ON": True, "INIT_AX": 0, "DECLINATION": 0, "APO_LONG": 0, "INCLINATION": 0}
AT_REST = {**HELD, "MOTION": False, "PARENT": "", "SEMI_MAJ": 0, "SEMI_MIN": 0, "PHASE": 0}
NO_PLASMA = {"ON": False, "TYPE": "Ionospheric", "RHO0": 0, "SCALE": 0, "PERP": 0}
JUPITER = {
    **AT_REST,
    "NAME": "Jupiter",
    "RADIUS": 1,
    "PERIOD": 595.5,
    "FLAT": 0.064935,
    "ORB_PER": 177.83,
    "MAG": "JRM33",
}
IONOSPHERE = {
    "ON": True,
    "NAME": "Body1_density1",
    "TYPE": "Ionospheric",
    "RHO0": 350000,
    "SCALE": 0.0223801,
    "PERP": 0.012465,
}
TORUS = {
    "ON": True,
    "NAME": "Body1_density2",
    "TYPE": "Torus",
    "RHO0": 2000,
    "SCALE": 1,
    "PERP": 5.91,
}
SATURN = {
    **AT_REST,
    "NAME": "Saturn",
    "RADIUS": 1,
    "PERIOD": 639.37,
    "FLAT": 0.09796,
    "ORB_PER": 251.58,
    "MAG": "SPV",
    "DENS": [
        {**IONOSPHERE, "RHO0": 10000, "SCALE": 0.0166, "PERP": 0.0332},
        {**TORUS, "RHO0": 70, "PERP": 3.95},
    ],
}
STAR = {
    **AT_REST,
    "NAME": "Tau-Boo",
    "RADIUS": 1,
    "PERIOD": 4770,
    "FLAT": 0,
    "ORB_PER": 237,
    "MAG": "TDS_axi",
    "DENS": [
        {**IONOSPHERE, "TYPE": "Stellar", "RHO0": 1000, "SCALE": 1, "PERP": 1},
        {**NO_PLASMA, "NAME": "Body1_density2"},
    ],
}
SOURCE = {
    "ON": True,
    "SUB": 0,
    "WIDTH": 1,
    "CURRENT": "Transient (Alfvenic)",
    "CONSTANT": 0,
    "MODE": "RX",
    "LAG_MODEL": "",
    "ACCEL": 3,
    "TEMP": 0,
    "TEMPH": 0,
    "REFRACTION": False,
}


def content(source: str, **phases: float) -> dict[str, Any]:
    """Give the configuration that a template makes of its usual choices."""
    routine = Routine(source=source, day=DAY)
    return routine.configuration(ephemeris="earth.csv", phases=phases).content()


def moving(name: str, parent: str, radius: float, period: float, orb_per: float) -> dict[str, Any]:
    """Write out a body that moves, but its orbit."""
    return {
        **HELD,
        "NAME": name,
        "PARENT": parent,
        "RADIUS": radius,
        "PERIOD": period,
        "ORB_PER": orb_per,
        "FLAT": 0,
        "MAG": "",
        "MOTION": True,
        "DENS": [{**NO_PLASMA, "NAME": f"Body2_density{number}"} for number in (1, 2)],
    }


def orbit(radius: float, phase: float) -> dict[str, float]:
    """Write out a circle."""
    return {"SEMI_MAJ": radius, "SEMI_MIN": radius, "PHASE": phase}


def in_both_hemispheres(**values: Any) -> list[dict[str, Any]]:
    """Write out the sources."""
    return [
        {**SOURCE, **values, "NAME": "Source1", "NORTH": True, "SOUTH": False},
        {**SOURCE, **values, "NAME": "Source2", "NORTH": False, "SOUTH": True},
    ]


def with_moon(parent: str, moon: str, lead: str | int = 0) -> dict[str, Any]:
    """Write out the place of a source on a moon's field line."""
    return {
        "PARENT": parent,
        "TYPE": "attached to a satellite",
        "SAT": moon,
        "LAT": 0,
        "LG_MIN": lead,
        "LG_MAX": lead,
        "LG_NBR": 1,
    }


def around(parent: str, kind: str, lat: float) -> dict[str, Any]:
    """Write out the place of an oval's sources."""
    longitudes = {"LG_MIN": 0, "LG_MAX": 330, "LG_NBR": 12}
    return {"PARENT": parent, "TYPE": kind, "SAT": "", "LAT": lat, **longitudes}


def linear(low: float, high: float, channels: int) -> dict[str, Any]:
    """Write out the section FREQUENCY."""
    return {"TYPE": "Linear", "MIN": low, "MAX": high, "NBR": channels, "SC": ""}


@pytest.mark.parametrize(
    ("source", "summary", "paper", "fields", "laws"),
    [
        ("Io", "Emission of Jupiter that Io induces", LOUIS, JOVIAN_FIELDS, LAWS_OF_IO),
        ("Europa", "Emission of Jupiter that Europa induces", LOUIS, JOVIAN_FIELDS, LAWS_OF_OTHERS),
        (
            "Ganymede",
            "Emission of Jupiter that Ganymede induces",
            LOUIS,
            JOVIAN_FIELDS,
            LAWS_OF_OTHERS,
        ),
        ("Callisto", "Emission of Jupiter that Callisto induces", ZARKA, JOVIAN_FIELDS, ()),
        ("HOM", "Hectometric emission of Jupiter's main auroral oval", CECCONI, JOVIAN_FIELDS, ()),
        (
            "bKOM",
            "Broadband kilometric emission of Jupiter's main auroral oval",
            CECCONI,
            JOVIAN_FIELDS,
            (),
        ),
        ("SKR", "Kilometric emission of Saturn's auroral oval", LAMY, ("SPV", "Z3"), ()),
        (
            "Exoplanet",
            "Emission of the star Tau-Boo that its planet induces",
            CHEBLY,
            STELLAR_FIELDS,
            (),
        ),
    ],
)
def test_what_a_template_follows_and_offers(
    source: str, summary: str, paper: str, fields: tuple[str, ...], laws: tuple[str, ...]
) -> None:
    """The usual choice is the first one."""
    template = TEMPLATES[source]
    assert (template.summary, template.paper) == (summary, paper)
    assert (template.fields, template.lag_models) == (fields, laws)


def test_what_moves_with_the_source_is_told() -> None:
    """Nothing does with an oval; where no phase is given, it begins at 0°."""
    moving = {source: template.moon for source, template in TEMPLATES.items() if template.moon}
    moons = {moon: moon for moon in ("Io", "Europa", "Ganymede", "Callisto")}
    assert moving == moons | {"Exoplanet": "Tau-Boo-b"}
    for source, name in moving.items():
        body = content(source)["BODY"][1]
        assert (body["NAME"], body["PHASE"]) == (name, 0)


@pytest.mark.parametrize(
    ("moon", "radius", "period", "orb_per", "distance", "lead", "law"),
    [
        ("Io", 0.026, 2547.36, 105.3, 5.91, "auto", "hess2011"),
        ("Europa", 0.02183, 5113.7, 114.1, 9.387, "auto", "hess2011"),
        ("Ganymede", 0.0368, 10302.56, 142.1, 14.972, "auto", "hess2011"),
        ("Callisto", 0.03371, 24032.19, 146.3, 26.334, 0, ""),
    ],
)
def test_a_moon_of_jupiter(
    moon: str,
    radius: float,
    period: float,
    orb_per: float,
    distance: float,
    lead: str | int,
    law: str,
) -> None:
    """It comes round in its period, as its distance and Jupiter's ORB_PER have it."""
    made = content(moon, **{moon: 12.5})
    assert made["BODY"] == [
        {**JUPITER, "DENS": [IONOSPHERE, TORUS]},
        {**moving(moon, "Jupiter", radius, period, orb_per), **orbit(distance, 12.5)},
    ]
    place = with_moon("Jupiter", moon, lead)
    assert made["SOURCE"] == in_both_hemispheres(**place, LAG_MODEL=law, AURORA_ALT=650 / 71492)
    assert made["FREQUENCY"] == linear(0.01, 44, 781)
    assert made["OBSERVER"]["PARENT"] == "Jupiter"
    assert distance**1.5 * 177.83 == pytest.approx(period, rel=4e-3)


@pytest.mark.parametrize(
    ("source", "band", "torus"),
    [
        ("HOM", (0.1, 10, 199), TORUS),
        ("bKOM", (0.01, 1, 199), {**TORUS, "ON": False, "RHO0": 0}),
    ],
)
def test_an_oval_of_jupiter(
    source: str, band: tuple[float, float, int], torus: dict[str, Any]
) -> None:
    """Kilometric emission is from above the torus."""
    made = content(source)
    assert made["BODY"] == [{**JUPITER, "DENS": [IONOSPHERE, torus]}]
    place = around("Jupiter", "M-shell", 30)
    assert made["SOURCE"] == in_both_hemispheres(**place, AURORA_ALT=650 / 71492)
    assert made["FREQUENCY"] == linear(*band)
    assert made["OBSERVER"]["PARENT"] == "Jupiter"


def test_the_oval_of_saturn() -> None:
    """Electrons of 10 keV, 1100 km above it."""
    made = content("SKR")
    assert made["BODY"] == [SATURN]
    place = around("Saturn", "fixed in latitude", 75)
    assert made["SOURCE"] == in_both_hemispheres(**place, ACCEL=10, AURORA_ALT=1100 / 60268)
    assert made["FREQUENCY"] == linear(0.01, 1.2, 171)
    assert made["OBSERVER"]["PARENT"] == "Saturn"


def test_the_exoplanet() -> None:
    """It comes round in 3.31 days, and is seen from a fixed place, whatever file is given."""
    made = content("Exoplanet", **{"Tau-Boo-b": 90.0})
    planet = moving("Tau-Boo-b", "Tau-Boo", 0.084, 4770, 130)
    assert made["BODY"] == [STAR, {**planet, **orbit(7.4, 90)}]
    place = with_moon("Tau-Boo", "Tau-Boo-b")
    assert made["SOURCE"] == in_both_hemispheres(**place, ACCEL=20, AURORA_ALT=0)
    assert made["FREQUENCY"] == linear(0.01, 44, 781)
    seen_from = {"TYPE": "Fixed", "FIXE_DIST": 1e6, "FIXE_SUBL": 0, "FIXE_DECL": 45}
    assert made["OBSERVER"].items() >= {**seen_from, "EPHEM": "", "PARENT": "Tau-Boo"}.items()
    assert made["TIME"] == {"MIN": 0, "MAX": 1440, "NBR": 1440}
    assert pytest.approx(3.31 * 1440, rel=2e-3) == 7.4**1.5 * 237
