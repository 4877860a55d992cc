"""Requests to a service: pauses, limits, errors, and one request at a time."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from prefect_expres.ephemeris import HorizonsEphemeris, prepare_ephemeris
from prefect_expres.ephemeris.web_service import (
    ANSWER_TIMEOUT_S,
    ATTEMPTS,
    BUDGET_S,
    MAX_BYTES,
    READ_TIMEOUT_S,
    WebService,
    exclusive_access,
)
from prefect_expres.errors import EphemerisError, EphemerisUnavailable
from tests.ephemeris.answers import SPAN, assert_earth, horizons, horizons_text, offer
from tests.ephemeris.replay_server import ReplayServer, replay_server
from tests.support.no_pause import NoPause

BUSY = "429 Too Many Requests"
DOWN = "503 Service Unavailable"
DRIP = b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"


async def ask(server: ReplayServer, clock: NoPause) -> None:
    """Ask the server as if it were Horizons, and check the answer."""
    spec = HorizonsEphemeris(horizons_url=server.url)
    assert_earth(await prepare_ephemeris(spec, SPAN, clock=clock))


async def test_a_busy_service_is_given_the_time_it_asks_for(
    server: ReplayServer, clock: NoPause
) -> None:
    """Retry-After is kept up to two minutes; without it the pauses double."""
    server.add("/", "slow down", "Retry-After: 17", status=BUSY)
    server.add("/", "down", status=DOWN)
    server.add("/", "down", "Retry-After: 86400", status=DOWN)
    server.add("/", horizons(horizons_text()))
    await ask(server, clock)
    asked, doubled, longest = clock.slept
    assert 17.0 <= asked <= 18.7
    assert 3.0 <= doubled <= 5.0
    assert 120.0 <= longest <= 132.0


async def test_a_date_in_retry_after_is_kept(server: ReplayServer, clock: NoPause) -> None:
    """RFC 9110 allows a date where most services give seconds."""
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=45), usegmt=True)
    server.add("/", "down", f"Retry-After: {later}", status=DOWN)
    server.add("/", horizons(horizons_text()))
    await ask(server, clock)
    (pause,) = clock.slept
    assert 40.0 <= pause <= 45.0 * 1.1


@pytest.mark.parametrize(("asked", "seconds"), [((), None), (("Retry-After: 30",), 30.0)])
async def test_a_service_that_stays_down_is_given_up(
    server: ReplayServer, clock: NoPause, asked: tuple[str, ...], seconds: float | None
) -> None:
    """After four attempts; Prefect may try again later, and knows when."""
    server.add("/", "down", *asked, status=DOWN)
    with pytest.raises(EphemerisUnavailable, match="not available now: HTTP status 503") as fault:
        await ask(server, clock)
    assert fault.value.retryable
    assert fault.value.retry_after == seconds
    assert len(server.requests) == 4
    for pause, wanted in zip(clock.slept, [2.0, 4.0, 8.0], strict=True):
        assert 0.75 * (seconds or wanted) <= pause <= 1.25 * (seconds or wanted)


async def test_a_cut_answer_is_asked_for_again(server: ReplayServer, clock: NoPause) -> None:
    """A body that ends early is no answer."""
    server.add_raw("/", b'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"result": "')
    server.add("/", horizons(horizons_text()))
    await ask(server, clock)
    assert len(server.requests) == 2


async def test_a_calculation_may_be_asked_for_again(server: ReplayServer, clock: NoPause) -> None:
    """To compute the same twice changes nothing, so a lost POST is repeated."""
    server.add_raw("/calculation/new", b"")
    assert_earth(await prepare_ephemeris(offer(server), SPAN, clock=clock))
    assert [request.method for request in server.requests] == ["POST", "POST", "GET"]


async def test_a_closed_port_is_told(clock: NoPause) -> None:
    """As an error that may be retried."""
    async with replay_server() as gone:
        address = gone.url
    with pytest.raises(EphemerisUnavailable, match="Horizons is not available now"):
        await prepare_ephemeris(HorizonsEphemeris(horizons_url=address), SPAN, clock=clock)


async def test_a_refusal_is_final(server: ReplayServer, clock: NoPause) -> None:
    """It is told in the service's words and not repeated."""
    server.add("/", "unknown\n  parameter", status="400 Bad Request")
    with pytest.raises(EphemerisError, match=r"HTTP status 400\. It says: unknown parameter"):
        await ask(server, clock)
    assert len(server.requests) == 1


async def test_no_answer_is_read_beyond_its_limit(server: ReplayServer, clock: NoPause) -> None:
    """A small compressed body of too large a content is dropped, and not asked for again."""
    bomb = gzip.compress(bytes(MAX_BYTES + 1), compresslevel=1)
    server.add("/", bomb, "Content-Encoding: gzip")
    with pytest.raises(EphemerisError, match="limit of 67108864 bytes; ask for fewer times"):
        await ask(server, clock)
    assert len(server.requests) == 1


async def test_another_content_encoding_is_refused(server: ReplayServer, clock: NoPause) -> None:
    """None was asked for, and this one cannot be decompressed."""
    server.add("/", b"?", "Content-Encoding: br")
    with pytest.raises(EphemerisError, match="encoded as 'br'") as fault:
        await ask(server, clock)
    assert not fault.value.retryable


