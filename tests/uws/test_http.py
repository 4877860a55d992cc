"""One exchange: who gets the credentials, what is followed, and how much is read."""

import asyncio
import gzip
from typing import Any

import httpx
import pytest

from prefect_expres.errors import (
    AuthenticationFailed,
    Busy,
    RequestRejected,
    ServerFault,
    TooLarge,
    Unreachable,
    UnsafeLocation,
)
from prefect_expres.net.deadline import Deadline, within
from prefect_expres.net.network import Network
from prefect_expres.uws import ClientOptions
from prefect_expres.uws.http import Http
from tests.support.raw_server import raw_server
from tests.support.scripted_service import JOBS_URL, Answer, ScriptedService, redirect
from tests.support.virtual_time import LoopClock, in_virtual_time
from tests.uws.http_user import BASIC, FOREIGN, authorizations, http_to


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


async def test_a_transport_stands_in_for_the_proxy_too(service: ScriptedService) -> None:
    """No request leaves the machine that a test answers."""
    service.on("GET /1", "x")
    options = ClientOptions(network=Network(proxy="http://127.0.0.1:9"))
    http = Http(JOBS_URL, options=options, transport=service)
    assert await http.read(f"{JOBS_URL}/1", limit=9) == b"x"


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
    with within(Deadline(LoopClock(), 12.0)), pytest.raises(Unreachable, match="after 12 s"):
        await http.read(JOBS_URL, limit=10**6)
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
        (
            httpx.ConnectError("refused"),
            "did not answer: refused. Check the address and the network",
        ),
        (httpx.ReadTimeout(""), "did not answer: it took too long. Check"),
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
    slow = http_to(service, network=Network(lowest_rate=0.01))
    with pytest.raises(ServerFault) as caught:
        await slow.read(JOBS_URL, limit=9)
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


@pytest.mark.slow
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
