"""The header ``Retry-After`` in every form, and what is none."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prefect_expres.net.retry_after import LONGEST_RETRY_AFTER, retry_after


@pytest.fixture
def tokyo() -> Iterator[None]:
    """Move this machine to Tokyo."""
    with pytest.MonkeyPatch.context() as machine:
        machine.setenv("TZ", "JST-9")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        ("1", 1.0),
        ("17", 17.0),
        (" 17 ", 17.0),
        ("2.5", 2.5),
        ("119", 119.0),
        ("120", 120.0),
        ("121", 120.0),
        ("86400", 120.0),
        ("inf", 120.0),
        ("-1", 0.0),
        ("-inf", 0.0),
    ],
)
def test_seconds_are_kept_within_reason(value: str, seconds: float) -> None:
    """Not below zero, and two minutes at most."""
    assert retry_after(value) == seconds
    assert LONGEST_RETRY_AFTER == 120.0


@pytest.mark.parametrize("value", [None, "", "nan", "soon", "1 minute", "Thu, 99 Foo 2026", "1:30"])
def test_what_is_neither_is_not_there(value: str | None) -> None:
    """The caller takes its own pause then."""
    assert retry_after(value) is None


@pytest.mark.parametrize("seconds", [30, 90])
def test_a_date_is_so_far_away(seconds: int) -> None:
    """In the form of RFC 9110, which ends in GMT."""
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)
    assert later.endswith("GMT")
    assert seconds - 10.0 < (retry_after(later) or 0.0) <= seconds


@pytest.mark.parametrize(
    ("away", "seconds"), [(timedelta(hours=-1), 0.0), (timedelta(days=400), 120.0)]
)
def test_dates_are_kept_within_reason(away: timedelta, seconds: float) -> None:
    """A date that has passed is now; one far away is two minutes away."""
    assert retry_after(format_datetime(datetime.now(UTC) + away, usegmt=True)) == seconds


@pytest.mark.parametrize("zone", ["-0000", "+0000", "GMT", ""])
@pytest.mark.usefixtures("tokyo")
def test_a_date_of_no_zone_is_taken_for_utc(zone: str) -> None:
    """Old forms leave it out, or say -0000; the zone of this machine means nothing."""
    later = datetime.now(UTC) + timedelta(seconds=60)
    assert 50.0 < (retry_after(f"{later:%a, %d %b %Y %H:%M:%S} {zone}".strip()) or 0.0) <= 60.0


def test_a_date_in_another_zone_is_converted() -> None:
    """RFC 9110 wants GMT, but a zone that is given is heeded."""
    later = datetime.now(timezone(timedelta(hours=5))) + timedelta(seconds=60)
    assert 50.0 < (retry_after(format_datetime(later)) or 0.0) <= 60.0


@given(st.text(max_size=40) | st.from_regex(r"\A[A-Z][a-z]{2}, \d+ [A-Z][a-z]{2} \d+ [\d:]+ \S*\Z"))
def test_any_text_gives_a_pause_or_none(value: str) -> None:
    """Whatever a server writes there, nothing is raised."""
    seconds = retry_after(value)
    assert seconds is None or 0.0 <= seconds <= LONGEST_RETRY_AFTER
