"""A server that never ends: it sends something, and then a little more from time to time."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

PAUSE = 0.05


@asynccontextmanager
async def drip_server(first: bytes, drop: bytes, drops: int | None = None) -> AsyncIterator[str]:
    """Serve on a free port of 127.0.0.1, and give the URL.

    Args:
        first: What is sent at once.
        drop: What is sent again and again, after pauses of `PAUSE` seconds.
        drops: How often; None for ever.
    """
    over = asyncio.Event()
    answers: set[asyncio.Task[None] | None] = set()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answers.add(asyncio.current_task())
        await reader.readuntil(b"\r\n\r\n")
        writer.write(first)
        with contextlib.suppress(ConnectionError):
            for _ in itertools.count() if drops is None else range(drops):
                await asyncio.sleep(PAUSE)
                if over.is_set():
                    break
                writer.write(drop)
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        over.set()
        await asyncio.gather(*(task for task in answers if task))
