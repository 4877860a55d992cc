"""Job lists: what was created after a time, and what may be sent to whom."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from prefect_expres.errors import Malformed, RequestRejected
from prefect_expres.uws import JobRef, Timestamp, Verbatim
from prefect_expres.uws.forms import check_parameter
from prefect_expres.uws.xml import read_version

NOON = datetime(2026, 1, 1, 12)  # noqa: DTZ001 - as a service without zones has it
NOON_UTC = NOON.replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("created", "moment", "expected"),
    [
        ("2026-01-01T12:00:01Z", NOON_UTC, True),
        ("2026-01-01T12:00:00Z", NOON_UTC, False),
        ("2026-01-01T13:00:00+02:00", NOON_UTC, False),
        ("2026-01-01T11:00:00Z", NOON.replace(tzinfo=timezone(timedelta(hours=2))), True),
        ("2026-01-01T12:00:01Z", NOON, True),
        ("2026-01-01T12:00:00Z", NOON, False),
        ("2026-01-01T12:00:01", NOON, True),
        ("2026-01-01T11:59:59", NOON, False),
        ("2026-01-01T11:59:59", NOON_UTC, True),
        ("no time", NOON, True),
    ],
)
def test_a_job_is_left_out_only_if_it_is_older_for_sure(
    created: str, moment: datetime, *, expected: bool
) -> None:
    """A time without a zone cannot be compared with one that has one."""
    ref = JobRef(id="1", creation_time=Timestamp(text=created))
    assert ref.may_be_after(moment) == expected


def test_a_job_without_a_time_is_kept() -> None:
    """A list of UWS 1.0 tells none."""
    assert JobRef(id="1").may_be_after(NOON)


def test_only_a_verbatim_value_may_be_more_than_a_word() -> None:
    """The name is checked all the same."""
    check_parameter("query", Verbatim("SELECT * FROM t; rm"))
    with pytest.raises(RequestRejected, match="hands it to a shell"):
        check_parameter("query", "SELECT * FROM t; rm")
    with pytest.raises(RequestRejected, match="name"):
        check_parameter("que ry", Verbatim("x"))


def test_a_list_may_tell_its_version() -> None:
    """Not every service does; what is no list is refused."""
    assert read_version(b'<jobs version="1.1"/>') == "1.1"
    assert read_version(b"<jobs/>") is None
    with pytest.raises(Malformed):
        read_version(b"version 1.1")
