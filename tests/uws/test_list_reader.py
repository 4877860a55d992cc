"""Reading a list of jobs: which URLs are requested, and what is sorted, cut and filtered here."""

import asyncio
from datetime import UTC, datetime

import httpx
import pytest

from prefect_expres.errors import (
    ServerFault,
)
from prefect_expres.uws import Phase, UWSClient
from tests.support.scripted_service import ScriptedService
from tests.support.uws_documents import job_document, jobs_document
from tests.support.uws_documents import list_entry as entry

LIST = jobs_document(
    entry("b", "QUEUED", "2026-01-01T00:00:02Z")
    + entry("c", "PENDING", "2026-01-01T00:00:03Z")
    + entry("n", "QUEUED")
    + entry("a", "ERROR", "2026-01-01T00:00:01Z")
    + entry("aa", "ERROR", "2026-01-01T00:00:01")
)


async def test_list_is_sorted_and_cut_here(service: ScriptedService, client: UWSClient) -> None:
    """The oldest job comes first, one without a time last. LAST is never sent."""
    service.on("GET", LIST)
    assert [job.id for job in await client.jobs()] == ["a", "aa", "b", "c", "n"]
    for last, expected in ((0, ""), (1, "n"), (2, "cn"), (9, "aaabcn")):
        assert "".join(job.id for job in await client.jobs(last=last)) == expected
    assert set(service.asked) == {"GET"}


async def test_filters_are_sent_and_applied_here_too(
    service: ScriptedService, client: UWSClient
) -> None:
    """PHASE keys are sent last; a service may ignore both filters."""
    service.on("GET", LIST)
    moment = datetime(2026, 1, 1, 0, 0, 1, tzinfo=UTC)
    listed = await client.jobs([Phase.QUEUED, Phase.ERROR], after=moment)
    assert [job.id for job in listed] == ["aa", "b", "n"]
    assert [job.id for job in await client.jobs([Phase.PENDING])] == ["c"]
    listed = await client.jobs(after="2026-01-01T00:00:02")
    assert len(listed) == 5
    assert service.asked == [
        "GET ?AFTER=2026-01-01T00:00:01Z&PHASE=ERROR&PHASE=QUEUED",
        "GET ?PHASE=PENDING",
        "GET ?AFTER=2026-01-01T00:00:02",
    ]


async def test_list_that_names_its_jobs_is_enough(
    service: ScriptedService, client: UWSClient
) -> None:
    """If any entry has a runId or a time, jobs are not read one by one."""
    for listed in (entry("a") + entry("b", run_id="r"), entry("a", created="2026-01-01")):
        service.on("GET", jobs_document(listed))
        assert [job.id for job in await client.named_jobs([Phase.QUEUED])][-1:] != []
    assert service.asked == ["GET ?PHASE=QUEUED"] * 2


async def test_jobs_of_a_list_without_names_are_read(
    service: ScriptedService, client: UWSClient
) -> None:
    """Each job is read once, though the list is read often; unreadable ones are left out."""
    service.on("GET", jobs_document("".join(map(entry, "abcd"))))
    for job_id, second in (("a", 3), ("b", 1)):
        times = f"<creationTime>2026-01-01T00:00:0{second}Z</creationTime>"
        service.on(f"GET /{job_id}", job_document(job_id, f"<runId>r{job_id}</runId>{times}"))
    service.on("GET /c", 404)
    service.on("GET /d", b"<other/>")
    named = await client.named_jobs()
    assert [(job.id, job.run_id, job.phase) for job in named] == [
        ("b", "rb", Phase.QUEUED),
        ("a", "ra", Phase.QUEUED),
    ]
    assert [job.id for job in await client.find("ra")] == ["a"]
    assert (service.count("GET /a"), service.count("GET /b")) == (1, 1)
    moment = datetime(2026, 1, 1, 0, 0, 2, tzinfo=UTC)
    assert [job.id for job in await client.named_jobs(after=moment)] == ["a"]
    assert service.asked[-3:][0].startswith("GET ?AFTER=2026-01-01T00:00:02")


async def test_service_that_fails_for_a_job_is_no_answer(
    service: ScriptedService, client: UWSClient
) -> None:
    """A job that may exist is not left out."""
    service.on("GET", jobs_document(entry("a")))
    service.on("GET /a", 500)
    with pytest.raises(ServerFault):
        await client.named_jobs()


async def test_few_jobs_are_read_one_by_one(service: ScriptedService, client: UWSClient) -> None:
    """The last 200 jobs of the list are read, eight at once."""
    under_way, most = 0, 0

    async def job(request: httpx.Request) -> bytes:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        under_way -= 1
        return job_document(request.url.path[-3:], "")

    ids = [f"{number:03}" for number in range(203)]
    service.on("GET", jobs_document("".join(map(entry, ids))))
    for job_id in ids:
        service.on(f"GET /{job_id}", job)
    assert [ref.id for ref in await client.named_jobs()] == ids[3:]
    assert most == 8
