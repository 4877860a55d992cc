"""One exchange: who gets the credentials, what is followed, and how much is read."""

import asyncio
import base64
import gzip
from typing import Any

import httpx
import pytest

from prefect_expres.errors import (
    AuthenticationFailed,
    Busy,
    ProtocolError,
    RequestRejected,
    ServerFault,
    TooLarge,
    Unreachable,
    UnsafeLocation,
)
from prefect_expres.net.network import Network
from prefect_expres.uws import ClientOptions
from prefect_expres.uws.http import Http
from prefect_expres.uws.locations import Locations
from tests.support.raw_server import raw_server
from tests.support.scripted_service import JOBS_URL, Answer, ScriptedService, redirect
from tests.support.virtual_time import in_virtual_time

TOKEN = "s3cret/t+ken"
BASIC = base64.b64encode(f"bob:{TOKEN}".encode()).decode()
TRUSTED = frozenset(
    {"files.example.org", "six.example.org", "inside.example.org", "both.example.org", "gone.org"}
)
FOREIGN = "https://files.example.org/r.cdf"


@pytest.fixture
def service() -> ScriptedService:
    """Give a service without scripts."""
    return ScriptedService()


def http_to(service: ScriptedService, url: str = JOBS_URL, **options: Any) -> Http:
    """Give the client of a user with a token."""
    options = {"trusted_hosts": TRUSTED} | options
    return Http(url, ("bob", TOKEN), ClientOptions(**options), service)


def authorizations(service: ScriptedService) -> list[str | None]:
    """Give the credentials of each request."""
    return [request.headers.get("authorization") for request in service.requests]


@in_virtual_time
async def test_only_the_service_gets_the_token(service: ScriptedService) -> None:
    """A trusted host is asked without credentials, also after a redirect, and then they return."""
    service.on("GET /1", redirect(FOREIGN, 302))
    service.on(f"GET {FOREIGN}", redirect(f"{JOBS_URL}/2", 302))
    service.on("GET /2", "x")
    assert await http_to(service).read(f"{JOBS_URL}/1", limit=9) == b"x"
    assert authorizations(service) == [f"Basic {BASIC}", None, f"Basic {BASIC}"]
    service.on(f"GET {FOREIGN}", "y")
    assert await http_to(service).read(FOREIGN, limit=9) == b"y"
    assert authorizations(service)[-1] is None
    assert service.open_answers == 0


@pytest.mark.parametrize(
    "url",
    ["https://uws.example.org:444/x", "http://uws.example.org:8080/x", "https://example.org/x"],
)
@in_virtual_time
async def test_scheme_host_and_port_make_the_origin(service: ScriptedService, url: str) -> None:
    """A URL that differs in one of them is not the service, and gets no token."""
    http = http_to(service, url, trusted_hosts=frozenset({"uws.example.org"}))
    for target in ("https://uws.example.org/x", "http://uws.example.org:81/x"):
        service.on(f"GET {target}", "x")
        try:
            await http.read(target, limit=9)
        except UnsafeLocation:
            assert target.startswith("http:")
    assert set(authorizations(service)) == {None}


@pytest.mark.parametrize(
    ("own", "led_to", "sent"),
    [
        ("http://uws.example.org", "https://uws.example.org", True),
        ("http://UWS.example.org", "https://uws.example.org", True),
        ("http://uws.example.org:8080", "https://uws.example.org", False),
        ("http://uws.example.org:8080", "https://uws.example.org:8443", False),
        ("http://uws.example.org", "https://uws.example.org:8443", False),
    ],
)
async def test_reads_follow_a_service_that_has_moved_to_https(
    service: ScriptedService, own: str, led_to: str, *, sent: bool
) -> None:
    """With the token, if both ports are the usual ones: others may have servers there, too."""
    service.on(f"GET {own.lower()}/jobs", redirect(f"{led_to}/jobs", 301))
    service.on(f"GET {led_to}/jobs", "x")
    http = http_to(service, f"{own}/jobs", trusted_hosts=frozenset())
    assert await http.read(f"{own}/jobs", limit=9) == b"x"
    assert authorizations(service) == [f"Basic {BASIC}", f"Basic {BASIC}" if sent else None]
    service.on(f"POST {own.lower()}/jobs", redirect(f"{led_to}/jobs", 308))
    with pytest.raises(RequestRejected, match=f"it leads to {led_to}/jobs"):
        await http.send("POST", f"{own}/jobs")


