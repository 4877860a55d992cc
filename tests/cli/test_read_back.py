"""What a service makes of the values that a job was given: told, and with an exit code."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from prefect_expres.sandbox.serving import SandboxServer
from tests.cli.test_exit_codes import JobIn
from tests.support.command_line import Done, run
from tests.support.raw_server import RawServer, raw_server
from tests.support.uws_documents import job_document

JOB = "/tap/async/1"
PARAMETER = (
    '<parameter id="LANG">{}</parameter><parameter id="F" byReference="true">http://x</parameter>'
)
AS_IT_IS = (
    "<phase>PENDING</phase><runId>r</runId><executionDuration>600</executionDuration>"
    "<destruction>2026-12-01T00:00:00Z</destruction>"
    f"<parameters>{PARAMETER.format('ADQL')}</parameters>"
)


@pytest.fixture
async def deaf() -> AsyncIterator[RawServer]:
    """Serve a job that takes every value without a word, and keeps those it has."""
    async with raw_server() as raw:
        raw.add(JOB, job_document("1", AS_IT_IS))
        done = f"Location: {raw.url}{JOB}"
        for resource in ("parameters", "executionduration", "destruction"):
            raw.add(f"{JOB}/{resource}", b"", done, status="303 See Other")
        raw.add(f"{JOB}/executionduration", b"600", status="200 OK")
        raw.add(f"{JOB}/destruction", b"2026-12-01T00:00:00Z", status="200 OK")
        yield raw


async def set_on(server: RawServer, *words: str) -> Done:
    """Set values while this loop serves the job."""
    return await asyncio.to_thread(run, "jobs", "set", server.url + JOB, *words)


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("executionDuration=900", "executionDuration is 600 s; 900 s was asked for"),
        ("destruction=2027-01-01T00:00:00Z", "destruction is 2026-12-01T00:00:00Z; 2027-01-01T"),
        ("LANG=PQL", "LANG is ADQL; PQL was asked for"),
        ("runId=new", "runId is r; new was asked for"),
        ("MAXREC=5", "MAXREC is not set; 5 was asked for"),
    ],
)
async def test_value_that_was_not_taken_is_told(deaf: RawServer, word: str, told: str) -> None:
    """With an exit code of its own; the job is shown as it is."""
    done = await set_on(deaf, word)
    assert done.code == 10
    assert told in " ".join(done.err.split())
    assert "600 s" in done.out


async def test_values_that_were_taken_are_no_news(deaf: RawServer) -> None:
    """Names have no case, times any zone, numbers any form."""
    done = await set_on(
        deaf,
        *("lang=ADQL", "RUNID=r", "executionduration=600"),
        "destruction=2026-12-01T01:00:00+01:00",
    )
    assert (done.code, done.err) == (0, "")


@pytest.mark.parametrize(
    ("asked", "set_as", "code"),
    [
        ("3", "3.0", 0),
        ("1e2", "100", 0),
        ("3", "4.0", 10),
        ("12345678901234567890", "12345678901234567891", 10),
        ("nan", "NaN", 10),
        ("sNaN", "3", 10),
    ],
)
async def test_number_may_be_written_in_another_form(
    deaf: RawServer, asked: str, set_as: str, code: int
) -> None:
    """A service that reads its parameters as numbers, as Safir, writes them in its own way."""
    content = AS_IT_IS.replace("ADQL", set_as)
    deaf.add(JOB, job_document("1", content))
    done = await set_on(deaf, f"LANG={asked}")
    assert done.code == code
    assert (done.err == "") is (code == 0)


async def test_run_id_is_no_number(deaf: RawServer) -> None:
    """It is a label, and another one is found under another name."""
    deaf.add(JOB, job_document("1", AS_IT_IS.replace("<runId>r<", "<runId>7.0<")))
    assert (await set_on(deaf, "runId=7")).code == 10


async def test_new_job_with_other_values_is_told(deaf: RawServer) -> None:
    """The job exists, so that this is a note and no error."""
    deaf.add("/tap/async", b"", f"Location: {deaf.url}{JOB}", status="303 See Other")
    new = ("jobs", "new", "LANG=ADQL", "runId=r", "executionDuration=900")
    done = await asyncio.to_thread(run, *new, "--url", f"{deaf.url}/tap/async")
    assert done.code == 0
    assert "executionDuration is 600 s; 900 s was asked for" in " ".join(done.err.split())


def test_guest_who_asks_for_too_long_is_told(service: SandboxServer, job_in: JobIn) -> None:
    """Both dialects of the sandbox clip the duration, and take all else."""
    job_id = job_in("PENDING")
    done = run("jobs", "set", job_id, "executionDuration=9000")
    assert done.code == 10
    assert "executionDuration is 600 s; 9000 s was asked for" in " ".join(done.err.split())
    assert run("jobs", "set", job_id, "destruction=2100-01-01T00:00:00Z", "branch=x").code == 0
