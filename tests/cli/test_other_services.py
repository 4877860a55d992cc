"""Services that are neither OPUS nor follow UWS 1.1: old, terse, or of the wrong opinion."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import Done, run
from tests.support.raw_server import RawServer, raw_server
from tests.support.uws_documents import job_document, jobs_document

LIST = "/tap/async"


@pytest.fixture
async def old() -> AsyncIterator[RawServer]:
    """Serve a list of UWS 1.0, in no order: ids and phases only, deaf to filters."""
    async with raw_server() as raw:
        times = {"b": "2026-02-01T00:00:00Z", "a": "2026-03-01T00:00:00Z", "c": "2026-01-01T00:00Z"}
        references = "".join(
            f'<jobref id="{job_id}"><phase>COMPLETED</phase></jobref>' for job_id in times
        )
        for query in ("", "?AFTER=2026-01-15T00:00:00", "?PHASE=ERROR"):
            raw.add(LIST + query, jobs_document(references))
        for job_id, moment in times.items():
            content = (
                f"<runId>run-{job_id}</runId><phase>COMPLETED</phase>"
                f"<creationTime>{moment}</creationTime>"
            )
            raw.add(f"{LIST}/{job_id}", job_document(job_id, content))
        raw.add(f"{LIST}/a/phase", b"COMPLETED")
        for resource in ("error", "stdout", "stderr"):
            raw.add(f"{LIST}/a/{resource}", b"nothing here", status="404 Not Found")
        yield raw


async def called(server: RawServer, *words: str) -> Done:
    """Run a command on a service while this loop serves it."""
    return await asyncio.to_thread(run, *words, "--url", server.url + LIST)


async def found(server: RawServer, *words: str) -> Any:
    """Give what a command finds."""
    return (await called(server, *words, "--json")).found


async def test_a_terse_list_is_filled_and_sorted(old: RawServer) -> None:
    """RunId and time are read from the jobs themselves, and the oldest comes first."""
    listed = await found(old, "jobs", "list")
    assert [(job["id"], job["run_id"]) for job in listed] == [
        ("c", "run-c"),
        ("b", "run-b"),
        ("a", "run-a"),
    ]


async def test_filters_hold_where_the_service_is_deaf_to_them(old: RawServer) -> None:
    """What it sends in spite of them is left out."""
    after = await found(old, "jobs", "list", "--after", "2026-01-15T00:00:00")
    assert [job["id"] for job in after] == ["b", "a"]
    assert await found(old, "jobs", "list", "--phase", "ERROR") == []


async def test_what_it_does_not_have_is_no_error(old: RawServer) -> None:
    """Without description, logs and error texts, what is there is told."""
    described = await found(old, "service", "describe")
    assert (described["description"], described["access"], described["jobs"]) == (None, None, 3)
    assert "no description" in (await called(old, "service", "describe")).out
    logs = await called(old, "jobs", "logs", "a")
    assert (logs.code, logs.out) == (0, "")
    assert "only OPUS has it" in logs.err
    assert "has no error message" in (await called(old, "jobs", "error", "a")).out


async def test_guests_of_another_service_are_not_warned() -> None:
    """The access rules are those of ExPRES."""
    async with raw_server() as raw:
        created = f"Location: {raw.url}/tap/async/1"
        raw.add(LIST, b"", created, status="303 See Other")
        raw.add(f"{LIST}/1", job_document("1", "<phase>PENDING</phase>"))
        done = await called(raw, "jobs", "new", "LANG=ADQL")
    assert done.out == f"{raw.url}{LIST}/1\n"
    assert "Guest" not in done.err


async def test_it_names_its_version(old: RawServer) -> None:
    """The doctor tells which UWS a service follows, if it says so."""
    old.add("/v11/jobs", jobs_document("", "1.1"))
    done = await asyncio.to_thread(run, "doctor", "--url", f"{old.url}/v11/jobs", "--json")
    told = {each["what"]: each["seen"] for each in done.found}
    assert told["job list"] == "UWS 1.1, 0 jobs of this user"


async def test_stream_that_is_refused_in_a_votable_is_no_error(old: RawServer) -> None:
    """GAVO DaCHS answers so, with status 200."""
    refused = (
        b"<VOTABLE><RESOURCE><INFO name='QUERY_STATUS' value='ERROR'>Invalid UWS action 'stdout'"
        b"</INFO></RESOURCE></VOTABLE>"
    )
    for stream in ("stdout", "stderr"):
        old.add(f"{LIST}/a/{stream}", refused)
    logs = await called(old, "jobs", "logs", "a")
    assert (logs.code, logs.out) == (0, "")
    assert "only OPUS has it" in logs.err


async def test_job_without_results_has_none(old: RawServer, tmp_path: Path) -> None:
    """Safir answers 404 for the results of such a job; a job that is not there is another thing."""
    for job_id in ("a", "gone"):
        reason = f"UsageError: Job {job_id} has no results\n".encode()
        old.add(f"{LIST}/{job_id}/results", reason, status="404 Not Found")
    old.add(f"{LIST}/gone/phase", b"Job gone not found", status="404 Not Found")
    assert await found(old, "jobs", "results", "a") == []
    brought = await called(old, "jobs", "results", "a", "-o", str(tmp_path / "out"))
    assert (brought.code, brought.out) == (0, "")
    missing = await called(old, "jobs", "results", "gone")
    assert missing.code == 6
    assert "Job gone not found" in missing.err


async def test_error_is_told_once(old: RawServer) -> None:
    """The detail of Safir and of GAVO DaCHS begins with the summary, in other white space."""
    said = "Error: the star\nis not there"
    summary = f"<errorSummary type='fatal'><message>{said}</message></errorSummary>"
    old.add(f"{LIST}/a", job_document("a", f"<phase>ERROR</phase>{summary}"))
    for more, told in (("", ""), (" Looked for it", "Looked for it\n")):
        info = f"<INFO name='QUERY_STATUS' value='ERROR'>{said}{more}</INFO>"
        detail = f"<VOTABLE><RESOURCE>{info}</RESOURCE></VOTABLE>".encode()
        old.add(f"{LIST}/a/error", detail)
        assert (await called(old, "jobs", "error", "a")).out == f"{said}\n{told}"
    old.add(f"{LIST}/a/error", b"no star at 12:00")
    assert (await called(old, "jobs", "error", "a")).out == f"{said}\nno star at 12:00\n"


async def test_what_is_given_beside_like_wins_in_any_case() -> None:
    """Names have no case: the job of GAVO DaCHS, which tells them in small letters, got both."""
    async with raw_server() as raw:
        given = (
            '<parameters><parameter id="format">csv</parameter>'
            '<parameter id="query">SELECT *</parameter></parameters>'
        )
        raw.add("/tap/async/1/parameters", given.encode())
        raw.add("/tap/async/2", job_document("2", f"<phase>PENDING</phase>{given}"))
        created = f"Location: {raw.url}/tap/async/2"
        raw.add("/tap/async", b"", created, status="303 See Other")
        words = ("jobs", "new", "--like", f"{raw.url}/tap/async/1", "FORMAT=votable")
        refused = await asyncio.to_thread(run, *words)
        assert refused.code == 2
        assert "--verbatim sends it" in refused.err
        await asyncio.to_thread(run, *words, "--verbatim")
        sent = [body for path, body in raw.bodies if path == "/tap/async"]
    assert sent == [b"format=votable&query=SELECT+%2A"]
