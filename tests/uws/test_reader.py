"""Reading a job list: which URLs are requested, and how the answers are read."""

import httpx
import pytest

from prefect_expres.errors import (
    JobNotFound,
    Malformed,
    ProtocolError,
    TooLarge,
    Unreachable,
    UnsafeLocation,
)
from prefect_expres.uws import ClientOptions, Phase, UWSClient
from tests.support.no_pause import NoPause
from tests.support.scripted_service import JOBS_URL, Answer, ScriptedService
from tests.support.uws_documents import job_document, results_document

JOB = job_document("j1", "<phase>QUEUED</phase>")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("ftp://host/rest/ExPRES", "'ftp://host/rest/ExPRES' is no job list"),
        ("host/rest/ExPRES", "is no job list"),
        ("bob:hush@host/rest/ExPRES", "'host/rest/ExPRES' is no job list"),
        ("https:///rest/ExPRES", "is no job list"),
        ("https://bob:hush@host/rest/ExPRES", "holds a user name or token"),
        ("https://bob@host/rest/ExPRES", "holds a user name or token"),
        ("https://:hush@host/rest/ExPRES", "holds a user name or token"),
        ("ftp://bob:hush@host/", "'ftp://host/' is no job list"),
        ("https://bob:hush@[::1/rest/ExPRES", r"'https://\[::1/rest/ExPRES' is no job list"),
        ("https://host:port/rest/ExPRES", "'https://host:port/rest/ExPRES' is no job list"),
        ("https://host\0/rest/ExPRES", "is no job list"),
        ("https://host/rest/ExPRES?LAST=9", "is no job list"),
        ("https://host/rest/ExPRES#jobs", "is no job list"),
    ],
)
def test_job_list_must_be_a_plain_url(url: str, words: str) -> None:
    """The error does not repeat a possible token."""
    with pytest.raises(ProtocolError, match=words) as caught:
        UWSClient(url)
    assert "hush" not in str(caught.value)


async def test_slash_at_the_end_of_the_list_is_left_out(service: ScriptedService) -> None:
    """The URLs of jobs are the same with and without it."""
    service.on("GET /j1/phase", "QUEUED")
    async with UWSClient(f"{JOBS_URL}/", transport=service) as client:
        assert client.jobs_url == JOBS_URL
        assert UWSClient("https://h/XX//").jobs_url == "https://h/XX"
        assert await client.phase("j1") is Phase.QUEUED
    with pytest.raises(RuntimeError, match="closed"):
        await client.phase("j1")


async def test_user_without_a_token_is_sent(service: ScriptedService) -> None:
    """OPUS knows users by name only; without a name there are no credentials."""
    service.on("GET /j1/phase", "QUEUED")
    for user, token in (("bob", None), ("bob", "t"), (None, "t"), (None, None)):
        await UWSClient(JOBS_URL, user, token, transport=service).phase("j1")
    sent = [request.headers.get("authorization") for request in service.requests]
    assert sent == ["Basic Ym9iOg==", "Basic Ym9iOnQ=", None, None]


@pytest.mark.parametrize(
    "job_id", ["", ".", "..", "a/b", "a\\b", "a?b", "a#b", "a%2e", "a b", "a\n"]
)
def test_what_is_no_job_id_is_refused(client: UWSClient, job_id: str) -> None:
    """It would make the URL of another resource."""
    with pytest.raises(ProtocolError, match="is no job id"):
        client.job_url(job_id)


def test_job_id_of_some_length_is_accepted(client: UWSClient) -> None:
    """It is quoted in the URL."""
    assert client.job_url("a:é'") == f"{JOBS_URL}/a%3A%C3%A9%27"
    assert client.job_url("x" * 200).endswith("/" + "x" * 200)
    with pytest.raises(ProtocolError) as caught:
        client.job_url("x" * 201)
    assert str(caught.value) == f"{'x' * 80!r} is no job id"


async def test_job_is_asked_to_wait(service: ScriptedService, client: UWSClient) -> None:
    """WAIT and PHASE are sent if given, and the read timeout is longer than WAIT."""
    service.on("GET /j1", JOB)
    assert (await client.job("j1")).phase is Phase.QUEUED
    await client.job("j1", wait=20, phase=Phase.EXECUTING)
    await client.job("j1", wait=0)
    await client.job("j1", phase=Phase.QUEUED)
    assert service.asked == [
        "GET /j1",
        "GET /j1?WAIT=20&PHASE=EXECUTING",
        "GET /j1?WAIT=0",
        "GET /j1",
    ]
    reads = [request.extensions["timeout"]["read"] for request in service.requests]
    assert reads == [30.0, 35.0, 15.0, 30.0]


async def test_reads_are_tried_again_where_that_helps(
    service: ScriptedService, client: UWSClient
) -> None:
    """The client or the caller sets how often; a broken document is read again, too."""
    service.on("GET /j1", 503, "<job", httpx.ReadError("reset"), "", 500, JOB)
    assert (await client.job("j1")).id == "j1"
    assert len(service.requests) == 6
    service.on("GET /j1", 503)
    for attempts, expected in ((None, 6), (1, 1), (2, 2)):
        service.requests.clear()
        with pytest.raises(Unreachable):
            await client.job("j1", attempts=attempts)
        assert len(service.requests) == expected
    few = UWSClient(JOBS_URL, transport=service, clock=NoPause(), options=ClientOptions(attempts=3))
    for read in (few.job("j1"), few.content(f"{JOBS_URL}/j1", 9)):
        service.requests.clear()
        with pytest.raises(Unreachable):
            await read
        assert len(service.requests) == 3


