"""Files of real web servers: some tell no size, give no parts, pack, redirect, or break off."""

import asyncio
import gzip
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import aiohttp
import fsspec
import pytest
from fsspec.implementations.http import HTTPFileSystem

from prefect_expres.errors import StorageError, StorageUnavailable
from prefect_expres.storage import find_files, local_copy, read_bounded, read_whole
from prefect_expres.storage.read import _way_of_reading
from tests.support.outage import Trouble, way_to
from tests.support.raw_server import raw_server

CONTENT = bytes(range(256)) * 1000
LARGE = CONTENT * 50
"""More than the 5 MB that fsspec asks of a web server at once."""
SIGNED = "?X-Amz-Credential=K/E%2BY%3D&X-Amz-Signature=5ecre7&part=*"


def copied(url: str) -> bytes:
    """Read a file by way of a copy on this machine."""
    with local_copy(url) as path:
        return path.read_bytes()


def chunked(content: bytes) -> bytes:
    """Give an answer that tells no size."""
    pieces = (content[start : start + 9000] for start in range(0, len(content), 9000))
    body = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    return head + body + b"0\r\n\r\n"


@pytest.mark.parametrize(
    "answer",
    [
        chunked(LARGE),
        b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(LARGE) + LARGE,
        b"HTTP/1.0 200 OK\r\n\r\n" + LARGE,
    ],
    ids=["without a size", "without ranges", "of the last century"],
)
async def test_a_file_comes_whole(answer: bytes) -> None:
    """It is asked for once: a signed URL is often good for GET only, and HEAD is refused."""
    async with raw_server() as server:
        url = server.add_raw(f"/r.cdf{SIGNED}", answer)
        assert await asyncio.to_thread(copied, url) == LARGE
        assert await asyncio.to_thread(read_whole, url) == LARGE
        assert await asyncio.to_thread(read_bounded, url, len(LARGE)) == LARGE
        with pytest.raises(StorageError, match="is larger than 20 bytes") as fault:
            await asyncio.to_thread(read_bounded, url, 20)
        assert {head.partition(" ")[0] for _, head in server.requests} == {"GET"}
        assert len(server.requests) == 4
    assert "5ecre7" not in str(fault.value)


async def test_a_packed_answer_is_unpacked() -> None:
    """Some static hosts pack whatever they send."""
    async with raw_server() as server:
        url = server.add("/e.csv", gzip.compress(CONTENT), "Content-Encoding: gzip")
        assert await asyncio.to_thread(read_whole, url) == CONTENT


async def test_an_empty_file_is_empty() -> None:
    """It is no file that is missing."""
    async with raw_server() as server:
        assert await asyncio.to_thread(read_whole, server.add("/e.csv", b"")) == b""


async def test_a_file_may_have_moved_to_another_host() -> None:
    """The redirect is followed."""
    async with raw_server() as old, raw_server() as new:
        there = new.add("/e.csv", CONTENT)
        url = old.add("/e.csv", b"", f"Location: {there}", status="302 Found")
        assert await asyncio.to_thread(read_whole, url) == CONTENT


@pytest.mark.parametrize("name", ["a b.json", "a%20b.json", "é.json", "a%23b.json", "a[1]*.json"])
async def test_names_may_have_any_signs(name: str) -> None:
    """A browser shows them so, or escapes them."""
    sent = quote(name, safe="%*")
    async with raw_server() as server:
        server.add(f"/{sent}", CONTENT)
        assert await asyncio.to_thread(read_whole, f"{server.url}/{name}") == CONTENT
        assert await asyncio.to_thread(find_files, f"{server.url}/{name}") == [
            f"{server.url}/{name}"
        ]


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("403 Forbidden", "403 Forbidden. Look at its address and at your rights there."),
        ("404 Not Found", "No such file or directory. Look at its address"),
        ("500 Internal", "500 Internal. See whether its host answers, and try again."),
        ("429 Slow", "429 Slow. See whether its host answers, and try again."),
    ],
)
async def test_a_refusal_is_told(status: str, reason: str) -> None:
    """As what it is, and without the signature."""
    async with raw_server() as server:
        url = server.add(f"/e.csv{SIGNED}", b"no", status=status)
        for read in (read_whole, copied):
            with pytest.raises(StorageError) as fault:
                await asyncio.to_thread(read, url)
            assert f"{server.url}/e.csv?X-Amz-Credential=…&X-Amz-Signature=…" in str(fault.value)
            assert f" cannot be read: {reason}" in str(fault.value)
            assert "5ecre7" not in str(fault.value) + fault.value.path


async def test_a_host_that_refuses_is_not_taken_for_one_without_files() -> None:
    """Only one that says so is."""
    async with raw_server() as server:
        url = server.add("/a.json?version=2", b"no", status="404 Not Found")
        assert await asyncio.to_thread(find_files, url) == []
        url = server.add("/a.json?version=2", b"no", status="403 Forbidden")
        with pytest.raises(StorageError, match="403 Forbidden"):
            await asyncio.to_thread(find_files, url)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give up a silent server soon, as users set it in the configuration of fsspec."""
    timeout = aiohttp.ClientTimeout(sock_read=0.3)
    monkeypatch.setitem(fsspec.config.conf, "http", {"client_kwargs": {"timeout": timeout}})
    HTTPFileSystem.clear_instance_cache()
    yield
    HTTPFileSystem.clear_instance_cache()


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        (Trouble("cut", part=100_000), "cannot be read"),
        (Trouble("stall", part=100_000), "no answer in time|Timeout"),
        (Trouble("stall", part=0), "no answer in time|Timeout"),
        (Trouble("reset"), "cannot be read"),
    ],
    ids=["cut", "stall half-way", "stall", "reset"],
)
async def test_a_host_that_fails_half_way_is_told(
    trouble: Trouble, reason: str, tmp_path: Path
) -> None:
    """A part of a file is never taken for the whole."""
    async with raw_server() as server:
        server.add(f"/e.csv{SIGNED}", CONTENT)
        with way_to(server.url) as host, host.failing(trouble):
            for read in (read_whole, copied):
                with pytest.raises(StorageUnavailable, match=reason) as fault:
                    await asyncio.to_thread(read, f"{host.url}/e.csv{SIGNED}")
                assert "5ecre7" not in str(fault.value)
                assert "try again" in str(fault.value)
    assert list(tmp_path.iterdir()) == []


def test_a_silent_host_is_given_up_after_a_minute() -> None:
    """However long a large file takes as a whole."""
    timeout = _way_of_reading(fsspec.filesystem("https"))["timeout"]
    assert (timeout.total, timeout.sock_read) == (None, 60.0)