async def test_guest_sends_no_credentials(service: ScriptedService) -> None:
    """Without a user nothing is sent."""
    service.on("GET", "x")
    service.on("POST", 200)
    http = Http(JOBS_URL, transport=service)
    await http.read(JOBS_URL, limit=9)
    await http.send("POST", JOBS_URL)
    assert authorizations(service) == [None, None]


async def test_what_every_request_says(service: ScriptedService) -> None:
    """It asks for an uncompressed answer that is not from a cache, and names the client."""
    service.on("GET", "x")
    await http_to(service).read(JOBS_URL, limit=9)
    headers = service.requests[0].headers
    assert headers["accept-encoding"] == "identity"
    assert headers["cache-control"] == "no-cache"
    assert headers["user-agent"] == "prefect-expres"


async def test_environment_does_not_lead_requests_elsewhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A proxy of the environment would see every token."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    async with raw_server() as raw:
        url = raw.add("/jobs", b"x")
        http = Http(url)
        assert await http.read(url, limit=9) == b"x"
        await http.aclose()


async def test_http_link_of_an_https_service_is_made_https(service: ScriptedService) -> None:
    """Services behind a proxy give such links to themselves, with the port of the inner server."""
    service.on("GET https://uws.example.org/store", "x")
    for link in ("http://uws.example.org/store", "http://uws.example.org:8080/store"):
        assert await http_to(service).read(link, limit=9) == b"x"
    assert {request.url.scheme for request in service.requests} == {"https"}
    service.on("GET /1", redirect("http://uws.example.org/store", 301))
    assert await http_to(service).read(f"{JOBS_URL}/1", limit=9) == b"x"
    assert {request.url.scheme for request in service.requests} == {"https"}


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://files.example.org/x", "it is http: while the service is https:"),
        (
            "https://other.example.org/x",
            "fetched: it is another host than the service; add it to the trusted",
        ),
        ("https://uws.example.org:444/x", "another host than the service"),
        ("https://inside.example.org/x", "fetched: its address is private"),
        ("https://both.example.org/x", "fetched: its address is private"),
        ("https://gone.org/x", "fetched: its address is private"),
        ("ftp://uws.example.org/x", "it is ftp:, not http: or https:"),
        ("file:///etc/passwd", "it is file:, not http: or https:"),
        ("//uws.example.org/x", "it is no:, not http: or https:"),
        ("http://[::1/", "A location is no URL"),
        ("https://uws.example.org:port/x", "A location is no URL"),
    ],
)
@in_virtual_time
async def test_unsafe_locations_are_refused(
    service: ScriptedService, url: str, reason: str
) -> None:
    """No request is sent, and the error gives the reason."""
    http = http_to(service)
    with pytest.raises(UnsafeLocation) as caught:
        await http.read(url, limit=9)
    assert reason in str(caught.value)
    assert caught.value.name == ""
    assert str(caught.value.url).endswith(url.partition(":")[2].lstrip("/"))
    assert service.requests == []


@in_virtual_time
async def test_redirect_to_an_unsafe_location_is_refused(service: ScriptedService) -> None:
    """Neither a change from https to http nor a private address is followed."""
    for location in ("http://files.example.org/x", "https://inside.example.org/x", "ftp://x/"):
        service.on("GET", redirect(location, 307))
        with pytest.raises(UnsafeLocation):
            await http_to(service).read(JOBS_URL, limit=9)
    assert service.asked == ["GET"] * 3
    assert service.open_answers == 0


@in_virtual_time
async def test_trusted_hosts_with_public_addresses_are_fetched_from() -> None:
    """An http service may refer to http and https; names of hosts have no case."""
    locations = Locations("http://uws.example.org/jobs", TRUSTED)
    for url in (FOREIGN, "http://files.example.org/x", "https://six.example.org/x"):
        assert await locations.check(url) == url
    trusting = Locations("http://uws.example.org/jobs", {"UWS.Example.ORG", "Files.example.org"})
    for url in ("http://uws.example.org:81/x", FOREIGN):
        assert await trusting.check(url) == url
    assert await trusting.check("https://FILES.example.org/r.cdf") == FOREIGN


