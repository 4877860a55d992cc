"""No service holds a request for ever, however it drips."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from prefect_expres.errors import Unreachable
from prefect_expres.net.deadline import Deadline, within
from prefect_expres.net.network import Network
from prefect_expres.net.pace import PacedStream
from prefect_expres.uws import ClientOptions
from prefect_expres.uws.http import Http
from tests.support.drip_server import drip_server
from tests.support.virtual_time import LoopClock, in_virtual_time

URL = "https://uws.example.org/jobs"
TIMEOUT = 0.5
"""Ten times the pause of the server: no timeout between two bytes is ever reached."""
HEAD = b"HTTP/1.1 200 OK\r\n"

DRIPPING_HEADS = {
    "headers": (HEAD, b"X-More: yes\r\n"),
    "a header": (HEAD + b"X-More: ", b"a"),
    "100 Continue": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
}


def paced(lowest_rate: float | None = None) -> ClientOptions:
    """Give the options of a client that loses patience soon."""
    return ClientOptions(timeout=TIMEOUT, network=Network(lowest_rate=lowest_rate))


@pytest.mark.parametrize("kind", DRIPPING_HEADS)
@pytest.mark.parametrize("method", ["read", "send"])
async def test_head_that_never_ends_is_given_up(kind: str, method: str) -> None:
    """Status and headers are due within the timeout, whatever comes meanwhile."""
    async with drip_server(*DRIPPING_HEADS[kind]) as url:
        http = Http(url, options=paced())
        asked = http.read(url, limit=1000) if method == "read" else http.send("POST", url)
        with pytest.raises(Unreachable, match="did not answer: no whole answer in 0 s"):
            await asked
        await http.aclose()


@pytest.mark.parametrize("head", [HEAD, HEAD + b"Content-Length: 100000\r\n"])
async def test_body_that_comes_too_slowly_is_given_up(head: bytes) -> None:
    """A byte now and then is less than the lowest rate."""
    async with drip_server(head + b"\r\n", b"x") as url:
        http = Http(url, options=paced(1000.0))
        with pytest.raises(Unreachable, match="broke off: less than 1000 bytes a second"):
            await http.read(url, limit=10**6)
        await http.aclose()


async def test_lowest_rate_may_be_set() -> None:
    """Twenty bytes a second are enough where ten are asked for, longer than the timeout."""
    async with drip_server(HEAD + b"\r\n", b"x", drops=20) as url:
        http = Http(url, options=paced(10.0))
        assert await http.read(url, limit=1000) == b"x" * 20
        await http.aclose()


async def test_reader_that_takes_its_time_is_no_slow_service() -> None:
    """Only the time that the bytes take counts."""
    async with drip_server(HEAD + b"\r\n", b"x", drops=4) as url:
        http = Http(url, options=paced())
        received = b""
        async with http.stream("GET", url) as response:
            async for chunk in response.aiter_raw():
                received += chunk
                await asyncio.sleep(TIMEOUT / 2)
        await http.aclose()
    assert received == b"x" * 4


class _Slow(httpx.AsyncBaseTransport):
    """A network that tells of its beginning, as that of httpx, and answers after some seconds."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.extensions["trace"]("connection.connect_tcp.started", {})
        await asyncio.sleep(self._seconds)
        return httpx.Response(200, stream=httpx.ByteStream(b"x"))


@in_virtual_time
async def test_head_may_take_as_long_as_the_service_was_asked_to_wait() -> None:
    """A longer timeout is one for the head, too; an upload has its time in addition."""
    http = Http(URL, options=ClientOptions(timeout=30.0), transport=_Slow(40.0))
    assert await http.read(URL, limit=9, read_timeout=45.0) == b"x"
    large = {"config": ("io.json", bytes(20_000), "application/json")}
    assert await http.send("POST", URL, files=large)
    for short in (http.read(URL, limit=9), http.send("POST", URL)):
        with pytest.raises(Unreachable, match="no whole answer in 30 s"):
            await short


@in_virtual_time
async def test_head_is_not_waited_for_beyond_a_deadline() -> None:
    """Of a document, a file or a write; the last request has a second at least."""
    http = Http(URL, transport=_Slow(1000.0))
    for seconds, left in ((12.0, 12.0), (0.1, 1.0)):
        for ask in (http.read(URL, limit=9), http.send("POST", URL), _opened(http)):
            began = asyncio.get_running_loop().time()
            with within(Deadline(LoopClock(), seconds)), pytest.raises(Unreachable):
                await ask
            assert asyncio.get_running_loop().time() - began == pytest.approx(left, abs=0.01)


async def _opened(http: Http) -> None:
    async with http.stream("GET", URL):
        pass


@in_virtual_time
async def test_every_byte_gives_a_body_more_time() -> None:
    """Two seconds at first, and a tenth of one for each byte that has come."""

    async def sent() -> AsyncIterator[bytes]:
        yield b"x" * 5
        await asyncio.sleep(1.0)
        yield b"x" * 15
        await asyncio.sleep(100.0)

    async def read() -> None:
        async for _ in PacedStream(sent(), rate=10.0, grace=2.0):
            pass

    with pytest.raises(httpx.ReadTimeout, match="less than 10 bytes a second"):
        await read()
    assert asyncio.get_running_loop().time() == pytest.approx(4.0, abs=1e-3)
