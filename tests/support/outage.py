"""A host that goes away while it is used."""

import asyncio
import contextlib
import os
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

import pytest
import s3fs

from tests.support.object_store import object_store

_CHUNK = 1 << 16
_PAGE = b"<html><body>no</body></html>"


@dataclass(frozen=True)
class Trouble:
    """What a host in trouble does to every request.

    ``status``: it answers with this one. ``reset``: the connection is reset. ``cut``: it is reset
    after ``part`` bytes of the answer. ``stall``: after these, nothing comes any more.
    """

    kind: Literal["status", "reset", "cut", "stall"]
    status: int = 503
    part: int = 0

    def __str__(self) -> str:
        return f"{self.kind}-{self.status if self.kind == 'status' else self.part}"


@dataclass
class Host:
    """A way to a host, which begins to fail when it is told to.

    Attributes:
        upstream: The host's address.
        url: The address to use in its place.
        trouble: What happens now; None for nothing.
    """

    upstream: str
    url: str = ""
    trouble: Trouble | None = None
    _open: dict[asyncio.Task[None], asyncio.StreamWriter] = field(default_factory=dict)
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    @contextmanager
    def failing(self, trouble: Trouble) -> Iterator[None]:
        """Fail for a while."""
        self.fail(trouble)
        try:
            yield
        finally:
            self.fail(None)

    def fail(self, trouble: Trouble | None) -> None:
        """Fail from now on, or no more; connections that are open are closed."""
        self.trouble = trouble
        asyncio.run_coroutine_threadsafe(self.close_all(), self._loop).result()

    async def close_all(self) -> None:
        """Close the connections that are open."""
        for writer in self._open.values():
            writer.close()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass a connection on, or fail; what is under way is kept, or it would be collected."""
        under_way = asyncio.current_task()
        assert under_way is not None
        self._open[under_way] = writer
        try:
            gone = (OSError, asyncio.IncompleteReadError, asyncio.CancelledError)
            with contextlib.suppress(*gone):
                await self._serve(reader, writer)
        finally:
            del self._open[under_way]
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        trouble = self.trouble
        if trouble is None:
            await self._pass(reader, writer)
        elif trouble.kind == "status":
            head = await reader.readuntil(b"\r\n\r\n")
            writer.write(_refusal(trouble.status, b"" if head.startswith(b"HEAD") else _PAGE))
            writer.write_eof()
            # What is not read would break the connection before the answer has come.
            await reader.read()
        elif trouble.kind == "reset":
            _reset(writer)
        else:
            await self._pass(reader, writer, trouble.part)
            if trouble.kind == "stall":
                await asyncio.Event().wait()
            _reset(writer)

    async def _pass(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, part: int | None = None
    ) -> None:
        """Pass requests and answers on, of these only so many bytes."""
        parts = urlsplit(self.upstream)
        behind, to = await asyncio.open_connection(parts.hostname, parts.port)
        requests = asyncio.create_task(_pipe(reader, to))
        try:
            await _pipe(behind, writer, part)
        finally:
            requests.cancel()
            to.close()


async def _pipe(
    source: asyncio.StreamReader, target: asyncio.StreamWriter, most: int | None = None
) -> None:
    while most != 0 and (chunk := await source.read(min(_CHUNK, most or _CHUNK))):
        target.write(chunk)
        await target.drain()
        most = None if most is None else most - len(chunk)


@contextmanager
def way_to(upstream: str) -> Iterator[Host]:
    """Serve a way to a host on a free port of 127.0.0.1, in a thread of its own."""
    host = Host(upstream)
    loop = host._loop  # noqa: SLF001 - its own module
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    starting = asyncio.start_server(host.serve, "127.0.0.1", 0)
    server = asyncio.run_coroutine_threadsafe(starting, loop).result()
    host.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield host
    finally:
        asyncio.run_coroutine_threadsafe(_end(host, server), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _end(host: Host, server: asyncio.Server) -> None:
    server.close()
    await host.close_all()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def _refusal(status: int, page: bytes) -> bytes:
    lines = [f"HTTP/1.1 {status} No", f"Content-Length: {len(page)}", "Connection: close", "", ""]
    return "\r\n".join(lines).encode() + page


@contextmanager
def store_on_a_way() -> Iterator[tuple[str, Host]]:
    """Serve an object store; give the URL of its bucket, and the way on which all reach it."""
    with object_store() as bucket, way_to(os.environ["AWS_ENDPOINT_URL"]) as host:
        # What fails is tried again by s3fs, too.
        leading = {"AWS_ENDPOINT_URL": host.url, "AWS_MAX_ATTEMPTS": "1"}
        with pytest.MonkeyPatch.context() as environment:
            for name, value in leading.items():
                environment.setenv(name, value)
            s3fs.S3FileSystem.clear_instance_cache()
            yield bucket, host


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close a connection the hard way, as a crashed peer does."""
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