async def test_refused_location_is_shown_without_password_and_in_short(
    service: ScriptedService,
) -> None:
    """At most 200 characters of a URL are shown, without user name and password."""
    url = "https://bob:hush@example.org/" + "x" * 900
    with pytest.raises(UnsafeLocation) as caught:
        await http_to(service).read(url, limit=9)
    assert "hush" not in repr(caught.value)
    assert len(str(caught.value.url)) == 200
    with pytest.raises(UnsafeLocation) as caught:
        await http_to(service).read("http://h:" + "x" * 900, limit=9)
    assert len(str(caught.value.url)) == 200
    service.on("GET", redirect("http://h:" + "x" * 900, 300))
    with pytest.raises(UnsafeLocation, match="A redirect leads to no URL") as caught:
        await http_to(service).read(JOBS_URL, limit=9)
    assert len(str(caught.value.url)) == 200


async def test_redirects_are_counted(service: ScriptedService) -> None:
    """Five redirects are followed, also relative ones; the sixth is an error."""
    for step in range(6):
        service.on(f"GET /{step}", redirect(f"{step + 1}", 302))
    service.on("GET /6", "x")
    assert await http_to(service).read(f"{JOBS_URL}/1", limit=9) == b"x"
    with pytest.raises(ProtocolError, match="More than 5 redirects") as caught:
        await http_to(service).read(f"{JOBS_URL}/0", limit=9)
    assert caught.value.url == f"{JOBS_URL}/6"
    assert service.open_answers == 0


async def test_redirect_to_nowhere_ends(service: ScriptedService) -> None:
    """A redirect without a Location is given up like any other redirect."""
    service.on("GET", 304)
    with pytest.raises(ProtocolError, match="redirects"):
        await http_to(service).read(JOBS_URL, limit=9)
    assert len(service.requests) == 6


async def test_writes_are_sent_once_and_not_followed(service: ScriptedService) -> None:
    """The Location of a write may be the whole list; the caller sees headers and body."""
    service.on(
        "POST", Answer(f"see <a>{TOKEN}</a>", status=303, headers={"Location": f"{JOBS_URL}/1"})
    )
    http = http_to(service)
    headers, body = await http.send("POST", JOBS_URL, fields={"PHASE": "RUN"})
    assert (headers["location"], body) == (f"{JOBS_URL}/1", b"see <a>[hidden]</a>")
    assert service.asked == ["POST"]
    assert service.requests[0].content == b"PHASE=RUN"
    assert authorizations(service) == [f"Basic {BASIC}"]
    await http.send("POST", JOBS_URL, files={"config": ("io.json", b"{}", "application/json")})
    assert b'name="config"; filename="io.json"' in service.requests[1].content
    assert service.open_answers == 0


@pytest.mark.parametrize("status", [301, 307, 308])
async def test_write_that_is_sent_elsewhere_was_not_done(
    service: ScriptedService, status: int
) -> None:
    """A redirect of a write to another host is an error that shows the new URL."""
    location = f"https://bob:hush@other.example.org/{TOKEN}/" + "x" * 900
    service.on("DELETE", redirect(location, status))
    with pytest.raises(RequestRejected, match=rf"answered {status}: it leads to") as caught:
        await http_to(service).send("DELETE", JOBS_URL)
    fault = caught.value
    assert (fault.url, fault.status) == (JOBS_URL, status)
    assert "leads to https://other.example.org/[hidden]/xxx" in str(fault)
    assert "hush" not in repr(fault)
    assert len(str(fault)) < 500
    service.on("DELETE", status)
    with pytest.raises(RequestRejected, match="it leads to another URL"):
        await http_to(service).send("DELETE", JOBS_URL)


@pytest.mark.parametrize("status", [200, 201, 204, 302, 303])
async def test_write_that_was_done(service: ScriptedService, status: int) -> None:
    """UWS answers 303, and a service behind an old proxy 302."""
    service.on("DELETE /1", redirect(JOBS_URL, status))
    await http_to(service).send("DELETE", f"{JOBS_URL}/1")
    assert service.asked == ["DELETE /1"]


