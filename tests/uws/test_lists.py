"""Job lists: what was created after a time, and what may be sent to whom."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from prefect_expres.errors import Malformed, RequestRejected
from prefect_expres.uws import JobRef, Timestamp, UWSClient, Verbatim
from prefect_expres.uws.forms import check_parameter
from prefect_expres.uws.xml import read_version
from tests.support.no_pause import NoPause
from tests.support.scripted_service import JOBS_URL, ScriptedService
from tests.support.uws_documents import jobs_document
from tests.support.uws_documents import list_entry as entry

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
        ("2026-01-01T00:00:01", NOON_UTC, True),
        ("2026-01-01T00:00:00", NOON_UTC, False),
        ("2026-01-01T02:00:01", NOON.replace(tzinfo=timezone(timedelta(hours=-2))), True),
        ("2026-01-01T02:00:00", NOON.replace(tzinfo=timezone(timedelta(hours=-2))), False),
        ("no time", NOON, True),
    ],
)
def test_a_job_is_left_out_only_if_it_is_older_for_sure(
    created: str, moment: datetime, *, expected: bool
) -> None:
    """A time without a zone may be twelve hours behind UTC."""
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


AFTER = "GET ?AFTER=2026-01-01T12:00:00Z"
LOCAL = entry("early", created="2025-12-31T20:00:00") + entry("late", created="2026-01-01T10:00:00")


@pytest.mark.parametrize(
    "answer",
    [
        LOCAL[:0],
        LOCAL,
        entry("late", created="2026-01-01T10:00:00"),
        entry("odd", created="soon") + LOCAL,
    ],
)
async def test_service_that_compares_in_local_time_is_read_whole(answer: str) -> None:
    """OPUS in New York leaves out what was created at 15:00 UTC, and 10:00 there."""
    service = ScriptedService()
    service.on(AFTER.partition("?")[0].rstrip(), jobs_document(answer), jobs_document(LOCAL))
    client = UWSClient(JOBS_URL, transport=service, clock=NoPause())
    assert [job.id for job in await client.jobs(after=NOON_UTC)] == ["late"]
    assert service.asked == [AFTER, "GET"]
    await client.jobs(after=NOON_UTC)
    assert service.asked[2:] == ["GET"]


@pytest.mark.parametrize("answer", ["", entry("late", created="2026-01-01T15:00:00Z")])
async def test_service_that_compares_in_utc_is_read_once(answer: str) -> None:
    """Its list says that it follows UWS 1.1, or its times are in UTC."""
    service = ScriptedService()
    service.on("GET", jobs_document(answer, "1.1"))
    client = UWSClient(JOBS_URL, transport=service, clock=NoPause())
    assert len(await client.jobs(after=NOON_UTC)) == bool(answer)
    assert service.asked == [AFTER]


async def test_time_without_a_zone_is_compared_here() -> None:
    """A service that follows UWS 1.1 refuses it, and OPUS takes it as its local time."""
    service = ScriptedService()
    service.on("GET", jobs_document(LOCAL))
    client = UWSClient(JOBS_URL, transport=service, clock=NoPause())
    assert [job.id for job in await client.jobs(after=NOON.replace(hour=9))] == ["late"]
    assert service.asked == ["GET"]