async def test_a_compressed_body_that_is_cut_is_asked_for_again(
    server: ReplayServer, clock: NoPause
) -> None:
    """Its length was right, its end is missing."""
    packed = gzip.compress(json.dumps(horizons(horizons_text())).encode())
    server.add("/", packed[:-20], "Content-Encoding: gzip")
    server.add("/", packed, "Content-Encoding: gzip")
    await ask(server, clock)
    assert len(server.requests) == 2


async def test_an_error_page_that_breaks_off_still_has_its_status(
    server: ReplayServer, clock: NoPause
) -> None:
    """What came of it is quoted, with at most 300 characters."""
    server.add_raw("/", b"HTTP/1.1 400 No\r\nContent-Length: 9999\r\n\r\n" + b"n" * 400)
    with pytest.raises(EphemerisError, match=r"HTTP status 400\. It says: n{300}$"):
        await ask(server, clock)


@pytest.mark.parametrize("part", [b"HTTP/1.1 200 OK\r\nX-Slow: ", DRIP + b"{"])
async def test_an_answer_that_trickles_in_is_given_up(clock: NoPause, part: bytes) -> None:
    """A byte now and then is no answer, be it of the headers or of the body."""
    async with (
        trickling(part) as url,
        exclusive_access("Horizons", url, clock, answer_timeout=0.2) as service,
    ):
        with pytest.raises(EphemerisUnavailable, match=r"did not end its answer within 0\.2 s"):
            await service.request()
    assert len(clock.slept) == 3
    assert (ATTEMPTS, BUDGET_S, READ_TIMEOUT_S, ANSWER_TIMEOUT_S) == (4, 600.0, 60.0, 300.0)


@asynccontextmanager
async def trickling(beginning: bytes) -> AsyncIterator[str]:
    """Serve answers that begin like this and never end."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(beginning)
        try:
            while True:
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(0.02)
        except ConnectionError:
            pass  # the client has given up
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


async def test_a_service_is_told_who_asks_and_what_it_may_send(
    server: ReplayServer, clock: NoPause
) -> None:
    """Our name, and no compression."""
    server.add("/", "yes")
    async with exclusive_access("test", server.url, clock) as service:
        assert await service.request(query={"a": "1 2"}) == "yes"
    (request,) = server.requests
    assert request.headers["user-agent"] == "prefect-expres"
    assert request.headers["accept-encoding"] == "identity"
    assert (request.method, request.query) == ("GET", {"a": "1 2"})


async def test_text_that_is_not_utf_8_is_read_all_the_same(
    server: ReplayServer, clock: NoPause
) -> None:
    """Answers and error pages."""
    server.add("/", b"M\xe9t\xe9o")
    server.add("/", b"M\xe9t\xe9o", status="400 Bad Request")
    async with exclusive_access("test", server.url, clock) as service:
        assert await service.request() == "M\ufffdt\ufffdo"
        with pytest.raises(EphemerisError, match=r"It says: M\ufffdt\ufffdo$"):
            await service.request()


async def test_a_slow_service_is_not_asked_for_ever(clock: NoPause) -> None:
    """Attempts and pauses share ten minutes."""

    class Slow(NoPause):
        """On which each look takes five minutes."""

        def now(self) -> float:
            self.time += 300.0
            return super().now()

    async with replay_server() as server:
        server.add("/", "down", status=DOWN)
        with pytest.raises(EphemerisUnavailable):
            await ask(server, Slow())
        assert len(server.requests) == 2


@pytest.mark.parametrize("status", ["404 Not Found", "400 Bad Request", "499 Odd"])
async def test_client_errors_are_final(server: ReplayServer, clock: NoPause, status: str) -> None:
    """None of them may pass."""
    server.add("/", "", status=status)
    with pytest.raises(EphemerisError, match=f"^Horizons: HTTP status {status[:3]}$") as fault:
        await ask(server, clock)
    assert not fault.value.retryable


@pytest.mark.parametrize("status", [BUSY, DOWN, "500 Fault", "599 Odd"])
async def test_server_errors_may_pass(server: ReplayServer, clock: NoPause, status: str) -> None:
    """As does the one that says: too many."""
    server.add("/", "", status=status)
    server.add("/", horizons(horizons_text()))
    await ask(server, clock)
    assert len(server.requests) == 2


async def test_an_answer_that_is_not_read_is_let_go(clock: NoPause) -> None:
    """Before the service is asked again: what it has to say of its fault may be endless."""
    events: list[str] = []
    ended = asyncio.Semaphore(0)

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        events.append("asked")
        writer.write(b"HTTP/1.1 503 Busy\r\nContent-Length: 9999\r\n\r\n")
        await reader.readuntil(b"\r\n\r\n")
        await reader.read()
        events.append("closed")
        writer.close()
        await writer.wait_closed()
        ended.release()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    async with server, exclusive_access("test", url, clock) as service:
        with pytest.raises(EphemerisUnavailable):
            await service.request()
        for _ in range(ATTEMPTS):
            await asyncio.wait_for(ended.acquire(), 5.0)
    assert events[:7] == [*["asked", "closed"] * 3, "asked"]


async def test_a_fault_without_words_is_named(clock: NoPause) -> None:
    """As a connection that is reset is."""

    def reset(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadError("", request=request)

    async with httpx.AsyncClient(transport=httpx.MockTransport(reset)) as client:
        service = WebService("test", "http://h", client, clock, answer_timeout=1.0)
        with pytest.raises(EphemerisUnavailable, match=r"^test is not available now: ReadError$"):
            await service.request()
