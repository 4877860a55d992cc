"""Times that ExPRES can read, and rows that are positions."""

import dataclasses
import pickle
import re
import sys
from datetime import UTC, datetime, timedelta, timezone

import pytest

from prefect_expres.ephemeris import Ephemeris, Point, Span
from prefect_expres.ephemeris.timescale import leap_seconds
from prefect_expres.errors import EphemerisError, EphemerisUnavailable
from tests.ephemeris.de440 import DAY, EARTH

POINTS = (EARTH[DAY],) * 7
LARGEST = sys.float_info.max


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
        (DAY.replace(microsecond=1), 24, 60, "on a whole second"),
        (DAY, float("nan"), 60, "finite"),
        (DAY, 1e6, 1, "longer step"),
        (DAY, LARGEST / 3600.5, 1, "longer step"),
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


def test_a_span_has_seven_times_at_least() -> None:
    """ExPRES refuses a file with six rows."""
    assert Span(DAY, 1, 7).count == 7
    with pytest.raises(EphemerisError, match=r"^6 times from 2018-09-13 00:00:00 are too few"):
        Span(DAY, 1, 6)


def test_a_span_has_a_million_times_at_most() -> None:
    """Eleven days of seconds."""
    assert Span(DAY, 1, 1_000_000).count == 1_000_000
    with pytest.raises(EphemerisError, match=r"^1000001 times are more than 1000000"):
        Span(DAY, 1, 1_000_001)


@pytest.mark.parametrize("step", [0, -1, -60, 0.5, 1.5, 59.999])
def test_a_step_is_one_or_more_whole_seconds(step: float) -> None:
    """Neither none nor a part of one, and never backwards."""
    assert Span(DAY, 1, 7).stop == DAY + timedelta(seconds=6)
    with pytest.raises(EphemerisError, match=f"^A step of {step} s is not"):
        Span(DAY, step, 7)  # type: ignore[arg-type]


@pytest.mark.parametrize("step", [10**9, 10**12, 10**30])
def test_times_beyond_the_calendar_are_refused(step: int) -> None:
    """The calendar of Python ends with the year 9999."""
    with pytest.raises(EphemerisError, match=f"^1000 times, {step} s apart, end after"):
        Span(DAY, step, 1000)


def test_the_first_time_is_on_a_whole_second() -> None:
    """A microsecond is too much."""
    with pytest.raises(EphemerisError, match=r"00:00:00\.000001\+00:00 is not on a whole second"):
        Span(DAY + timedelta(microseconds=1), 60, 7)


@pytest.mark.parametrize(
    ("hours", "step", "count"),
    [
        (0.1, 60, 6),
        (7 / 60, 60, 7),
        (7.001 / 60, 60, 8),
        (7.999 / 60, 60, 8),
        (8 / 60, 60, 8),
        (24, 7, 12343),
        (1.0 / 3.0, 60, 20),
        (1 + 1e-12, 60, 60),
    ],
)
def test_hours_are_divided_into_steps(hours: float, step: int, count: int) -> None:
    """A part of a step at the end counts as one; what floating-point numbers add does not."""
    if count < 7:
        with pytest.raises(EphemerisError, match=f"^{count} times"):
            Span.lasting(DAY, hours, step)
    else:
        assert Span.lasting(DAY, hours, step).count == count


@pytest.mark.parametrize("hours", [float("nan"), float("inf"), float("-inf"), LARGEST / 3599.5])
def test_endless_hours_are_refused(hours: float) -> None:
    """And hours that are not a number."""
    with pytest.raises(EphemerisError, match=rf"^{re.escape(str(hours))} hours are not a length"):
        Span.lasting(DAY, hours)


def test_a_span_is_a_day_of_minutes_unless_said_otherwise() -> None:
    """Of both constructors the step is a minute."""
    assert Span.lasting(DAY) == Span(DAY, 60, 1440)
    assert Span.between(DAY, DAY + timedelta(minutes=7)) == Span(DAY, 60, 7)


def test_times_between_two_moments_heed_their_zones() -> None:
    """The end may be in another zone than the start, or in none."""
    paris = datetime(2018, 9, 13, 3, tzinfo=timezone(timedelta(hours=2)))
    assert Span.between(DAY, paris) == Span(DAY, 60, 60)
    assert Span.between(DAY, datetime(2018, 9, 13, 1)) == Span(DAY, 60, 60)  # noqa: DTZ001
    assert Span.between(DAY, DAY + timedelta(minutes=14), 120) == Span(DAY, 120, 7)


def test_times_are_given_in_order() -> None:
    """As many as there are, a step apart; the last is the stop."""
    span = Span(DAY, 90, 8)
    times = list(span.times())
    assert times == [DAY + timedelta(seconds=90 * number) for number in range(8)]
    assert (times[0], times[-1]) == (span.start, span.stop)


def test_a_span_may_end_before_a_leap_second_or_start_after_it() -> None:
    """Only the crossing is refused."""
    midnight = datetime(2017, 1, 1, tzinfo=UTC)
    assert Span.between(midnight - timedelta(hours=1), midnight).count == 60
    assert Span.lasting(midnight, 1).count == 60


