"""A small HTTP server that replays recorded answers in order, and notes what it was asked."""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit


class Request(NamedTuple):
    """What was asked: method, path, query, headers by their lower-case names, and body."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


class ReplayServer:
    """Answers each path with the answers given for it; the last of them again and again."""

    def __init__(self) -> None:
        self.url = ""
        self.requests: list[Request] = []
        self.most_at_once = 0
        self._at_once = 0
        self._answers: defaultdict[str, list[bytes]] = defaultdict(list)

    def add(self, path: str, body: object, *headers: str, status: str = "200 OK") -> None:
        """Give the path one more answer: bytes, text, or what becomes JSON."""
        if not isinstance(body, bytes):
            body = (body if isinstance(body, str) else json.dumps(body)).encode()
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close"]
        self.add_raw(path, "\r\n".join([*lines, *headers, "", ""]).encode() + body)

    def add_raw(self, path: str, answer: bytes) -> None:
        """Give the path one more answer, as it goes over the wire."""
        self._answers[path].append(answer)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[:-2]
        method, target, _ = first.split(" ", 2)
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        url = urlsplit(target)
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        query = dict(parse_qsl(url.query))
        self.requests.append(Request(method, url.path, query, headers, body))
        answers = self._answers[url.path]
        await asyncio.sleep(0.01)  # so that another question, if one came, would overlap
        writer.write(answers.pop(0) if len(answers) > 1 else answers[0])
        self._at_once -= 1
        try:
            await writer.drain()
            writer.close()
            await writer.wait_closed()
        except ConnectionError:
            pass  # the client had read enough


@asynccontextmanager
async def replay_server() -> AsyncIterator[ReplayServer]:
    """Serve on a free port of 127.0.0.1."""
    replay = ReplayServer()
    server = await asyncio.start_server(replay._serve, "127.0.0.1", 0)  # noqa: SLF001 - of the same module
    replay.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield replay


def payload(request: Request) -> dict[str, Any]:
    """Read the JSON that was posted."""
    content: dict[str, Any] = json.loads(request.body)
    return content
