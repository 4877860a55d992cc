"""The moons of Saturn and Uranus by their theories, against JPL Horizons."""

import math
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.resources import files

import pytest

import prefect_expres.ephemeris
from prefect_expres.ephemeris import MOONS, PLANETS, moon_phase
from prefect_expres.ephemeris.moon_theories import CORRECTIONS, PUBLISHED, orbital_vector
from prefect_expres.ephemeris.rotation import point_below
from tests.ephemeris.horizons_moons import longitudes
from tests.ephemeris.moon_fit import fitted

WITHIN = {
    "Mimas": 0.07,
    "Enceladus": 0.03,
    "Tethys": 0.021,
    "Dione": 0.03,
    "Rhea": 0.004,
    "Titan": 0.007,
    "Iapetus": 0.016,
    "Miranda": 0.031,
    "Ariel": 0.032,
    "Umbriel": 0.024,
    "Titania": 0.043,
    "Oberon": 0.019,
}
"""Degrees; the table of the guide on ephemerides."""


def errors(moon: str, *tables: str) -> Iterator[float]:
    """Give how far a moon is off at the dates that its corrections were not fitted to."""
    planet = next(planet for planet, moons in MOONS.items() if moon in moons)
    for name, seconds, wanted in longitudes("check"):
        if name == moon:
            vector = orbital_vector(planet, moon, seconds, tables=tables)
            found = point_below(PLANETS[planet], vector, seconds).longitude
            yield abs(math.remainder(found - wanted, 360.0))


@pytest.mark.parametrize("moon", WITHIN)
def test_a_moon_is_where_horizons_has_it(moon: str) -> None:
    """At four to seven dates from 1970 to 2049, none of which made the corrections."""
    found = list(errors(moon, PUBLISHED, CORRECTIONS))
    assert len(found) >= 4
    assert max(found) < WITHIN[moon]


@pytest.mark.parametrize("moon", ["Mimas", "Enceladus", "Umbriel", "Oberon"])
def test_the_corrections_matter(moon: str) -> None:
    """The published theories alone are three times as far off, and more."""
    published = max(errors(moon, PUBLISHED))
    assert published > 3.0 * max(errors(moon, PUBLISHED, CORRECTIONS))


@pytest.mark.parametrize(
    ("moon", "wanted"), [("Enceladus", 109.1646), ("Titan", 101.3552), ("Miranda", 309.7703)]
)
def test_a_phase_is_that_when_the_light_left(moon: str, wanted: float) -> None:
    """From UTC, with the leap seconds, and as long before as the light takes."""
    start = datetime(2026, 9, 22, 13, tzinfo=UTC)
    assert moon_phase(moon, start, light_time=3600.0) == pytest.approx(wanted, abs=0.03)


def test_the_corrections_are_those_that_are_fitted() -> None:
    """The file is what the fit prints."""
    held = files(prefect_expres.ephemeris).joinpath(CORRECTIONS).read_text(encoding="utf-8")
    for found, wanted in zip(fitted(), held.splitlines(), strict=True):
        for number, other in zip(found.split(","), wanted.split(","), strict=True):
            assert number == other or float(number) == pytest.approx(float(other), rel=1e-3)