def test_the_last_time_before_a_leap_second_is_the_second_before_it() -> None:
    """One second more is on the other side."""
    start = datetime(2016, 12, 31, 23, 59, 53, tzinfo=UTC)
    assert Span(start, 1, 7).stop.second == 59
    with pytest.raises(EphemerisError, match=r"between 2016-12-31 23:59:53 and 2017-01-01 00:00"):
        Span(start, 1, 8)


def test_what_lies_beyond_the_known_leap_seconds_is_noted() -> None:
    """A forecast says until when the leap seconds are known, once; the day itself is not known."""
    expires = leap_seconds().expires
    note = f"Leap seconds are known until {expires:%Y-%m-%d}; none is assumed after it"
    late, before = (Span(expires - timedelta(seconds=away), 60, 7) for away in (360, 361))
    assert late.stop == expires
    assert Ephemeris(late, POINTS, "test", "Earth", notes=("first",)).notes == ("first", note)
    assert Ephemeris(late, POINTS, "test", "Earth", notes=(note,)).notes == (note,)
    assert Ephemeris(before, POINTS, "test", "Earth", notes=("first",)).notes == ("first",)
    assert Ephemeris(Span(DAY, 60, 7), POINTS, "test", "Earth", "Jupiter").notes == ()


def test_spans_and_ephemerides_are_not_changed() -> None:
    """They are values: checked once, equal and hashed by their content."""
    span = Span(DAY, 60, 7)
    for value in (span, Ephemeris(span, POINTS, "test", "Earth", "Jupiter")):
        assert hash(value) == hash(dataclasses.replace(value))
        with pytest.raises(dataclasses.FrozenInstanceError):
            value.span = value.step = 1  # type: ignore[union-attr]


def test_light_times_are_distances_over_c() -> None:
    """One for each row."""
    points = tuple(Point(0.0, 0.0, 299_792.458 * seconds) for seconds in range(1, 8))
    made = Ephemeris(Span(DAY, 60, 7), points, "test", "Earth", "Jupiter")
    assert made.light_times == pytest.approx([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0], rel=1e-15)
    assert made.center == "Jupiter"


@pytest.mark.parametrize("latitude", [90.0, -90.0])
def test_the_poles_are_positions(latitude: float) -> None:
    """And so is any distance above the centre."""
    points = (*POINTS[:6], Point(0.0, latitude, 1e-9))
    assert Ephemeris(Span(DAY, 60, 7), points, "test", "Earth", "Jupiter").points == points


@pytest.mark.parametrize(
    ("point", "word"),
    [
        (Point(1.0, 2.0, 0.0), "radius"),
        (Point(1.0, 2.0, -1.0), "radius"),
        (Point(float("nan"), 2.0, 3.0), "not a position"),
        (Point(1.0, 90.001, 3.0), "not a position"),
        (Point(1.0, -90.001, 3.0), "not a position"),
        (Point(1.0, float("nan"), 3.0), "not a position"),
        (Point(1.0, 2.0, float("inf")), "not a position"),
    ],
)
def test_rows_that_are_no_positions_are_refused(point: Point, word: str) -> None:
    """The error names the row's time."""
    with pytest.raises(EphemerisError, match=word) as fault:
        Ephemeris(Span(DAY, 60, 7), (*POINTS[:6], point), "test", "Earth", "Jupiter")
    assert "2018-09-13 00:06:00" in str(fault.value)


def test_missing_and_shifted_rows_are_refused() -> None:
    """A source must answer for the times that were asked for, all of them."""
    span = Span(DAY, 60, 7)
    rows = list(zip(span.times(), POINTS, strict=True))
    made = Ephemeris.of_rows(span, iter(rows), "test", "Juno", "Saturn", ("a note",))
    assert made == Ephemeris(span, POINTS, "test", "Juno", "Saturn", ("a note",))
    with pytest.raises(EphemerisError, match=r"^test gave 6 rows of the 7 asked for"):
        Ephemeris.of_rows(span, rows[:6], "test", "Earth", "Jupiter")
    with pytest.raises(EphemerisError, match=r"^test gave 8 rows of the 7 asked for"):
        Ephemeris.of_rows(span, [*rows, (DAY, POINTS[0])], "test", "Earth", "Jupiter")
    rows[3] = (rows[3][0] + timedelta(seconds=1), rows[3][1])
    with pytest.raises(EphemerisError, match=r"^test answered for .*00:03:01.*00:03:00.*was asked"):
        Ephemeris.of_rows(span, rows, "test", "Earth", "Jupiter")


def test_the_errors_pickle_and_know_whether_to_retry() -> None:
    """Prefect sends them across processes and asks them."""
    for fault in (EphemerisUnavailable("later"), EphemerisUnavailable("later", 7.0)):
        same = pickle.loads(pickle.dumps(fault))
        assert (str(same), same.retryable, same.retry_after) == ("later", True, fault.retry_after)
    assert not EphemerisError("never").retryable
