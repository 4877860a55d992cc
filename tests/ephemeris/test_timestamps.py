"""Times as sources and files write them."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prefect_expres.ephemeris.timestamps import month_number, read_stamp
from prefect_expres.errors import EphemerisError
from tests.ephemeris.de440 import DAY


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
        ("2018-09-13 00:00:00.5", "on a whole second"),
        ("2016-12-31 23:59:60 UTC", "leap second"),
        ("2018-09-13 00:00:00 TDB", "not a UTC time"),
        ("2018-13-01 00:00:00", "calendar"),
        ("2018-Foo-01 00:00:00", "calendar"),
        ("2018-256T00:00:00", "not a UTC time"),
        ("", "not a UTC time"),
    ],
)
def test_stamps_that_cannot_be_kept_are_refused(text: str, word: str) -> None:
    """Fractions, leap seconds, other scales and other calendars."""
    with pytest.raises(EphemerisError, match=word):
        read_stamp(text, "test")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2016-02-29 23:59:59", datetime(2016, 2, 29, 23, 59, 59, tzinfo=UTC)),
        ("2018-Dec-31T01:02:03.0 UTC", datetime(2018, 12, 31, 1, 2, 3, tzinfo=UTC)),
        ("1999-01-10 04:05Z", datetime(1999, 1, 10, 4, 5, tzinfo=UTC)),
        ("1999-01-10 04:05:06.", datetime(1999, 1, 10, 4, 5, 6, tzinfo=UTC)),
        ("1999-01-10 04:05:06.000UTC", datetime(1999, 1, 10, 4, 5, 6, tzinfo=UTC)),
    ],
)
def test_each_part_of_a_stamp_is_read(text: str, moment: datetime) -> None:
    """Year, month, day, hour, minute and second, in this order."""
    assert read_stamp(text, "test") == moment
    assert read_stamp(text, "test").tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "2018-09-13",
        "2018-09-13 24:00:00",
        "2018-09-13 00:60:00",
        "2018-09-13 00:00:61",
        "2018-02-29 00:00:00",
        "2018-00-13 00:00:00",
        "2018-09-00 00:00:00",
        "0000-09-13 00:00:00",
        "18-09-13 00:00:00",
        "2018-9-13 00:00:00",
        "2018-09-13 00:00:00 UT",
        "2018-09-13 00:00:00 UTC x",
        "x2018-09-13 00:00:00",
        "2018-09-13  00:00:00",
        "2018-09-13 00:00:00+02:00",
        "\uff12018-09-13 00:00:00",
    ],
)
def test_what_is_no_time_of_utc_is_refused(text: str) -> None:
    """The error names the source and quotes the text, at most 40 characters of it."""
    with pytest.raises(EphemerisError, match=f"^Juno: '{re.escape(text)}' is "):
        read_stamp(text, "Juno")
    with pytest.raises(EphemerisError, match=f"^Juno: '{re.escape((text + 40 * 'x')[:40])}' is "):
        read_stamp(text + 40 * "x", "Juno")


@pytest.mark.parametrize("fraction", ["5", "000001", "1000"])
def test_a_fraction_of_a_second_cannot_be_kept(fraction: str) -> None:
    """ExPRES cuts it off, however small it is."""
    with pytest.raises(EphemerisError, match="is not on a whole second"):
        read_stamp(f"2018-09-13 00:00:00.{fraction}", "test")


@given(st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)))  # noqa: DTZ001
def test_every_second_is_read_again(moment: datetime) -> None:
    """In the form of ISO 8601."""
    whole = moment.replace(microsecond=0, tzinfo=UTC)
    assert read_stamp(whole.isoformat().replace("+00:00", "Z"), "test") == whole


def test_months_have_their_english_names() -> None:
    """Whatever the locale is; in any case of letters."""
    names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    assert [month_number(name) for name in names] == list(range(1, 13))
    assert [month_number(name.upper()) for name in names] == list(range(1, 13))
    assert month_number("09") == 9
    with pytest.raises(ValueError, match="not in"):
        month_number("sept")
