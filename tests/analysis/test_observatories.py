"""Windows as an observatory sees them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from prefect_expres.analysis import (
    Observatory,
    Window,
    cut_windows,
    find_observatory,
    visible_windows,
)
from prefect_expres.analysis.observatories import OBSERVATORIES, elevation, times_up
from prefect_expres.errors import ObservatoryError
from tests.support.result_files import NAME, nothing

Opened = Callable[..., Any]
MIDNIGHT = datetime(2024, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
NENUFAR = find_observatory("nenufar")


def day_and_night(**changes: Any) -> dict[str, Any]:
    """Make a day in which the north is seen all the time, in all channels."""
    visible = nothing(steps=1440)
    visible[:, :, 0] = True
    return {"visible": visible, "step": 60.0, "frequency": (5.0, 20.0, 40.0, 90.0), **changes}


def test_names_are_found_in_any_case() -> None:
    """NenuFAR, the NDA by two names, LOFAR and OVRO-LWA are known; others are named as unknown."""
    known = [find_observatory(name).name for name in ("NENUFAR", "Nançay", "nda", "lofar")]
    assert known == ["NenuFAR", "NDA", "NDA", "LOFAR"]
    with pytest.raises(ObservatoryError, match="choose one of NenuFAR, NDA, LOFAR, OVRO-LWA"):
        find_observatory("Arecibo")


def test_an_observatory_is_checked() -> None:
    """A latitude beyond the pole is a slip of the pen."""
    with pytest.raises(ValidationError, match="latitude"):
        Observatory(name="X", longitude=0, latitude=91, fmin=10, fmax=80)


@pytest.mark.parametrize("observatory", OBSERVATORIES, ids=lambda each: each.name)
def test_a_planet_culminates_where_it_should(observatory: Observatory) -> None:
    """At the highest, Jupiter stands at 90 degrees less latitude plus its declination of 12.2."""
    heights = [
        elevation(observatory, "Jupiter", MIDNIGHT + step * 2 * MINUTE) for step in range(720)
    ]
    # On 2024-01-01 the declination of Jupiter is +12.2 degrees.
    assert max(heights) == pytest.approx(90 - observatory.latitude + 12.2, abs=0.15)


def test_times_up_are_when_the_elevation_is_high_enough() -> None:
    """Every minute of two days is inside or outside as its elevation says."""
    times = times_up(NENUFAR, "Jupiter", MIDNIGHT, MIDNIGHT + timedelta(days=2))
    assert len(times) == 3
    for minute in range(0, 2880, 3):
        moment = MIDNIGHT + minute * MINUTE
        up = elevation(NENUFAR, "Jupiter", moment) >= NENUFAR.min_elevation
        assert up is any(start <= moment < end for start, end in times)


def test_a_planet_that_stays_down_is_never_up() -> None:
    """An observatory that asks for more than the planet reaches sees nothing."""
    demanding = NENUFAR.model_copy(update={"min_elevation": 80})
    assert times_up(demanding, "Jupiter", MIDNIGHT, MIDNIGHT + timedelta(days=3)) == []


def test_windows_are_cut_to_the_night_of_the_planet(opened: Opened) -> None:
    """Windows begin and end when the planet crosses the least elevation, within the band."""
    windows = visible_windows(opened(**day_and_night()), observatory=NENUFAR)
    times = times_up(NENUFAR, "Jupiter", MIDNIGHT, MIDNIGHT + timedelta(days=1))
    assert len(windows) == len(times) == 2
    for window, (start, end) in zip(windows, times, strict=True):
        assert abs(window.start - start) <= MINUTE
        assert abs(window.end - end) <= MINUTE
        assert (window.fmin, window.fmax) == (20.0, 40.0)


def test_a_band_without_emission_has_no_windows(opened: Opened) -> None:
    """What is seen outside of the band only is not seen."""
    low = opened(**day_and_night(frequency=(1.0, 2.0, 3.0, 4.0)))
    assert visible_windows(low, observatory=NENUFAR) == []


@pytest.mark.parametrize("name", [NAME.replace("earth", "juno"), "something-else"])
def test_only_what_the_earth_sees_can_be_cut(opened: Opened, name: str) -> None:
    """A simulation for a spacecraft, or for nobody knows whom, has no horizon."""
    dataset = opened(**day_and_night(), attributes={"Logical_file_id": [name]})
    with pytest.raises(ObservatoryError, match="observer on Earth"):
        visible_windows(dataset, observatory=NENUFAR)


def test_windows_without_their_files_are_cut(opened: Opened) -> None:
    """Windows of a manifest are cut alike; the angles of what was cut are left out."""
    (window,) = visible_windows(opened(**day_and_night()))
    cut = cut_windows([window], NENUFAR)
    exact = visible_windows(opened(**day_and_night()), observatory=NENUFAR)
    assert [(each.fmin, each.fmax) for each in cut] == [(10.0, 85.0)] * 2
    for ours, theirs in zip(cut, exact, strict=True):
        assert abs(ours.start - theirs.start) <= MINUTE
        assert abs(ours.end - theirs.end) <= MINUTE
    assert window.cml is not None
    known = window.model_copy(update={"source_phase": (1.0, 2.0), "moon_phase": (3.0, 4.0)})
    for each in (*cut, *cut_windows([known], NENUFAR)):
        assert (each.cml, each.source_phase, each.moon_phase) == (None, None, None)


def test_a_window_within_a_night_keeps_its_angles(opened: Opened) -> None:
    """What is not cut in time stays as it is, within the band."""
    start, _ = times_up(NENUFAR, "Jupiter", MIDNIGHT, MIDNIGHT + timedelta(days=1))[-1]
    window = Window(
        source="Io",
        hemisphere="north",
        polarization="RH",
        start=start + MINUTE,
        end=start + 30 * MINUTE,
        fmin=2.0,
        fmax=30.0,
        cml=(10.0, 28.0),
    )
    assert cut_windows([window], NENUFAR) == [window.model_copy(update={"fmin": 10.0})]
    assert cut_windows([window.model_copy(update={"fmax": 9.0})], NENUFAR) == []


def test_a_planet_must_be_in_the_sky() -> None:
    """The Earth and exoplanets have no elevation here."""
    for planet in ("Earth", "Tau Boo b"):
        with pytest.raises(ObservatoryError, match="not a planet seen from the Earth"):
            elevation(NENUFAR, planet, MIDNIGHT)


def test_the_visible_cells_are_those_of_the_band(opened: Opened) -> None:
    """A window's bounds come from the cells that are left, not from the band alone."""
    visible = nothing(steps=1440)
    visible[:, 1, 0] = True
    (first, *_) = visible_windows(opened(**day_and_night(visible=visible)), observatory=NENUFAR)
    assert (first.fmin, first.fmax) == (20.0, 20.0)
    assert np.isfinite(first.cml).all()


def test_clocks_are_those_of_the_place() -> None:
    """With summer time; an observatory without a zone has none."""
    summer = datetime(2024, 7, 1, 22, 30, tzinfo=UTC)
    local = NENUFAR.local_time(summer)
    assert local is not None
    assert f"{local:%a %H:%M %Z}" == "Tue 00:30 CEST"
    zones = {each.name: each.local_time(MIDNIGHT) for each in OBSERVATORIES}
    assert {name: f"{local:%Z}" for name, local in zones.items()} == {
        "NenuFAR": "CET",
        "NDA": "CET",
        "LOFAR": "CET",
        "OVRO-LWA": "PST",
    }
    assert NENUFAR.model_copy(update={"time_zone": None}).local_time(summer) is None


@pytest.mark.parametrize("zone", ["Europe/Nancay", "Europe", "../etc", ""])
def test_a_zone_is_checked(zone: str) -> None:
    """What is no zone is told when the observatory is described."""
    with pytest.raises(ValidationError, match="no time zone is called"):
        Observatory(name="X", longitude=0, latitude=0, fmin=10, fmax=80, time_zone=zone)
