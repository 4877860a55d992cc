"""A server of one large file, made as it is sent: it cuts, ignores ranges and changes as told."""

import asyncio
import hashlib
import random
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

# A prime, so that bytes from another place are other bytes.
_PERIOD = 1_000_003
_CHUNK = 1 << 18


@dataclass
class LargeFile:
    """What the server has, and how it behaves.

    ``cuts`` are places in the file where the next answers break off, one each; ``etags`` are the
    entity tags of the next answers, the last one of all others; ``shift`` moves the beginning of
    partial answers.
    """

    size: int
    cuts: list[int] = field(default_factory=list)
    etags: list[str | None] = field(default_factory=lambda: ['"one"'])
    ranges: bool = True
    shift: int = 0
    seed: int = 1
    sent: int = 0
    asked: list[str | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        block = random.Random(self.seed).randbytes(_PERIOD)
        self._twice = block + block

    def content(self, start: int, end: int) -> Iterator[bytes]:
        """Give the bytes from start to end in chunks."""
        while start < end:
            length = min(_CHUNK, end - start)
            place = start % _PERIOD
            yield self._twice[place : place + length]
            start += length

    def hash(self, algorithm: str = "sha1") -> str:
        """Give the hash of the whole file."""
        digest = hashlib.new(algorithm)
        for chunk in self.content(0, self.size):
            digest.update(chunk)
        return digest.hexdigest()

    async def answer(self, head: str, writer: asyncio.StreamWriter) -> None:
        """Answer a request, whole or partial, as far as the next cut."""
        wanted = re.search(r"(?im)^range: bytes=(\d+)-", head)
        condition = re.search(r"(?im)^if-range: (.+?)\r?$", head)
        self.asked.append(wanted[1] if wanted else None)
        etag = self.etags.pop(0) if len(self.etags) > 1 else self.etags[0]
        partial = wanted is not None and self.ranges and (condition is None or condition[1] == etag)
        start = int(wanted[1]) + self.shift if partial and wanted else 0
        if partial and start >= self.size:
            writer.write(b"HTTP/1.1 416 Range Not Satisfiable\r\nContent-Length: 0\r\n\r\n")
            return
        lines = ["HTTP/1.1 " + ("206 Partial Content" if partial else "200 OK")]
        lines += [f"Content-Length: {self.size - start}", "Connection: close"]
        lines += [f"ETag: {etag}"] if etag else []
        lines += [f"Content-Range: bytes {start}-{self.size - 1}/{self.size}"] if partial else []
        writer.write("\r\n".join([*lines, "", ""]).encode())
        end = self.cuts.pop(0) if self.cuts else self.size
        for chunk in self.content(start, end):
            writer.write(chunk)
            self.sent += len(chunk)
            await writer.drain()


@asynccontextmanager
async def serving(file: LargeFile) -> AsyncIterator[str]:
    """Serve the file on a free port of 127.0.0.1; give the address of its directory."""

    async def serve_one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            await file.answer(head, writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        writer.close()

    server = await asyncio.start_server(serve_one, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
