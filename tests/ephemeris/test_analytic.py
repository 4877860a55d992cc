"""Earth and the moons, computed without network, against DE440."""

from datetime import UTC, datetime, timedelta

import pytest

from prefect_expres.ephemeris import (
    AnalyticEphemeris,
    Point,
    Span,
    cache_key,
    moon_phase,
    prepare_ephemeris,
)
from tests.ephemeris.de440 import DAY, EARTH

IO_EAST = 319.616
"""Io's east longitude at 2018-09-13T00:00:00Z less the light time to Earth."""


@pytest.mark.parametrize(("moment", "truth"), EARTH.items())
async def test_earth_is_where_de440_has_it(moment: datetime, truth: Point) -> None:
    """The sub-Earth point is within 0.005 degrees and the distance within 1e-4."""
    made = await prepare_ephemeris(AnalyticEphemeris(), Span(moment, 60, 7))
    assert made.points[0].longitude == pytest.approx(truth.longitude, abs=0.005)
    assert made.points[0].latitude == pytest.approx(truth.latitude, abs=0.005)
    assert made.points[0].distance == pytest.approx(truth.distance, rel=1e-4)


async def test_the_orientation_is_that_of_the_emission() -> None:
    """The longitude is 29.3 degrees from the one without the light's travel."""
    made = await prepare_ephemeris(AnalyticEphemeris(), Span(DAY, 60, 7))
    assert made.points[0].longitude - 199.181990 == pytest.approx(29.32, abs=0.01)
    assert made.light_times[0] == pytest.approx(2910.36, abs=0.1)


async def test_a_day_turns_jupiter_as_system_iii_does() -> None:
    """A day later the sub-Earth point has gone west by the rotation, less Earth's own motion."""
    made = await prepare_ephemeris(AnalyticEphemeris(), Span.lasting(DAY, 24.001, 3600))
    first, last = made.points[0], made.points[-1]
    assert made.span.stop == DAY + timedelta(days=1)
    gone = (first.longitude - last.longitude) % 360.0
    assert gone == pytest.approx(870.536 % 360.0, abs=0.3)


async def test_io_stands_where_the_simulation_puts_it() -> None:
    """Io's phase is its east longitude when the light left, within 0.06 degrees."""
    made = await prepare_ephemeris(AnalyticEphemeris(), Span(DAY, 60, 7))
    assert moon_phase("Io", DAY, made.light_times[0]) == pytest.approx(IO_EAST, abs=0.06)


@pytest.mark.parametrize(
    ("moon", "days"),
    [("Io", 1.769138), ("Europa", 3.551181), ("Ganymede", 7.154553), ("Callisto", 16.689018)],
)
def test_each_moon_comes_round_in_its_own_time(moon: str, days: float) -> None:
    """After one sidereal period a moon stands where System III has turned meanwhile."""
    start = datetime(2018, 9, 13, tzinfo=UTC)
    light_time = 2910.36
    before = moon_phase(moon, start, light_time)
    after = moon_phase(moon, start, light_time - days * 86400.0)
    turned = (before - after - 870.536 * days + 180.0) % 360.0 - 180.0
    assert turned == pytest.approx(0.0, abs=0.5)


def test_the_key_covers_the_source_and_the_times() -> None:
    """Another time, step, length or source gives another key; the same question the same."""
    span = Span(DAY, 60, 10)
    same = cache_key(AnalyticEphemeris(), Span(datetime(2018, 9, 13), 60, 10))  # noqa: DTZ001
    others = {
        cache_key(AnalyticEphemeris(), other)
        for other in (Span(DAY, 61, 10), Span(DAY, 60, 11), Span(DAY + timedelta(hours=1), 60, 10))
    }
    assert cache_key(AnalyticEphemeris(), span) == same
    assert len(others | {same}) == 4


def test_the_identity_names_the_version_that_computes() -> None:
    """Another release of the library is another source."""
    assert "astronomy-engine 2." in str(AnalyticEphemeris().identity()["source"])
