"""A proxy that does to HTTP what networks and gateways do: it delays, cuts, loses and lies.

It stands between a client and a service, passes one exchange a connection, and does to each the
next fault of its schedule; when the schedule is over, it passes everything.
"""

import asyncio
import contextlib
import socket
import struct
from collections import Counter
from collections.abc import AsyncIterator, Container, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Literal, TypeVar
from urllib.parse import urlsplit

Kind = Literal[
    "pass", "delay", "late", "reset", "lost", "cut", "status", "lost status", "stale", "not yet"
]
_REASONS = {
    400: "Bad Request",
    401: "Unauthorized",
    404: "Not Found",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


@dataclass(frozen=True)
class Fault:
    """What happens to one exchange.

    ``delay``: it is passed after so many seconds. ``late``: the request arrives after so many
    seconds, its answer never. ``reset``: the connection is reset before the request arrives.
    ``lost``: it is reset after the request has arrived. ``cut``: it is reset in the answer, after
    ``part`` of its bytes. ``status``: an error comes in place of the service. ``lost status``: an
    error comes in place of the answer. ``stale``: an earlier answer to the same GET comes again.
    ``not yet``: a GET of something new, but not of the job list, is answered 404.
    """

    kind: Kind
    seconds: float = 0.0
    part: float = 0.5
    status: int = 503
    retry_after: int | None = None


PASS = Fault("pass")
P = TypeVar("P", bound="FaultProxy")


class FaultProxy:
    """Passes exchanges to a service with the faults of a schedule.

    Args:
        upstream: The service's address.
        schedule: What happens to the first exchanges, in their order.
    """

    def __init__(self, upstream: str, schedule: Iterable[Fault] = ()) -> None:
        parts = urlsplit(upstream)
        assert parts.hostname is not None
        self._upstream = (parts.hostname, parts.port or 80)
        self._schedule = iter(schedule)
        self._answers: dict[bytes, bytes] = {}
        self._exchanges: set[asyncio.Task[None]] = set()
        self.injected: Counter[str] = Counter()
        self.received = bytearray()
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass one exchange; a client that goes away takes nothing along."""
        exchange = asyncio.create_task(self._serve_one(reader, writer))
        self._exchanges.add(exchange)
        await asyncio.wait({exchange})

    async def _serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass one exchange, with the next fault."""
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            body = await reader.readexactly(_length(head))
            fault = next(self._schedule, PASS)
            self.injected[fault.kind] += 1
            self.received += head
            answer = await self._answered(fault, head, body)
            if answer is None:
                _reset(writer)
                return
            if fault.kind == "cut":
                writer.write(answer[: int(len(answer) * fault.part)])
                await writer.drain()
                _reset(writer)
                return
            writer.write(answer)
            await writer.drain()
        with contextlib.suppress(OSError):
            writer.close()

    async def _answered(self, fault: Fault, head: bytes, body: bytes) -> bytes | None:
        """Give the answer that the client is to see; None for none."""
        request_line = head.split(b"\r\n", 1)[0]
        instead = self._instead_of_asking(fault, request_line)
        if fault.kind == "reset" or instead is not None:
            return instead
        if fault.kind in {"delay", "late"}:
            await asyncio.sleep(fault.seconds)
        answer = await self._passed(head, body)
        if request_line.startswith(b"GET "):
            self._answers[request_line] = answer
        if fault.kind in {"late", "lost"}:
            return None
        return _error(fault) if fault.kind == "lost status" else answer

    def _instead_of_asking(self, fault: Fault, request_line: bytes) -> bytes | None:
        """Give the answer that comes in place of the service's, if one does."""
        if fault.kind == "status":
            return _error(fault)
        if not request_line.startswith(b"GET "):
            return None
        if fault.kind == "stale":
            return self._answers.get(request_line)
        if fault.kind == "not yet" and _is_new(request_line, self._answers):
            return _error(Fault("status", status=404))
        return None

    async def _passed(self, head: bytes, body: bytes) -> bytes:
        reader, writer = await asyncio.open_connection(*self._upstream)
        lines = [
            line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")
        ]
        writer.write(b"\r\n".join([lines[0], b"Connection: close", *lines[1:]]) + body)
        await writer.drain()
        answer = await reader.read()
        writer.close()
        return answer

    async def settle(self) -> None:
        """Wait until what is under way has arrived."""
        if self._exchanges:
            await asyncio.wait(self._exchanges)


@asynccontextmanager
async def fault_proxy(upstream: str, schedule: Iterable[Fault] = ()) -> AsyncIterator[FaultProxy]:
    """Serve a proxy on a free port of 127.0.0.1."""
    async with serve_proxy(FaultProxy(upstream, schedule)) as proxy:
        yield proxy


@asynccontextmanager
async def serve_proxy(proxy: P) -> AsyncIterator[P]:
    """Serve a proxy of any kind on a free port of 127.0.0.1."""
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield proxy
    finally:
        server.close()
        await proxy.settle()


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


def _is_new(request_line: bytes, answers: Container[bytes]) -> bool:
    path = request_line.split(b" ")[1].partition(b"?")[0]
    return path.strip(b"/").count(b"/") != 1 and request_line not in answers


def _error(fault: Fault) -> bytes:
    reason = _REASONS[fault.status]
    page = f"<html><body><h1>{fault.status} {reason}</h1></body></html>"
    wait = [] if fault.retry_after is None else [f"Retry-After: {fault.retry_after}"]
    lines = [f"HTTP/1.1 {fault.status} {reason}", "Content-Type: text/html", *wait]
    lines += [f"Content-Length: {len(page)}", "Connection: close", "", page]
    return "\r\n".join(lines).encode()


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close a connection the hard way, as a crashed peer does."""
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
