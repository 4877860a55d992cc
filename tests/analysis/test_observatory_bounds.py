"""Observatories: their figures, and the bounds of elevation and band."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from prefect_expres.analysis import Observatory, Window, cut_windows, find_observatory
from prefect_expres.analysis.identity import Identity
from prefect_expres.analysis.observatories import OBSERVATORIES, elevation, seen_from, times_up
from prefect_expres.errors import ObservatoryError
from tests.support.sightings import seen

MIDNIGHT = datetime(2024, 1, 1, tzinfo=UTC)
DAY, MINUTE, SECOND = timedelta(days=1), timedelta(minutes=1), timedelta(seconds=1)
NENUFAR = find_observatory("NenuFAR")
FACTS: dict[str, Any] = {"name": "X", "longitude": 0, "latitude": 0, "fmin": 10, "fmax": 80}


def test_the_figures_are_those_that_were_published() -> None:
    """Name, longitude, latitude, height, band, least elevation and clocks."""
    assert [tuple(each.model_dump().values()) for each in OBSERVATORIES] == [
        ("NenuFAR", 2.1924, 47.376511, 150.0, 10.0, 85.0, 20.0, "Europe/Paris"),
        ("NDA", 2.19503, 47.38042, 150.0, 10.0, 100.0, 10.0, "Europe/Paris"),
        ("LOFAR", 6.8698, 52.9151, 50.0, 10.0, 90.0, 20.0, "Europe/Amsterdam"),
        ("OVRO-LWA", -118.2816667, 37.23977727, 1183.48, 13.0, 87.0, 20.0, "America/Los_Angeles"),
    ]
    assert find_observatory("nancay").name == find_observatory("Nan\u00e7ay").name == "NDA"
    assert Observatory(**FACTS).height == 0
    assert Observatory(**FACTS).min_elevation == 20


@pytest.mark.parametrize(
    ("key", "inside", "outside"),
    [
        ("longitude", [-180, 360], [-180.001, 360.001]),
        ("latitude", [-90, 90], [-90.001, 90.001]),
        ("fmin", [0.001], [0, -1]),
        ("min_elevation", [-5, 89.999], [-5.001, 90]),
        ("other", [], [1]),
    ],
)
def test_figures_have_bounds(key: str, inside: list[float], outside: list[float]) -> None:
    """The bound itself is inside, except for 0 MHz and the zenith."""
    for value in inside:
        assert getattr(Observatory(**FACTS | {key: value}), key) == value
    for value in outside:
        with pytest.raises(ValidationError, match=key):
            Observatory(**FACTS | {key: value})


def test_the_elevation_is_that_of_an_almanac() -> None:
    """Jupiter from Nançay on 2024-01-01, computed from right ascension and sidereal time.

    At 18:50 UTC its declination is 12.19°, its right ascension 2h 13.2m, the local sidereal time
    1h 43.0m, so the hour angle is -7.55°: sin h = sin φ sin δ + cos φ cos δ cos H.
    """
    latitude, declination, hour = np.radians([47.376511, 12.19, -7.55])
    expected = np.degrees(
        np.arcsin(
            np.sin(latitude) * np.sin(declination)
            + np.cos(latitude) * np.cos(declination) * np.cos(hour)
        )
    )
    height = elevation(NENUFAR, "jupiter", MIDNIGHT + timedelta(hours=18, minutes=50))
    assert height == pytest.approx(expected, abs=0.1)


def test_times_up_are_exact_to_a_second() -> None:
    """A second before a rise the planet is below, a second after a set too."""
    _, (rise, _), (_, fall) = times_up(NENUFAR, "Jupiter", MIDNIGHT - DAY, MIDNIGHT + 2 * DAY)[:3]
    for moment, later_is_up in ((rise, True), (fall, False)):
        below, above = sorted(
            (elevation(NENUFAR, "Jupiter", moment + way * 2 * SECOND), way) for way in (-1, 1)
        )
        assert below[0] < 20 < above[0]
        assert (above[1] == 1) is later_is_up
        assert moment.microsecond == 0


def test_the_elevation_is_that_at_which_a_planet_rises() -> None:
    """Aberration, which is largest at opposition, moves it by 0.005°, and a second by 0.003°."""
    opposition = datetime(2023, 11, 3, tzinfo=UTC)
    (_, fall), (rise, _) = times_up(NENUFAR, "Jupiter", opposition, opposition + DAY)
    assert -0.003 < elevation(NENUFAR, "Jupiter", rise) - 20 <= 0
    assert 0 <= elevation(NENUFAR, "Jupiter", fall) - 20 < 0.003


def test_times_up_begin_and_end_with_the_time_that_is_asked_for() -> None:
    """While it is up, the ends are those of the question; in an empty time there is none."""
    (rise, _), *_ = times_up(NENUFAR, "Jupiter", MIDNIGHT + DAY / 4, MIDNIGHT + DAY)
    start, end = rise + MINUTE, rise + 10 * MINUTE
    assert times_up(NENUFAR, "Jupiter", start, end) == [(start, end)]
    assert times_up(NENUFAR, "Jupiter", start, start) == []
    assert times_up(NENUFAR, "Jupiter", rise - 10 * MINUTE, rise - MINUTE) == []


@pytest.mark.parametrize("planet", ["Earth", "earth", "Vulcan", ""])
def test_other_bodies_have_no_elevation(planet: str) -> None:
    """The Earth is no planet of its own sky."""
    with pytest.raises(ObservatoryError, match=f"The elevation of '{planet}' is not known"):
        elevation(NENUFAR, planet, MIDNIGHT)


def test_the_band_includes_its_ends() -> None:
    """10 and 85 MHz are seen, what is just beyond is not."""
    (rise, _), *_ = times_up(NENUFAR, "Jupiter", MIDNIGHT + DAY / 4, MIDNIGHT + DAY)
    start = np.datetime64(rise.replace(tzinfo=None), "ns")
    sighting = seen(
        np.ones((3, 5)),
        time=start + np.arange(3) * np.timedelta64(60, "s"),
        frequency=np.array([9.99, 10.0, 50.0, 85.0, 85.01]),
    )
    assert seen_from(NENUFAR, sighting).visible.tolist() == [[False, True, True, True, False]] * 3


def test_steps_are_up_from_the_rise_to_the_set() -> None:
    """The step of the rise is seen, that of the set is not; the last step of a file counts."""
    _, (rise, fall) = times_up(NENUFAR, "Jupiter", MIDNIGHT, MIDNIGHT + 1.5 * DAY)
    for moment, expected in ((rise, [False, True, True]), (fall, [True, False, False])):
        at = np.datetime64(moment.replace(tzinfo=None), "ns")
        sighting = seen(np.ones(3), time=at + np.array([-1, 0, 1]) * np.timedelta64(1, "s"))
        visible = seen_from(NENUFAR, sighting).visible[:, 0]
        assert visible.tolist() == expected


def test_the_planet_that_is_up_is_the_one_that_emits() -> None:
    """Saturn rises at another time than Jupiter."""
    (rise, _), *_ = times_up(NENUFAR, "Saturn", MIDNIGHT + DAY / 4, MIDNIGHT + DAY)
    at = np.datetime64(rise.replace(tzinfo=None), "ns")
    sighting = seen(
        np.ones(3),
        time=at + np.array([-1, 0, 1]) * np.timedelta64(1, "s"),
        identity=Identity("x", "Earth", "Saturn"),
    )
    assert seen_from(NENUFAR, sighting).visible[:, 0].tolist() == [False, True, True]


@pytest.mark.parametrize(
    "identity",
    [Identity("x", "Juno", "Jupiter", "Io"), Identity("x", "Earth", None), Identity("x")],
)
def test_only_what_the_earth_sees_is_seen_from_an_observatory(identity: Identity) -> None:
    """The error names the series."""
    with pytest.raises(ObservatoryError, match=r"^x is not named as a simulation of a planet"):
        seen_from(NENUFAR, seen(np.ones(2), identity=identity))


def window(start: datetime, end: datetime, **more: Any) -> Window:
    """Make a window from 2 to 30 MHz with all angles."""
    facts: dict[str, Any] = {
        "source": "Io",
        "hemisphere": "north",
        "polarization": "RH",
        "start": start,
        "end": end,
        "fmin": 2.0,
        "fmax": 30.0,
        "cml": (1, 2),
        "source_phase": (3, 4),
        "moon_phase": (5, 6),
    }
    return Window(**facts | more)


def test_cuts_of_a_window() -> None:
    """Cut in time, the angles go; cut in frequency only, they stay; the ends of a band count."""
    (rise, fall), *_ = times_up(NENUFAR, "Jupiter", MIDNIGHT + DAY / 4, MIDNIGHT + 1.2 * DAY)
    inside = window(rise + MINUTE, rise + 2 * MINUTE)
    assert cut_windows([inside], NENUFAR) == [inside.model_copy(update={"fmin": 10.0})]
    high = window(rise + MINUTE, rise + 2 * MINUTE, fmin=80, fmax=99)
    assert cut_windows([high], NENUFAR) == [high.model_copy(update={"fmax": 85.0})]
    (cut,) = cut_windows([window(rise - MINUTE, rise + MINUTE)], NENUFAR)
    assert (cut.start, cut.end, cut.fmin, cut.fmax) == (rise, rise + MINUTE, 10.0, 30.0)
    assert (cut.cml, cut.source_phase, cut.moon_phase) == (None, None, None)
    (cut,) = cut_windows([window(fall - MINUTE, fall + MINUTE)], NENUFAR)
    assert (cut.start, cut.end) == (fall - MINUTE, fall)
    for fmin, fmax, count in ((1, 9.99, 0), (1, 10, 1), (85, 90, 1), (85.01, 90, 0)):
        edge = window(rise + MINUTE, rise + 2 * MINUTE, fmin=fmin, fmax=fmax)
        assert len(cut_windows([edge], NENUFAR)) == count
    venus = cut_windows([window(MIDNIGHT, MIDNIGHT + DAY)], NENUFAR, planet="Venus")
    assert venus != cut_windows([window(MIDNIGHT, MIDNIGHT + DAY)], NENUFAR)


@pytest.mark.parametrize("known", [True, False])
def test_what_is_cut_off_is_not_cut_by_the_simulation(*, known: bool) -> None:
    """Only an end that is still there may be one of the simulation's."""
    (rise, fall), *_ = times_up(NENUFAR, "Jupiter", MIDNIGHT + DAY / 4, MIDNIGHT + 1.2 * DAY)
    cuts = {"cut_at_start": known, "cut_at_end": known}
    for start, end, at in (
        (rise - MINUTE, rise + MINUTE, "end"),
        (fall - MINUTE, fall + MINUTE, "start"),
        (rise - MINUTE, fall + MINUTE, ""),
        (rise + MINUTE, fall - MINUTE, "start and end"),
    ):
        (cut,) = cut_windows([window(start, end, **cuts)], NENUFAR)
        assert cut.cut_at == (at if known else "")


def test_an_observatory_that_knows_no_such_name_is_named() -> None:
    """The error lists those that are known."""
    with pytest.raises(ObservatoryError, match="choose one of NenuFAR, NDA, LOFAR, OVRO-LWA, or"):
        find_observatory("NenuFARR")
