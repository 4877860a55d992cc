"""Bodies of answers, from a server that says exactly the bytes it was told to."""

import asyncio
import gzip
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Callable

import httpx
import pytest
import pytest_asyncio

from prefect_expres.errors import ProtocolError, TooLarge, Unreachable
from prefect_expres.net.body import ERROR_PAGE_BYTES, body_of, head_of
from tests.support.raw_server import RawServer, raw_server

TEXT = b"Jupiter " * 1000
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
SHOWN = "http://user:token@host/page"
"""The URL that errors are given: what is secret in it must not be told."""


@pytest_asyncio.fixture
async def raw() -> AsyncIterator[RawServer]:
    """Serve on loopback."""
    async with raw_server() as server:
        yield server


async def read(url: str, limit: int) -> bytes:
    """Read a body within a limit."""
    async with (
        httpx.AsyncClient(trust_env=False, verify=False) as client,
        client.stream("GET", url) as response,
    ):
        return b"".join([chunk async for chunk in body_of(response, limit, SHOWN)])


def deflated(data: bytes) -> bytes:
    """Compress as ``deflate``, which is the zlib format."""
    return zlib.compress(data)


def of_three_members(data: bytes) -> bytes:
    """Compress in members, as tools do that append; rubbish follows, as some servers pad."""
    third = len(data) // 3
    parts = (data[:third], data[third : 2 * third], data[2 * third :])
    return b"".join(map(gzip.compress, parts)) + b"\0" * 10


@pytest.mark.parametrize("spare", [0, 1])
@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("identity", bytes),
        ("", bytes),
        ("gzip", gzip.compress),
        ("GZIP", gzip.compress),
        ("x-gzip", gzip.compress),
        ("deflate", deflated),
        ("gzip", of_three_members),
    ],
)
async def test_a_body_is_read_whole_up_to_its_limit(
    raw: RawServer, encoding: str, pack: Callable[[bytes], bytes], spare: int
) -> None:
    """Compressed or not; the limit is the size of the body after decompression."""
    url = raw.add("/page", pack(TEXT), f"Content-Encoding: {encoding}")
    assert await read(url, len(TEXT) + spare) == TEXT


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64])
async def test_members_may_be_cut_anywhere(size: int) -> None:
    """Chunks end between members and within them; the last member must be whole."""
    packed = of_three_members(TEXT)
    for end, cut in ((None, False), (-10, False), (-20, True)):
        chunks = [packed[:end][at : at + size] for at in range(0, len(packed[:end]), size)]
        response = httpx.Response(
            200, headers={"content-encoding": "gzip"}, stream=_Stream(*chunks)
        )
        if cut:
            with pytest.raises(Unreachable, match="ended in the middle"):
                [chunk async for chunk in body_of(response, 10_000, SHOWN)]
        else:
            assert b"".join([each async for each in body_of(response, 10_000, SHOWN)]) == TEXT


async def test_packed_nothing_is_not_read_for_ever() -> None:
    """Empty members bring no bytes, but cost time."""
    nothing = gzip.compress(b"") * 5000
    stream = _Stream(*[nothing] * 20)
    response = httpx.Response(200, headers={"content-encoding": "gzip"}, stream=stream)
    with pytest.raises(TooLarge, match="limit of 1000 bytes"):
        [chunk async for chunk in body_of(response, 1000, SHOWN)]


async def test_a_packed_body_may_be_left_as_it_is(raw: RawServer) -> None:
    """Whatever its encoding is named."""
    for encoding in ("x-gzip", "br"):
        url = raw.add("/page", gzip.compress(TEXT), f"Content-Encoding: {encoding}")
        async with (
            httpx.AsyncClient(trust_env=False, verify=False) as client,
            client.stream("GET", url) as response,
        ):
            body = [each async for each in body_of(response, 1000, SHOWN, unpack=False)]
        assert gzip.decompress(b"".join(body)) == TEXT


async def test_a_body_without_a_length_is_read(raw: RawServer) -> None:
    """Its end is the end of the connection."""
    assert await read(raw.add_raw("/page", b"HTTP/1.0 200 OK\r\n\r\n" + TEXT), len(TEXT)) == TEXT


async def test_an_empty_body_is_one(raw: RawServer) -> None:
    """Even where nothing is allowed."""
    assert await read(raw.add("/page", b""), 0) == b""


async def test_more_than_is_allowed_is_not_begun(raw: RawServer) -> None:
    """The announced length is looked at first: here nothing of the body ever comes."""
    url = raw.add_raw("/page", b"HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n")
    with pytest.raises(TooLarge, match=r"http://host/page announces 101 bytes; the limit is 100"):
        await read(url, 100)


@pytest.mark.parametrize("length", ["banana", "-5", "²", "1e9", "9 9"])
async def test_an_announced_length_that_is_none_is_left_to_the_transport(length: str) -> None:
    """Only plain digits are taken for a length, and what comes is counted all the same."""
    response = httpx.Response(
        200, headers={"content-length": length.encode()}, stream=_Stream(b"12345")
    )
    assert b"".join([chunk async for chunk in body_of(response, 5, SHOWN)]) == b"12345"


async def test_more_than_is_allowed_is_not_read_on(raw: RawServer) -> None:
    """Where no length is announced, what comes is counted."""
    chunk = b"64\r\n" + b"x" * 100 + b"\r\n"
    url = raw.add_raw("/page", CHUNKED + chunk * 3 + b"0\r\n\r\n")
    assert len(await read(url, 300)) == 300
    with pytest.raises(TooLarge, match=r"http://host/page sends more than the limit of 299 bytes"):
        await read(url, 299)


