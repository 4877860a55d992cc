"""A server that says exactly the bytes it was told to, and notes what it was asked."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class RawServer:
    """Answers each path with the bytes given for it, then closes the connection."""

    def __init__(self) -> None:
        self.answers: dict[str, bytes] = {}
        self.requests: list[tuple[str, str]] = []
        self.bodies: list[tuple[str, bytes]] = []
        self.url = ""

    def add(self, path: str, body: bytes, *headers: str, status: str = "200 OK") -> str:
        """Answer a path with a body of the right length."""
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close"]
        return self.add_raw(path, "\r\n".join([*lines, *headers, "", ""]).encode() + body)

    def add_raw(self, path: str, answer: bytes) -> str:
        """Answer a path with these bytes."""
        self.answers[path] = answer
        return f"{self.url}{path}"

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        path = head.split(" ", 2)[1]
        if length := re.search(r"(?im)^content-length: (\d+)", head):
            # What is not read would break the connection before the answer has come.
            self.bodies.append((path, await reader.readexactly(int(length[1]))))
        self.requests.append((path, head))
        writer.write(self.answers[path])
        await writer.drain()
        writer.close()


@asynccontextmanager
async def raw_server(context: ssl.SSLContext | None = None) -> AsyncIterator[RawServer]:
    """Serve on a free port of 127.0.0.1, with TLS if there is a context for it."""
    raw = RawServer()
    answer = raw._answer  # noqa: SLF001 - its own module
    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    scheme = "http" if context is None else "https"
    raw.url = f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield raw
