"""Pages and VOTables that come with status 200 in place of what was asked for."""

import contextlib
import tracemalloc
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import pytest

from prefect_expres.errors import (
    ExpresError,
    ProtocolError,
    RequestRejected,
    ServiceError,
    SubmissionUncertain,
    Unreachable,
)
from prefect_expres.uws import Phase, ResultRef, UWSClient, download
from prefect_expres.uws.pages import refuse_other
from prefect_expres.uws.waiting import wait_for
from prefect_expres.uws.xml import read_job
from tests.support.scripted_service import JOBS_URL, Answer, ScriptedService
from tests.support.uws_documents import job_document

PAGES = {
    "doctype": "<!DOCTYPE html><html><head><title>Down for\n repair</title></head></html>",
    "no doctype": "<html><title>Down for repair</title><p>open</html>",
    "xhtml": '<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "x">'
    '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>Down for repair</title></head></html>',
    "comment": "\ufeff <!-- proxy -->\n<!doctype HTML><HTML><h1>Down for repair</h1></HTML>",
    "no html": "<head><title>Down for repair</title></head><body>Until noon</body>",
    "heading alone": "<h1>Down for repair</h1><hr>nginx",
    "utf-16": "<html><title>Down for repair</title></html>",
    "heading": "<html><body><h1>Down for repair</h1>Until noon</body></html>",
}
REFUSED = """<?xml version="1.0" encoding="utf-8"?>
<VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3"><RESOURCE type="results">
<INFO name="legal" value="x">free</INFO>
<INFO name="QUERY_STATUS" value="ERROR">Field job: Jobs have no stdout</INFO>
</RESOURCE></VOTABLE>"""

Step = Callable[[UWSClient], Awaitable[object]]
READS: dict[str, Step] = {
    "GET /j1": lambda client: client.job("j1"),
    "GET /j1/phase": lambda client: client.phase("j1"),
    "GET": lambda client: client.jobs(),
    "GET /j1/results": lambda client: client.results("j1"),
    "GET /j1/parameters": lambda client: client.parameters("j1"),
    "GET /j1/stdout": lambda client: client.stdout("j1"),
    "GET /j1/destruction": lambda client: client.destruction("j1"),
}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
@pytest.mark.parametrize("asked", READS)
async def test_page_in_place_of_an_answer_passes(
    service: ScriptedService, client: UWSClient, asked: str, page: str
) -> None:
    """It is read again, and in the end the error quotes its title."""
    service.on(asked, page.encode("utf-16" if page is PAGES["utf-16"] else "utf-8"))
    with pytest.raises(Unreachable, match="is a <html> page 'Down for repair'") as caught:
        await READS[asked](client)
    assert len(service.requests) == 6
    assert str(caught.value.url).startswith(JOBS_URL)
    assert str(caught.value).count(JOBS_URL) == 1


async def test_title_of_a_page_is_quoted_in_short(
    service: ScriptedService, client: UWSClient
) -> None:
    """Its first 200 characters."""
    service.on("DELETE /j1", f"<html><title>{'x' * 300}</title></html>")
    with pytest.raises(Unreachable) as caught:
        await client.delete("j1")
    assert str(caught.value).count("x" * 200 + "'") == 1
    assert "x" * 201 not in str(caught.value)


async def test_one_page_between_two_answers_changes_nothing(
    service: ScriptedService, client: UWSClient
) -> None:
    """A maintenance page of a proxy, for instance."""
    service.on("GET /j1/phase", PAGES["doctype"], "EXECUTING")
    assert await client.phase("j1") is Phase.EXECUTING


async def test_wait_survives_a_long_maintenance(
    service: ScriptedService, client: UWSClient
) -> None:
    """A page counts like a gateway's 503: the wait goes on until its deadline."""
    executing = job_document("j1", "<phase>EXECUTING</phase>")
    completed = job_document("j1", "<phase>COMPLETED</phase>")
    service.on("GET /j1", executing, *[PAGES["doctype"]] * 40, completed)
    job = await wait_for(client, "j1", timeout=3600)
    assert job.phase is Phase.COMPLETED


@pytest.mark.parametrize("asked", READS)
async def test_error_in_a_votable_is_a_refusal(
    service: ScriptedService, client: UWSClient, asked: str
) -> None:
    """It comes with 200 from GAVO DaCHS; it is told at once, and is no content."""
    service.on(asked, REFUSED)
    with pytest.raises(RequestRejected, match="Field job: Jobs have no stdout") as caught:
        await READS[asked](client)
    assert len(service.requests) == 1
    assert caught.value.reason == "Field job: Jobs have no stdout"
    assert str(caught.value.url).startswith(JOBS_URL)


async def test_error_of_a_job_is_told_in_words(service: ScriptedService, client: UWSClient) -> None:
    """Whether the service writes it as a VOTable, a page or a text."""
    service.on("GET /j1/error", REFUSED, "<html><pre>disk full</pre></html>", " disk\nfull ")
    assert await client.error("j1") == "Field job: Jobs have no stdout"
    assert await client.error("j1") == "disk full"
    assert await client.error("j1") == "disk\nfull"


