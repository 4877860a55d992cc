"""The planets seen from Earth, and Earth from its Moon, without network, against DE440."""

import math
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from prefect_expres.ephemeris import (
    PLANETS,
    AnalyticEphemeris,
    Point,
    Span,
    prepare_ephemeris,
    read_csv,
    to_csv,
)
from prefect_expres.ephemeris.vsop_corrections import FIRST_S, LAST_S, correction
from tests.ephemeris.de440 import planets


@pytest.mark.parametrize("center", PLANETS)
async def test_each_planet_is_where_de440_has_it(center: str) -> None:
    """At 50 random times: 0.005 degrees in longitude, 0.002 in latitude, 1e-4 in distance."""
    compared = 0
    for planet, observer, moment, truth in planets():
        if planet != center:
            continue
        source = AnalyticEphemeris(center=center, observer=observer)
        found = (await prepare_ephemeris(source, Span(moment, 1, 7))).points[0]
        assert abs(math.remainder(found.longitude - truth.longitude, 360.0)) < 0.005, moment
        assert found.latitude == pytest.approx(truth.latitude, abs=0.002), moment
        assert found.distance == pytest.approx(truth.distance, rel=1e-4), moment
        compared += 1
    assert compared == 50


def test_earth_is_not_seen_from_itself() -> None:
    """The message says from where it is."""
    with pytest.raises(ValidationError, match="take the observer Moon"):
        AnalyticEphemeris(center="Earth")


async def test_saturns_rings_are_edge_on_when_they_were_seen_so() -> None:
    """Earth crossed the ring plane on 2009-09-04; two years later it was 13 degrees north."""
    crossing = datetime(2009, 9, 4, 12, tzinfo=UTC)
    source = AnalyticEphemeris(center="Saturn")
    latitudes = [
        (await prepare_ephemeris(source, Span(moment, 60, 7))).points[0].latitude
        for moment in (crossing, crossing + timedelta(days=730))
    ]
    assert latitudes == pytest.approx([0.0, 10.0], abs=1.5)


async def test_uranus_showed_the_north_pole_of_its_spin_to_voyager() -> None:
    """In 1986 Earth was high in the north of ULS, which is the south of the IAU; not since 2007."""
    source = AnalyticEphemeris(center="Uranus")
    latitudes = [
        (await prepare_ephemeris(source, Span(datetime(year, 1, 24), 60, 7))).points[0].latitude  # noqa: DTZ001
        for year in (1986, 2030)
    ]
    assert latitudes[0] > 80.0
    assert latitudes[1] < -80.0


@pytest.mark.parametrize("center", ["Saturn", "Uranus", "Neptune", "Mercury"])
async def test_the_file_of_a_planet_is_read_as_it_was_written(center: str) -> None:
    """It names the planet and the system of its longitudes, and is not converted again."""
    source = AnalyticEphemeris(center=center)
    made = await prepare_ephemeris(source, Span(datetime(2018, 9, 13, tzinfo=UTC), 60, 7))
    data = to_csv(made)
    assert f'"Reference frame","{PLANETS[center].frame}"'.encode() in data
    back = read_csv(data)
    assert (back.center, back.observer, back.notes) == (center, "EARTH", ())
    for one, other in zip(back.points, made.points, strict=True):
        assert list(one) == pytest.approx(list(other), abs=1e-8)


async def test_iau_coordinates_of_uranus_are_converted() -> None:
    """As WebGeoCalc gives them: Uranus as the observer sees it, in IAU_URANUS."""
    source = AnalyticEphemeris(center="Uranus")
    made = await prepare_ephemeris(source, Span(datetime(2018, 9, 13, tzinfo=UTC), 60, 7))
    iau = [
        Point((225.3113 - point.longitude + 180.0) % 360.0, point.latitude, point.distance)
        for point in made.points
    ]
    text = to_csv(made).decode().partition('"Kernels Used"')[0].replace('"ULS"', '"IAU_URANUS"')
    lines = text.replace('"Target","EARTH"', '"Target","URANUS"').splitlines()
    for row, point in enumerate(iau):
        stamp, *rest = lines[16 + row].split(",")
        lines[16 + row] = ",".join([stamp, *(f"{number:.8f}" for number in point), *rest[3:]])
    back = read_csv("\n".join(lines).replace('"Observer","URANUS"', '"Observer","EARTH"').encode())
    assert back.center == "Uranus"
    assert back.notes[-1].endswith("converted from IAU_URANUS to ULS")
    for one, other in zip(back.points, made.points, strict=True):
        assert list(one) == pytest.approx(list(other), abs=1e-7)


def test_corrections_end_with_their_century() -> None:
    """Small within it, nothing beyond, and nothing for planets that need none."""
    within = math.hypot(*correction("Neptune", 0.0))
    assert 1_000.0 < within < 500_000.0
    assert correction("Neptune", FIRST_S) != (0.0, 0.0, 0.0)
    assert correction("Neptune", FIRST_S - 1.0) == correction("Neptune", LAST_S + 1.0) == (0.0,) * 3
    assert correction("Mercury", 0.0) == (0.0,) * 3
