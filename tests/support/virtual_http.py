"""A virtual service at an address of this machine, for those who make their own clients."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from tests.support.virtual_service import VirtualService


@asynccontextmanager
async def serving(service: VirtualService) -> AsyncIterator[str]:
    """Serve on a free port of 127.0.0.1, and give the address; time passes as on its loop."""
    answers: list[asyncio.Task[None]] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = await _read(reader)
            writer.write(await _written(await service.handle_async_request(request)))
            await writer.drain()
        finally:
            writer.close()

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answers.append(asyncio.create_task(answer(reader, writer)))

    async with await asyncio.start_server(begin, "127.0.0.1", 0) as server:
        try:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        finally:
            for each in answers:
                each.cancel()
            await asyncio.gather(*answers, return_exceptions=True)


async def _read(reader: asyncio.StreamReader) -> httpx.Request:
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
    method, target, _ = first.split()
    headers = httpx.Headers(dict(line.split(": ", 1) for line in lines))
    content = await reader.readexactly(int(headers.get("content-length", 0)))
    return httpx.Request(method, f"http://127.0.0.1{target}", headers=headers, content=content)


async def _written(answer: httpx.Response) -> bytes:
    body = await answer.aread()
    told = httpx.Headers(
        {**answer.headers, "content-length": str(len(body)), "connection": "close"}
    )
    lines = [f"HTTP/1.1 {answer.status_code} told", *(f"{name}: {told[name]}" for name in told)]
    return "\r\n".join([*lines, "", ""]).encode() + body
