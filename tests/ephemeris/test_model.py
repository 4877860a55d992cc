"""Times that ExPRES can read, and rows that are positions."""

import pickle
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prefect_expres.ephemeris import Ephemeris, Point, Span
from prefect_expres.ephemeris.bodies import naif_id, planetocentric
from prefect_expres.ephemeris.timescale import dynamical_seconds, leap_seconds, tai_minus_utc
from prefect_expres.ephemeris.timestamps import read_stamp
from prefect_expres.errors import EphemerisError, EphemerisUnavailable
from tests.ephemeris.de440 import DAY, EARTH

POINTS = (EARTH[DAY],) * 7


def test_a_day_of_minutes_has_1440_rows() -> None:
    """The first minute of the next day is not among them."""
    span = Span.lasting(DAY, 24, 60)
    assert (span.count, span.stop) == (1440, datetime(2018, 9, 13, 23, 59, tzinfo=UTC))
    assert Span.between(DAY, DAY + timedelta(days=1)) == span
    assert list(span.times())[1] - span.start == timedelta(minutes=1)


def test_local_times_become_utc_and_naive_ones_are_taken_for_it() -> None:
    """The grid is the same however its start was written."""
    paris = datetime(2018, 9, 13, 2, tzinfo=timezone(timedelta(hours=2)))
    assert Span(paris, 60, 7) == Span(datetime(2018, 9, 13), 60, 7)  # noqa: DTZ001
    assert Span(paris, 60, 7).start.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("start", "hours", "step", "word"),
    [
        (DAY, 0.1, 60, "too few"),
        (DAY, -24, 60, "too few"),
        (DAY, 24, 0, "whole seconds"),
        (DAY, -24, -60, "whole seconds"),
        (DAY, 24, 0.5, "whole seconds"),
        (DAY.replace(microsecond=1), 24, 60, "whole second"),
        (DAY, float("nan"), 60, "finite"),
        (DAY, 1e6, 1, "longer step"),
        (datetime(1971, 12, 31, tzinfo=UTC), 1, 60, "before 1972"),
        (datetime(2016, 12, 31, 12, tzinfo=UTC), 24, 60, "leap second"),
        (datetime(2015, 6, 30, 23, 59, tzinfo=UTC), 1, 60, "leap second"),
    ],
)
def test_times_that_expres_would_misread_are_refused(
    start: datetime, hours: float, step: int, word: str
) -> None:
    """The error says which rule they break."""
    with pytest.raises(EphemerisError, match=word):
        Span.lasting(start, hours, step)


def test_a_span_may_end_before_a_leap_second_or_start_after_it() -> None:
    """Only the crossing is refused."""
    midnight = datetime(2017, 1, 1, tzinfo=UTC)
    assert Span.between(midnight - timedelta(hours=1), midnight).count == 60
    assert Span.lasting(midnight, 1).count == 60


@pytest.mark.parametrize(
    ("moment", "offset"),
    [((1972, 1, 1), 10), ((1999, 1, 1), 32), ((2016, 12, 31), 36), ((2017, 1, 1), 37)],
)
def test_leap_seconds_are_those_of_the_iers(moment: tuple[int, int, int], offset: int) -> None:
    """TAI - UTC at dates around the announced steps."""
    assert tai_minus_utc(datetime(*moment, tzinfo=UTC)) == offset


def test_dynamical_time_is_that_of_the_naif_kernel() -> None:
    """At 2000-01-01T12:00:00Z the ephemeris time of SPICE is 64.183927 s."""
    assert dynamical_seconds(datetime(2000, 1, 1, 12, tzinfo=UTC)) == pytest.approx(
        64.183927, abs=1e-6
    )


