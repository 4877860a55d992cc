"""The phases of moons: computed here, or from sources that know them."""

import math
from pathlib import Path
from typing import Any, get_args

import pytest

from prefect_expres.ephemeris import (
    MOONS,
    PLANETS,
    AnalyticEphemeris,
    Moon,
    Span,
    SpiceEphemeris,
    moon_phase,
    phase_from,
    prepare_ephemeris,
    with_asked_phases,
)
from prefect_expres.ephemeris.bodies import naif_id
from prefect_expres.ephemeris.moons import COMPUTED
from prefect_expres.ephemeris.rotation import point_below
from prefect_expres.ephemeris.timescale import dynamical_seconds
from prefect_expres.errors import EphemerisError
from prefect_expres.expres import Configuration
from prefect_expres.net.clock import MonotonicClock
from tests.ephemeris.de440 import DAY
from tests.ephemeris.test_spice_kernels import EARTH, Body, kernel

SATURN = Body(699, (1.2e9, -7.0e8, 1.0e7), (4.0, 8.0, -1.0))
HYPERION = Body(607, (1.2e9 + 1.1e6, -7.0e8 + 4.0e5, 1.0e7 + 1e5), (2.0, 13.0, -1.0))
LIGHT_TIME = 4321.25
CLOCK = MonotonicClock()


def hyperions_place(light_time: float) -> float:
    """Hyperion's east longitude when the light left, from where the two bodies then are."""
    x, y, z = (
        moon + moving * -light_time - planet + drift * light_time
        for moon, moving, planet, drift in zip(
            HYPERION.position, HYPERION.velocity, SATURN.position, SATURN.velocity, strict=True
        )
    )
    return point_below(PLANETS["Saturn"], (x, y, z), dynamical_seconds(DAY) - light_time).longitude


def source(folder: Path, *bodies: Body) -> SpiceEphemeris:
    """Give a source that knows some bodies."""
    path = kernel(folder / "moons.bsp", *bodies)
    return SpiceEphemeris(center="Saturn", kernels=(path,))


async def test_a_source_tells_where_a_moon_is(tmp_path: Path) -> None:
    """Between whole seconds, and less the light time from the moon to its planet, 4 s or 0.04°."""
    found = await phase_from(source(tmp_path, SATURN, HYPERION), "Hyperion", DAY, LIGHT_TIME, CLOCK)
    assert found == pytest.approx(hyperions_place(LIGHT_TIME), abs=0.005)


@pytest.mark.parametrize("light_time", [73_043.25, 33_705.25, 151_523.25, 33_701.75])
async def test_phases_are_from_0_to_360(tmp_path: Path, light_time: float) -> None:
    """Half a degree before a whole turn, where a part of a second makes it one, and at 0°."""
    known = source(tmp_path, SATURN, HYPERION)
    found = await phase_from(known, "Hyperion", DAY, light_time, CLOCK)
    assert 0 <= found < 360
    assert math.remainder(found - hyperions_place(light_time), 360) == pytest.approx(0, abs=0.005)


@pytest.mark.parametrize("moon", ["Callisto", "Enceladus", "Miranda"])
async def test_main_moons_need_no_source(moon: str) -> None:
    """Any source of the planet gives those that are computed here."""
    planet = next(planet for planet, moons in MOONS.items() if moon in moons)
    found = await phase_from(AnalyticEphemeris(center=planet), moon, DAY, 2910.36, CLOCK)
    assert found == moon_phase(moon, DAY, 2910.36)


async def test_a_source_is_not_asked_for_what_is_computed_here(tmp_path: Path) -> None:
    """Its kernels need not hold the moon."""
    found = await phase_from(source(tmp_path, SATURN), "Titan", DAY, LIGHT_TIME, CLOCK)
    assert found == moon_phase("Titan", DAY, LIGHT_TIME)


async def test_a_moon_of_another_planet_is_refused(tmp_path: Path) -> None:
    """The error names those of the planet."""
    with pytest.raises(EphemerisError, match=r"'Io' is no moon of Saturn; .*Titan"):
        await phase_from(source(tmp_path, SATURN, HYPERION), "Io", DAY, LIGHT_TIME, CLOCK)


async def test_a_source_without_moons_says_which_have_them() -> None:
    """The analytic one does not compute Hyperion."""
    with pytest.raises(EphemerisError, match=r"Hyperion is not computed here; take .*horizons"):
        await phase_from(AnalyticEphemeris(center="Saturn"), "Hyperion", DAY, LIGHT_TIME, CLOCK)


def test_the_main_moons_of_each_planet_are_known() -> None:
    """Each has its number, and a form offers just these."""
    numbers = {planet: {moon: naif_id(moon) for moon in moons} for planet, moons in MOONS.items()}
    assert numbers == {
        "Jupiter": {"Io": 501, "Europa": 502, "Ganymede": 503, "Callisto": 504},
        "Saturn": {
            "Mimas": 601,
            "Enceladus": 602,
            "Tethys": 603,
            "Dione": 604,
            "Rhea": 605,
            "Titan": 606,
            "Hyperion": 607,
            "Iapetus": 608,
        },
        "Uranus": {"Miranda": 705, "Ariel": 701, "Umbriel": 702, "Titania": 703, "Oberon": 704},
        "Neptune": {"Triton": 801},
    }
    moons = {moon: planet for planet, names in numbers.items() for moon in names}
    assert get_args(Moon) == tuple(moons)
    assert moons == COMPUTED | {"Hyperion": "Saturn", "Triton": "Neptune"}
    assert len(COMPUTED) == len(moons) - 2


async def test_a_configuration_gets_the_phase_of_its_moon(
    tmp_path: Path, configuration: dict[str, Any]
) -> None:
    """With the light time of its own ephemeris; a source without moons leaves it, and says so."""
    content = configuration
    content["BODY"][0] |= {"NAME": "Saturn", "MAG": "SPV"}
    content["BODY"][1] |= {"NAME": "Hyperion", "PARENT": "Saturn", "PHASE": 12.0}
    content["OBSERVER"]["PARENT"] = "Saturn"
    for each in content["SOURCE"]:
        each |= {"PARENT": "Saturn", "SAT": "Hyperion"}
    hyperion = Configuration.from_mapping(content)
    asked = source(tmp_path, SATURN, HYPERION, EARTH)
    made = await prepare_ephemeris(asked, Span(DAY, 60, 7))
    told, notes = await with_asked_phases(hyperion, made, asked, CLOCK)
    wanted = hyperions_place(made.light_times[0])
    assert told.body[1].phase == pytest.approx(wanted, abs=0.005)
    assert notes == (f"PHASE of Hyperion is set to {told.body[1].phase}°, from spice",)
    left, notes = await with_asked_phases(hyperion, made, AnalyticEphemeris(center="Saturn"), CLOCK)
    assert left.body[1].phase == 12.0
    assert notes[0].startswith("PHASE of Hyperion is left at 12.0°: analytic does not know it")