@pytest.mark.parametrize("form", [TOKEN, BASIC, "s3cret%2Ft%2Bken"])
async def test_token_is_hidden_in_what_a_service_says(service: ScriptedService, form: str) -> None:
    """A token that is echoed in a document, an error page or an answer is replaced."""
    http = http_to(service)
    service.on("GET", f"<job>{form}</job>", Answer(f"<pre>{form} is wrong</pre>", status=500))
    assert await http.read(JOBS_URL, limit=99) == b"<job>[hidden]</job>"
    with pytest.raises(ServerFault) as caught:
        await http.read(JOBS_URL, limit=99)
    assert caught.value.reason == "[hidden] is wrong"
    assert form not in repr(caught.value)
    service.on("POST", f"{form}{form}")
    assert (await http.send("POST", JOBS_URL))[1] == b"[hidden][hidden]"


@pytest.mark.parametrize(("token", "shown"), [("abcde", "abcde!"), ("abcdef", "[hidden]!")])
async def test_short_token_is_hidden_in_its_encoded_form_only(
    service: ScriptedService, token: str, shown: str
) -> None:
    """A short token would be found in many texts, so only its encoded form is hidden."""
    http = Http(JOBS_URL, ("bob", token), transport=service)
    service.on("GET", f"{token}!", base64.b64encode(f"bob:{token}".encode()))
    assert await http.read(JOBS_URL, limit=99) == shown.encode()
    assert await http.read(JOBS_URL, limit=99) == b"[hidden]"


async def test_document_has_a_limit(service: ScriptedService) -> None:
    """A document of exactly the limit is read, compressed or not; one byte more is refused."""
    http = http_to(service)
    packed = {"Content-Encoding": "gzip"}
    service.on("GET", "x" * 10, Answer(gzip.compress(b"x" * 10), headers=packed))
    assert await http.read(JOBS_URL, limit=10) == b"x" * 10
    assert await http.read(JOBS_URL, limit=10) == b"x" * 10
    service.on("GET", "x" * 11, Answer(gzip.compress(b"x" * 11), headers=packed))
    for _ in range(2):
        with pytest.raises(TooLarge):
            await http.read(JOBS_URL, limit=10)
    assert service.open_answers == 0


@in_virtual_time
async def test_document_that_never_ends_has_a_deadline(service: ScriptedService) -> None:
    """A service that sends a byte from time to time cannot keep a read open for ever."""
    service.on("GET", Answer(b"<", chunks=(b" ",) * 1000, seconds=10.0))
    http = http_to(service, network=Network(lowest_rate=0.01))
    with pytest.raises(Unreachable, match=r"still sending after 330 s") as caught:
        await http.read(JOBS_URL, limit=10**6)
    assert caught.value.url == JOBS_URL
    with pytest.raises(Unreachable, match=r"still sending after 345 s"):
        await http.read(JOBS_URL, limit=10**6, read_timeout=45.0)
    assert service.open_answers == 0


async def test_each_request_has_its_timeouts(service: ScriptedService) -> None:
    """A read can have a longer timeout; waiting for a free connection has none."""
    service.on("GET", "x")
    service.on("POST", 200)
    http = http_to(service, timeout=7.0)
    await http.read(JOBS_URL, limit=9)
    await http.read(JOBS_URL, limit=9, read_timeout=45.0)
    await http.send("POST", JOBS_URL)
    timeouts = [request.extensions["timeout"] for request in service.requests]
    usual = {"connect": 7.0, "read": 7.0, "write": 7.0, "pool": None}
    assert timeouts == [usual, usual | {"read": 45.0}, usual]
    await Http(JOBS_URL, transport=service).read(JOBS_URL, limit=9)
    assert service.requests[-1].extensions["timeout"]["read"] == 30.0


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (httpx.ConnectError("refused"), "did not answer: refused"),
        (httpx.ReadTimeout(""), "did not answer: ReadTimeout"),
        (httpx.RemoteProtocolError("not HTTP"), "did not answer: not HTTP"),
        (httpx.InvalidURL("no URL"), "did not answer: no URL"),
    ],
)
async def test_no_answer_is_unreachable(
    service: ScriptedService, fault: Exception, why: str
) -> None:
    """Errors of httpx become errors of this package."""
    service.on("GET", fault)
    service.on("POST", fault)
    http = http_to(service)
    with pytest.raises(Unreachable, match=why) as caught:
        await http.read(JOBS_URL, limit=9)
    assert (caught.value.url, caught.value.status) == (JOBS_URL, None)
    assert caught.value.__suppress_context__
    with pytest.raises(Unreachable, match=why):
        await http.send("POST", JOBS_URL)