@pytest.mark.parametrize(
    ("document", "kind", "words"),
    [
        (b"<other/>", ProtocolError, "is a <other>"),
        (b"not xml", Malformed, "no XML"),
        (b"x" * 2000, ProtocolError, "limit of 1000 bytes"),
        (Answer(b"x", headers={"Content-Encoding": "br"}), ProtocolError, "not asked for"),
    ],
)
async def test_unreadable_document_is_told_with_its_url(
    service: ScriptedService, document: bytes, kind: type[Exception], words: str
) -> None:
    """The message has the URL once, and no chained error."""
    client = UWSClient(
        JOBS_URL,
        options=ClientOptions(document_limit=1000, attempts=1),
        transport=service,
        clock=NoPause(),
    )
    service.on("GET /j1", document)
    with pytest.raises(ProtocolError, match=words) as caught:
        await client.job("j1")
    assert type(caught.value) is kind
    assert caught.value.url == f"{JOBS_URL}/j1"
    assert str(caught.value).count(JOBS_URL) == 1
    assert caught.value.__suppress_context__


async def test_document_limit_is_16_megabytes(service: ScriptedService, client: UWSClient) -> None:
    """It is the default; a larger announced size is refused before the body is read."""
    service.on("GET /j1", Answer(headers={"Content-Length": str(2**24 + 1)}))
    with pytest.raises(ProtocolError, match=f"the limit is {2**24}"):
        await client.job("j1")


async def test_phase_is_a_word(service: ScriptedService, client: UWSClient) -> None:
    """Two words, for instance, are not a phase."""
    service.on("GET /j1/phase", " executing\n")
    assert await client.phase("j1") is Phase.EXECUTING
    service.on("GET /j1/phase", "under maintenance")
    with pytest.raises(Malformed, match="not answer with a phase but 'under"):
        await client.phase("j1")


async def test_results_have_whole_locations(service: ScriptedService, client: UWSClient) -> None:
    """Relative locations are resolved; what is no URL is kept, and refused later."""
    hrefs = ["r1", "/store?ID=1", "https://h/x", "http://[::1", ""]
    listed = "".join(f'<result id="{n}" xlink:href="{href}"/>' for n, href in enumerate(hrefs))
    service.on("GET /j1/results", results_document(f'{listed}<result id="n"/>'))
    assert [result.href for result in await client.results("j1")] == [
        f"{JOBS_URL}/j1/r1",
        "https://uws.example.org/store?ID=1",
        "https://h/x",
        "http://[::1",
        None,
        None,
    ]


async def test_other_resources_of_a_job(service: ScriptedService, client: UWSClient) -> None:
    """Each is read from its own URL, without white space at its ends."""
    for name in ("error", "stdout", "stderr", "destruction", "quote"):
        service.on(f"GET /j1/{name}", f" {name} \n")
    assert await client.error("j1") == "error"
    assert await client.stdout("j1") == "stdout"
    assert await client.stderr("j1") == "stderr"
    assert await client.destruction("j1") == "destruction"
    assert await client.text("j1", "quote") == "quote"
    service.on("GET /j1/parameters", b'<parameters><parameter id="p">1</parameter></parameters>')
    assert [each.value for each in await client.parameters("j1")] == ["1"]
    service.on("GET /j1/executionduration", "1.5")
    assert await client.execution_duration("j1") == 1.5


async def test_file_of_the_service_is_read(service: ScriptedService, client: UWSClient) -> None:
    """It has a limit, is tried again, and is read from the service only."""
    url = "https://uws.example.org/store?ID=1"
    service.on("GET https://uws.example.org/store", 503, b"12345")
    assert await client.content(url, 5) == b"12345"
    assert len(service.requests) == 2
    with pytest.raises(TooLarge):
        await client.content(url, 4)
    with pytest.raises(UnsafeLocation):
        await client.content("https://example.org/", 5)


async def test_trusted_hosts_are_handed_on(service: ScriptedService) -> None:
    """The host here is trusted, but its address is private."""
    client = UWSClient(
        JOBS_URL, transport=service, options=ClientOptions(trusted_hosts=["127.0.0.1"])
    )
    with pytest.raises(UnsafeLocation, match="private"):
        await client.content("https://127.0.0.1/", 5)


async def test_timeout_is_handed_on(service: ScriptedService) -> None:
    """It is the read timeout of each request; the default is 30 s."""
    service.on("GET /j1", JOB)
    await UWSClient(JOBS_URL, transport=service, options=ClientOptions(timeout=7.0)).job("j1")
    await UWSClient(JOBS_URL, transport=service).job("j1")
    reads = [request.extensions["timeout"]["read"] for request in service.requests]
    assert reads == [7.0, 30.0]


async def test_description_of_opus(service: ScriptedService, client: UWSClient) -> None:
    """It is read beside the job list; other services have none."""
    url = "GET https://uws.example.org/jdl/ExPRES/json"
    service.on(url, '{"name": "ExPRES"}')
    assert await client.describe() == {"name": "ExPRES"}
    for page in ("[1]", "<html>", ""):
        service.on(url, page)
        with pytest.raises(Malformed, match="description in JSON"):
            await client.describe()
    service.on(url, "[" + " " * 2**20 + "]")
    with pytest.raises(ProtocolError, match="more than the limit of 1048576 bytes"):
        await client.describe()
    other = UWSClient("https://uws.example.org/jobs", transport=service)
    with pytest.raises(ProtocolError, match="is not under /rest/") as caught:
        await other.describe()
    assert caught.value.url == "https://uws.example.org/jobs"


async def test_job_that_is_not_there_is_not_found(
    service: ScriptedService, client: UWSClient
) -> None:
    """It is raised at once, without another try."""
    service.on("GET /j1", 404)
    with pytest.raises(JobNotFound):
        await client.job("j1")
    assert len(service.requests) == 1
