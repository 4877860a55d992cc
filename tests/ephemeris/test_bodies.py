"""Names and numbers, and the shapes of the planets."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prefect_expres.ephemeris import PLANETS, Planet
from prefect_expres.ephemeris.bodies import AU_KM, LIGHT_KM_S, is_same_observer, naif_id
from prefect_expres.ephemeris.planets import planet_of
from prefect_expres.ephemeris.rotation import planetocentric
from prefect_expres.errors import EphemerisError


def test_constants_are_those_of_the_iau() -> None:
    """The au and c are exact by definition; the radii are those of the IAU report for 2015."""
    assert (AU_KM, LIGHT_KM_S) == (149_597_870.7, 299_792.458)
    radii = {name: (planet.equator_km, planet.pole_km) for name, planet in PLANETS.items()}
    assert radii == {
        "Jupiter": (71_492.0, 66_854.0),
        "Saturn": (60_268.0, 54_364.0),
        "Uranus": (25_559.0, 24_973.0),
        "Neptune": (24_764.0, 24_341.0),
        "Earth": (6_378.1366, 6_356.7519),
        "Mercury": (2_440.53, 2_438.26),
    }
    assert {planet.naif_id for planet in PLANETS.values()} == {199, 399, 599, 699, 799, 899}
    assert all(planet.naif_id // 100 == planet.barycenter for planet in PLANETS.values())


def test_another_planet_has_no_rotation_here() -> None:
    """The error names those that have."""
    with pytest.raises(EphemerisError, match=r"'Mars' is not known here.*Jupiter, .*Mercury"):
        planet_of("Mars")


# As NAIF gives them.
NUMBERS = {
    "Sun": 10,
    "Mercury": 199,
    "Moon": 301,
    "Earth": 399,
    "Io": 501,
    "Europa": 502,
    "Ganymede": 503,
    "Callisto": 504,
    "Jupiter": 599,
    "Mimas": 601,
    "Enceladus": 602,
    "Tethys": 603,
    "Dione": 604,
    "Rhea": 605,
    "Titan": 606,
    "Hyperion": 607,
    "Iapetus": 608,
    "Saturn": 699,
    "Ariel": 701,
    "Umbriel": 702,
    "Titania": 703,
    "Oberon": 704,
    "Miranda": 705,
    "Uranus": 799,
    "Triton": 801,
    "Neptune": 899,
    "JUICE": -28,
    "Voyager1": -31,
    "Voyager2": -32,
    "Ulysses": -55,
    "Juno": -61,
    "Galileo": -77,
    "Cassini": -82,
    "NewHorizons": -98,
    "BepiColombo": -121,
    "EuropaClipper": -159,
    "MESSENGER": -236,
}
SPELLINGS = {
    "voyager 1": -31,
    "Voyager_2": -32,
    " juno ": -61,
    "New-Horizons": -98,
    "Europa Clipper": -159,
    "-61": -61,
    "399": 399,
    " -28 ": -28,
}


@pytest.mark.parametrize(("name", "number"), (NUMBERS | SPELLINGS).items())
def test_names_become_naif_numbers(name: str, number: int) -> None:
    """Names are taken in any spelling, numbers as they are."""
    assert naif_id(name) == number


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Juno", "juno", True),
        ("Juno", "-61", True),
        ("New Horizons", "NewHorizons", True),
        ("Juno", "JUICE", False),
        ("Juno", "61", False),
        ("Rosetta", "ROSETTA", True),
        ("Rosetta", "Philae", False),
        ("Rosetta", "Juno", False),
        ("Juno", "Rosetta", False),
    ],
)
def test_the_same_observer_has_one_number_or_one_name(one: str, other: str, *, same: bool) -> None:
    """Those without a number here are told by their names, in any case."""
    assert is_same_observer(one, other) is same


@pytest.mark.parametrize("name", ["Rosetta", "", "-", "--61", "6.1", "+61", "-Juno2"])
def test_unknown_names_are_asked_for_as_numbers(name: str) -> None:
    """The error shows how."""
    with pytest.raises(EphemerisError, match=r"no NAIF number here.*'-61' for Juno"):
        naif_id(name)


def test_a_long_name_is_cut_in_the_message() -> None:
    """At 40 characters."""
    with pytest.raises(EphemerisError, match=r"observer 'x{40}' has"):
        naif_id("x" * 1000)


@pytest.mark.parametrize(
    ("planetodetic", "centric"),
    [
        (0.0, 0.0),
        (-3.323129, -2.906710),
        (30.0, 26.787825),
        (45.0, 41.168394),
        (-45.0, -41.168394),
        (89.0, 88.856473),
        (90.0, 90.0),
        (-90.0, -90.0),
    ],
)
def test_latitudes_are_flattened_to_the_centre(planetodetic: float, centric: float) -> None:
    """By tan φc = (b/a)² tan φd."""
    assert planetocentric(PLANETS["Jupiter"], planetodetic) == pytest.approx(centric, abs=1e-6)


@pytest.mark.parametrize("planet", PLANETS.values(), ids=PLANETS)
@given(parameter=st.floats(-math.pi / 2, math.pi / 2))
def test_the_normal_of_the_ellipse_has_the_planetodetic_latitude(
    planet: Planet, parameter: float
) -> None:
    """A point of the ellipse, the direction of its normal there, and that of its radius."""
    a, b = planet.equator_km, planet.pole_km
    x, z = a * math.cos(parameter), b * math.sin(parameter)
    normal, radius = math.atan2(z / b**2, x / a**2), math.atan2(z, x)
    found = planetocentric(planet, math.degrees(normal))
    assert found == pytest.approx(math.degrees(radius), abs=1e-9)