def test_what_lies_beyond_the_known_leap_seconds_is_noted() -> None:
    """A forecast says until when the leap seconds are known."""
    late = leap_seconds().expires + timedelta(days=1)
    made = Ephemeris(Span(late, 60, 7), POINTS, "test", "Earth")
    assert "Leap seconds are known until" in made.notes[0]
    assert Ephemeris(Span(DAY, 60, 7), POINTS, "test", "Earth").notes == ()


@pytest.mark.parametrize(
    ("point", "word"),
    [
        (Point(1.0, 2.0, 0.0), "radius"),
        (Point(1.0, 2.0, -1.0), "radius"),
        (Point(float("nan"), 2.0, 3.0), "no position"),
        (Point(1.0, 90.1, 3.0), "no position"),
        (Point(1.0, 2.0, float("inf")), "no position"),
    ],
)
def test_rows_that_are_no_positions_are_refused(point: Point, word: str) -> None:
    """The error names the row's time."""
    with pytest.raises(EphemerisError, match=word) as fault:
        Ephemeris(Span(DAY, 60, 7), (*POINTS[:6], point), "test", "Earth")
    assert "2018-09-13 00:06:00" in str(fault.value)


def test_missing_and_shifted_rows_are_refused() -> None:
    """A source must answer for the times that were asked for, all of them."""
    span = Span(DAY, 60, 7)
    rows = list(zip(span.times(), POINTS, strict=True))
    with pytest.raises(EphemerisError, match="6 rows of the 7"):
        Ephemeris.of_rows(span, rows[:6], "test", "Earth")
    rows[3] = (rows[3][0] + timedelta(seconds=1), rows[3][1])
    with pytest.raises(EphemerisError, match=r"00:03:01.*was asked for"):
        Ephemeris.of_rows(span, rows, "test", "Earth")


@pytest.mark.parametrize(
    "text",
    [
        "2018-09-13 00:00:00.000000 UTC",
        "2018-Sep-13 00:00",
        " 2018-sep-13 00:00:00.000 ",
        "2018-09-13T00:00:00Z",
        "2018-09-13T00:00:00.00",
    ],
)
def test_stamps_are_read_in_every_form(text: str) -> None:
    """The forms of WebGeoCalc, Horizons, Miriade and ISO 8601 mean the same."""
    assert read_stamp(text, "test") == DAY


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("2018-09-13 00:00:00.5", "whole second"),
        ("2016-12-31 23:59:60 UTC", "leap second"),
        ("2018-09-13 00:00:00 TDB", "no time of UTC"),
        ("2018-13-01 00:00:00", "calendar"),
        ("2018-Foo-01 00:00:00", "calendar"),
        ("2018-256T00:00:00", "no time of UTC"),
        ("", "no time of UTC"),
    ],
)
def test_stamps_that_cannot_be_kept_are_refused(text: str, word: str) -> None:
    """Fractions, leap seconds, other scales and other calendars."""
    with pytest.raises(EphemerisError, match=word):
        read_stamp(text, "test")


@given(st.floats(-90.0, 90.0))
def test_latitudes_are_flattened_to_the_centre(latitude: float) -> None:
    """A planetocentric latitude has the sign of the planetodetic and is no larger; 3.81° apart."""
    centric = planetocentric(latitude)
    assert abs(centric) <= abs(latitude) + 1e-12
    assert centric * latitude >= 0.0
    assert abs(latitude - centric) < 3.85


def test_names_become_naif_numbers() -> None:
    """Names are taken in any spelling, numbers as they are; others are asked for."""
    assert [naif_id(name) for name in ("Earth", "voyager 1", "JUICE", "-61")] == [
        399,
        -31,
        -28,
        -61,
    ]
    with pytest.raises(EphemerisError, match="'-61' for Juno"):
        naif_id("Rosetta")


def test_the_errors_pickle_and_know_whether_to_retry() -> None:
    """Prefect sends them across processes and asks them."""
    fault = pickle.loads(pickle.dumps(EphemerisUnavailable("later")))
    assert fault.retryable
    assert not EphemerisError("never").retryable