@pytest.mark.parametrize(
    "written",
    [
        REFUSED.replace("ERROR", "error"),
        REFUSED.replace("<", "<vot:").replace("<vot:/", "</vot:").replace("<vot:?", "<?"),
    ],
)
async def test_error_in_a_votable_is_found_however_it_is_written(
    service: ScriptedService, client: UWSClient, written: str
) -> None:
    """Its elements may have a prefix, and cases vary."""
    service.on("DELETE /j1", written)
    with pytest.raises(RequestRejected, match="refused the request: Field job: Jobs have no std"):
        await client.delete("j1")
    service.on("DELETE /j1", written.replace("Field job: Jobs have no stdout", ""))
    with pytest.raises(RequestRejected, match="refused the request: no reason given"):
        await client.delete("j1")


async def test_votable_that_tells_no_error_is_a_text(
    service: ScriptedService, client: UWSClient
) -> None:
    """A job may print one."""
    table = REFUSED.replace('"ERROR"', '"OK"')
    service.on("GET /j1/stdout", table)
    assert await client.stdout("j1") == table


WRITES: dict[str, tuple[str, Step]] = {
    "parameter": ("POST /j1/parameters", lambda client: client.set_parameter("j1", "a", "b")),
    "duration": (
        "POST /j1/executionduration",
        lambda client: client.set_execution_duration("j1", 5),
    ),
    "delete": ("DELETE /j1", lambda client: client.delete("j1")),
    "create": ("POST", lambda client: client.create({"runId": "r"})),
}


@pytest.mark.parametrize("name", WRITES)
async def test_write_that_is_refused_in_a_votable_was_not_done(
    service: ScriptedService, client: UWSClient, name: str
) -> None:
    """The status says 200."""
    asked, write = WRITES[name]
    service.on(asked, REFUSED)
    with pytest.raises(RequestRejected, match="Jobs have no stdout") as caught:
        await write(client)
    assert service.asked == [asked]
    assert str(caught.value.url).startswith(JOBS_URL)
    assert str(caught.value).startswith(JOBS_URL)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("parameter", Unreachable),
        ("duration", Unreachable),
        ("delete", Unreachable),
        ("create", SubmissionUncertain),
    ],
)
async def test_write_that_is_answered_by_a_page_is_not_taken_as_done(
    service: ScriptedService, client: UWSClient, name: str, kind: type[ExpresError]
) -> None:
    """The page may come from a proxy that never asked the service."""
    asked, write = WRITES[name]
    service.on(asked, PAGES["doctype"])
    with pytest.raises(kind, match="Down for repair"):
        await write(client)


@pytest.mark.parametrize(
    "text", ["<![CDATA[<!DOCTYPE html><html>]]>", "<!-- <!DOCTYPE job> -->x", "&lt;!DOCTYPE x>"]
)
def test_doctype_within_a_text_is_text(text: str) -> None:
    """Only before the first element does it declare a type."""
    for start in ("", "<!-- <!DOCTYPE html> -->", "<?xml version='1.0'?>\n<?pi <!DOCTYPE ?>"):
        job = read_job(f"{start}<job><jobId>1</jobId><runId>{text}</runId></job>".encode())
        assert job.id == "1"
    for declared in (f"<!DOCTYPE job><job><jobId>{text}</jobId></job>",):
        with pytest.raises(ProtocolError, match="document type declaration"):
            read_job(f"<!-- first --> {declared}".encode())


@pytest.mark.parametrize("resumed", [False, True])
async def test_page_in_place_of_a_result_is_not_kept(
    service: ScriptedService, client: UWSClient, tmp_path: Path, *, resumed: bool
) -> None:
    """The service has no hash of what a job printed, so that nothing else would tell."""
    page, text = PAGES["doctype"], Answer("the run has begun\n", headers={"Content-Type": "html"})
    cut = Answer("the run", headers={"ETag": '"1"'}, fault=httpx.ReadError("reset"))
    service.on("GET /j1/stdout", *([cut] if resumed else []), page, page, text)
    result = ResultRef(id="stdout", href=f"{JOBS_URL}/j1/stdout", mime_type="text/plain")
    await download(client, result, str(tmp_path), name="stdout")
    assert (tmp_path / "stdout").read_text() == "the run has begun\n"
    service.on("GET /j1/stdout", page)
    with pytest.raises(Unreachable, match="Down for repair"):
        await download(client, result, str(tmp_path / "other"), name="stdout")


async def test_result_that_is_a_page_is_kept(
    service: ScriptedService, client: UWSClient, tmp_path: Path
) -> None:
    """If it is announced as one, or as nothing."""
    service.on("GET /j1/report", PAGES["doctype"])
    for media_type in ("application/xhtml+xml", None):
        result = ResultRef(id="report", href=f"{JOBS_URL}/j1/report", mime_type=media_type)
        await download(client, result, str(tmp_path), name="report")
        assert (tmp_path / "report").read_text() == PAGES["doctype"]


@pytest.mark.parametrize(
    "hostile",
    [
        b"<?x?>" * 2**22,
        b"<!-- " * 2**22,
        b" " * 2**24,
        b"<html>" + b"<![CDATA[" * 2**20,
        b"<VOTABLE>" + b"<a>" * 2**22,
    ],
)
def test_beginning_is_enough_to_know_a_page(hostile: bytes) -> None:
    """However much comes, a few kilobytes are looked at."""
    tracemalloc.start()
    try:
        with contextlib.suppress(ServiceError):
            refuse_other(hostile)
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()