async def test_answer_that_breaks_off_is_unreachable(service: ScriptedService) -> None:
    """An incomplete document is an error."""
    service.on("GET", Answer("<job", fault=httpx.ReadError("reset")))
    with pytest.raises(Unreachable, match=r"The answer of \S+ broke off: reset") as caught:
        await http_to(service).read(JOBS_URL, limit=9)
    assert caught.value.url == JOBS_URL
    assert service.open_answers == 0


async def test_write_whose_answer_breaks_off_was_answered(service: ScriptedService) -> None:
    """Status and headers are there, so the write counts as answered."""
    service.on("POST", Answer("cre", status=201, fault=httpx.ReadError("reset")))
    headers, body = await http_to(service).send("POST", JOBS_URL)
    assert (len(headers), body) == (0, b"cre")


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, RequestRejected), (401, AuthenticationFailed), (429, Busy), (500, ServerFault)],
)
async def test_error_answers_become_errors(
    service: ScriptedService, status: int, kind: type[Exception]
) -> None:
    """They carry URL, status, the service's own words, and its Retry-After."""
    error = Answer("<pre>so it is</pre>", status=status, headers={"Retry-After": "7"})
    service.on("GET", error)
    service.on("DELETE", error)
    http = http_to(service)
    for step in (http.read(JOBS_URL, limit=9), http.send("DELETE", JOBS_URL)):
        with pytest.raises(kind) as caught:
            await step
        fault: Any = caught.value
        assert type(fault) is kind
        facts = (fault.url, fault.status, fault.reason, fault.retry_after)
        assert facts == (JOBS_URL, status, "so it is", 7.0)
    assert service.open_answers == 0


@in_virtual_time
async def test_error_page_is_read_in_part(service: ScriptedService) -> None:
    """The first bytes are read, as many as come in time; the status counts in any case."""
    service.on("GET", Answer("x" * 9000, status=500))
    with pytest.raises(ServerFault) as caught:
        await http_to(service).read(JOBS_URL, limit=9)
    assert caught.value.reason == "x" * 500
    service.on("GET", Answer("slow ", status=500, chunks=(b"page",) * 99, seconds=20.0))
    with pytest.raises(ServerFault) as caught:
        await http_to(service).read(JOBS_URL, limit=9)
    assert caught.value.reason == "slow page"
    service.on("GET", Answer("half", status=503, fault=httpx.ReadError("reset")))
    with pytest.raises(Unreachable, match="half"):
        await http_to(service).read(JOBS_URL, limit=9)


async def test_client_is_closed(service: ScriptedService) -> None:
    """A closed client sends nothing more."""
    http = http_to(service)
    await http.aclose()
    service.on("GET", "x")
    with pytest.raises(RuntimeError, match="closed"):
        await http.read(JOBS_URL, limit=9)


async def test_many_callers_share_few_connections() -> None:
    """There are at most twenty; a caller that waits longer for one than the timeout is answered."""
    counts: list[int] = []
    open_now = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal open_now
        open_now += 1
        counts.append(open_now)
        await reader.readuntil(b"\r\n\r\n")
        await asyncio.sleep(1.0)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx")
        open_now -= 1
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        http = Http(url, options=ClientOptions(timeout=4.0))
        found = await asyncio.gather(*(http.read(url, limit=9) for _ in range(90)))
        await http.aclose()
    assert found == [b"x"] * 90
    assert max(counts) == 20


@in_virtual_time
async def test_time_of_an_answer_is_kept(service: ScriptedService) -> None:
    """That of a document that the service was not asked to wait with."""
    http = http_to(service)
    service.on("GET", Answer("x", delay=0.3), Answer("x", delay=20.0))
    await http.read(JOBS_URL, limit=10)
    await http.read(JOBS_URL, limit=10, read_timeout=60.0)
    assert http.answer_took == pytest.approx(0.3)
