"""The orientation of the planets, against SPICE, and conversions of directions."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prefect_expres.ephemeris import PLANETS, Planet, Point
from prefect_expres.ephemeris.rotation import (
    from_iau,
    opposite_direction,
    point_below,
    rotated_back,
)
from tests.ephemeris.spice_values import DIRECTIONS, LENGTHS, PLANET_ROWS, ROWS

JUPITER, URANUS = PLANETS["Jupiter"], PLANETS["Uranus"]


@pytest.mark.parametrize(("stamp", "seconds", "wanted"), ROWS)
def test_directions_turn_as_spice_turns_them(
    stamp: str, seconds: float, wanted: tuple[tuple[float, float], ...]
) -> None:
    """Pole, prime meridian and nutation: seven digits behind the point from 1972 to 2039."""
    for direction, length, (longitude, latitude) in zip(DIRECTIONS, LENGTHS, wanted, strict=True):
        found = point_below(JUPITER, direction, seconds)
        assert found.longitude == pytest.approx(longitude, abs=3e-8)
        assert found.latitude == pytest.approx(latitude, abs=3e-9)
        assert found.distance == pytest.approx(length, rel=1e-12)


@pytest.mark.parametrize(("name", "seconds", "longitude", "latitude"), PLANET_ROWS)
def test_each_planet_turns_as_spice_turns_it(
    name: str, seconds: float, longitude: float, latitude: float
) -> None:
    """A direction in space, in the IAU system of each planet, and from there in its own."""
    planet = PLANETS[name]
    found = point_below(planet, DIRECTIONS[2], seconds)
    wanted = from_iau(planet, Point(longitude, latitude, LENGTHS[2]))
    assert found.longitude == pytest.approx(wanted.longitude, abs=3e-7)
    assert found.latitude == pytest.approx(wanted.latitude, abs=3e-8)


def test_voyager_2_was_closest_to_uranus_at_302_degrees_west() -> None:
    """Which defines ULS; the IAU system has it at 167.3113 degrees east, south for north."""
    found = from_iau(URANUS, Point(167.3113, -12.0, 107_000.0))
    assert 360.0 - found.longitude == pytest.approx(302.0, abs=1e-9)
    assert found.latitude == 12.0


@pytest.mark.parametrize("planet", PLANETS.values(), ids=PLANETS)
def test_each_planet_turns_eastward(planet: Planet) -> None:
    """A direction in space goes west over a planet that turns about the pole of its longitudes."""
    before, after = (
        point_below(planet, (0.3, 0.4, 0.1), seconds).longitude for seconds in (0.0, 100.0)
    )
    assert (before - after) % 360.0 == pytest.approx(100.0 * planet.rotation_deg_s, abs=1e-5)
    turned = rotated_back(planet, Point(after, 0.0, 1.0), 100.0)
    assert turned.longitude == pytest.approx(before, abs=1e-5)


@pytest.mark.parametrize("planet", PLANETS.values(), ids=PLANETS)
@pytest.mark.parametrize("seconds", [-4e8, 0.0, 12.0, 7e8])
def test_the_pole_is_a_pole(planet: Planet, seconds: float) -> None:
    """Far up along the axis the latitude is 90 degrees, whatever the time."""
    east, north = (
        point_below(planet, axis, seconds) for axis in ((1.0, 0.0, 0.0), (0.0, 0.0, 1.0))
    )
    gap = math.sin(math.radians(east.latitude)) * math.sin(math.radians(north.latitude)) + math.cos(
        math.radians(east.latitude)
    ) * math.cos(math.radians(north.latitude)) * math.cos(
        math.radians(east.longitude - north.longitude)
    )
    assert gap == pytest.approx(0.0, abs=1e-11)


def test_jupiter_turns_870_degrees_a_day() -> None:
    """A direction in space moves west over Jupiter at the rate of System III."""
    assert pytest.approx(870.536 / 86400.0, rel=1e-15) == JUPITER.rotation_deg_s
    before, after = (
        point_below(JUPITER, (1.0, 0.0, 0.0), seconds).longitude for seconds in (0.0, 1000.0)
    )
    assert (before - after) % 360.0 == pytest.approx(10.075648, abs=1e-6)


@pytest.mark.parametrize(
    ("seen", "observer"),
    [
        (Point(48.5, 2.9, 7.0), Point(228.5, -2.9, 7.0)),
        (Point(180.0, 0.0, 1.0), Point(0.0, 0.0, 1.0)),
        (Point(270.0, -90.0, 2.0), Point(90.0, 90.0, 2.0)),
        (Point(359.0, 1.0, 2.0), Point(179.0, -1.0, 2.0)),
    ],
)
def test_the_observer_is_on_the_other_side(seen: Point, observer: Point) -> None:
    """Opposite longitude and latitude, the same distance; and back again."""
    assert opposite_direction(seen) == observer
    assert opposite_direction(observer) == seen


@given(st.floats(0.0, 359.99), st.floats(-90.0, 90.0), st.floats(1.0, 1e10))
def test_turning_round_keeps_to_the_circle(
    longitude: float, latitude: float, distance: float
) -> None:
    """Longitudes stay in [0, 360), distances as they are."""
    turned = opposite_direction(Point(longitude, latitude, distance))
    assert 0.0 <= turned.longitude < 360.0
    assert abs(turned.longitude - longitude) == pytest.approx(180.0)
    assert (turned.latitude, turned.distance) == (-latitude, distance)


@pytest.mark.parametrize(
    ("longitude", "light_time", "turned"),
    [
        (199.181990, 2910.3321, 228.505472),
        (0.0, 0.0, 0.0),
        (355.0, 1000.0, 5.075648),
        (10.0, -1000.0, 359.924352),
    ],
)
def test_an_earlier_orientation_has_its_meridian_further_west(
    longitude: float, light_time: float, turned: float
) -> None:
    """Where Jupiter had turned less, the same direction has a larger east longitude."""
    found = rotated_back(JUPITER, Point(longitude, -2.9, 8e8), light_time)
    assert found.longitude == pytest.approx(turned, abs=1e-5)
    assert (found.latitude, found.distance) == (-2.9, 8e8)