async def test_no_byte_beyond_the_limit_is_given_to_the_reader() -> None:
    """He may write them to a disk."""
    body = body_of(httpx.Response(200, stream=_Stream(b"abc", b"def")), 5, SHOWN)
    assert await anext(body) == b"abc"
    with pytest.raises(TooLarge):
        await anext(body)


@pytest.mark.parametrize("pack", [gzip.compress, deflated])
async def test_the_limit_counts_decompressed_bytes(
    raw: RawServer, pack: Callable[[bytes], bytes]
) -> None:
    """A small body that decompresses to more than is allowed is refused."""
    encoding = "gzip" if pack is gzip.compress else "deflate"
    url = raw.add("/page", pack(TEXT), f"Content-Encoding: {encoding}")
    assert len(pack(TEXT)) < 200
    with pytest.raises(TooLarge, match="limit of 7999 bytes"):
        await read(url, len(TEXT) - 1)


async def test_a_bomb_takes_no_memory(raw: RawServer) -> None:
    """It is decompressed in blocks, and no further than the limit."""
    url = raw.add("/page", gzip.compress(bytes(50_000_000)), "Content-Encoding: gzip")
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge):
            await read(url, 1_000_000)
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


async def test_others_go_on_while_a_body_is_decompressed() -> None:
    """A chunk that has come may take long to decompress, and everybody shares the loop."""
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    stream = _Stream(gzip.compress(bytes(1_000_000)))
    response = httpx.Response(200, headers={"content-encoding": "gzip"}, stream=stream)
    going_on = asyncio.create_task(others())
    assert sum([len(chunk) async for chunk in body_of(response, 10**6, SHOWN)]) == 10**6
    going_on.cancel()
    assert turns >= 10


async def test_an_encoding_that_was_not_asked_for_is_refused(raw: RawServer) -> None:
    """It could not be counted."""
    url = raw.add("/page", TEXT, "Content-Encoding: br")
    with pytest.raises(ProtocolError, match=r"http://host/page sends content encoded as 'br'"):
        await read(url, len(TEXT))


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_a_body_that_is_not_encoded_as_it_says_is_refused(
    raw: RawServer, encoding: str
) -> None:
    """Plain text under the name of a compressed one."""
    url = raw.add("/page", TEXT, f"Content-Encoding: {encoding}")
    with pytest.raises(ProtocolError, match=f"http://host/page .* not the {encoding} it claims"):
        await read(url, len(TEXT))


@pytest.mark.parametrize("cut", [1, 5, 20])
async def test_a_compressed_body_that_ends_early_may_be_asked_for_again(
    raw: RawServer, cut: int
) -> None:
    """The transport saw its whole length; the end of the compressed data is missing."""
    url = raw.add("/page", gzip.compress(TEXT)[:-cut], "Content-Encoding: gzip")
    with pytest.raises(Unreachable, match="http://host/page ended in the middle") as fault:
        await read(url, len(TEXT))
    assert fault.value.retryable


async def test_errors_carry_the_url_without_its_secrets(raw: RawServer) -> None:
    """As an attribute, too."""
    url = raw.add("/page", TEXT, "Content-Encoding: br")
    with pytest.raises(ProtocolError) as refused:
        await read(url, len(TEXT))
    with pytest.raises(TooLarge) as large:
        await read(raw.add("/page", TEXT), 1)
    assert refused.value.url == large.value.url == "http://host/page"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (0, 0),
        (100, 100),
        (ERROR_PAGE_BYTES, ERROR_PAGE_BYTES),
        (ERROR_PAGE_BYTES + 1, ERROR_PAGE_BYTES),
        (1_000_000, ERROR_PAGE_BYTES),
    ],
)
async def test_of_an_error_page_the_beginning_is_read(sent: int, kept: int) -> None:
    """Eight kilobytes, in whichever chunks they come."""
    stream = _Stream(*[b"x" * min(3000, sent - at) for at in range(0, sent, 3000)])
    response = httpx.Response(500, stream=stream)
    assert len(b"".join([chunk async for chunk in head_of(response)])) == kept
    assert stream.sent < ERROR_PAGE_BYTES + 2 * 3000
    assert ERROR_PAGE_BYTES == 8192


@pytest.mark.parametrize(
    ("chunks", "taken"), [((8191, 5, 5), 8196), ((4096, 4096, 5), 8192), ((8192, 5), 8192)]
)
async def test_of_an_error_page_no_chunk_too_many_is_taken(
    chunks: tuple[int, ...], taken: int
) -> None:
    """Reading ends with the chunk that brings the last byte."""
    stream = _Stream(*[b"x" * size for size in chunks])
    page = [chunk async for chunk in head_of(httpx.Response(500, stream=stream))]
    assert (len(b"".join(page)), stream.sent) == (8192, taken)


class _Stream(httpx.AsyncByteStream):
    """Gives chunks, and counts the bytes that were taken."""

    def __init__(self, *chunks: bytes) -> None:
        self.sent = 0
        self._chunks = chunks

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self._chunks:
            self.sent += len(chunk)
            yield chunk


async def test_what_follows_the_end_means_nothing() -> None:
    """Whatever it is: a member behind something that is none is part of it."""

    async def sent() -> AsyncIterator[bytes]:
        yield gzip.compress(b"one") + b"\0" * 10
        yield gzip.compress(b"two")

    response = httpx.Response(200, headers={"Content-Encoding": "gzip"}, content=sent())
    assert b"".join([chunk async for chunk in body_of(response, 99, SHOWN)]) == b"one"
