"""Limits on how slowly a service may answer, for the parts that no timeout of httpx bounds.

A timeout between two bytes is never reached by a service that sends one from time to time: headers
that drip, one ``100 Continue`` after the other, a body of one byte in five seconds. So there is a
deadline for status and headers, and a lowest rate for bodies.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterable, AsyncIterator, Mapping
from typing import Any

import httpx

LOWEST_RATE = 1000.0
"""Bytes a second that a body must have on average, after a first time of grace."""


@contextlib.asynccontextmanager
async def answered_within(request: httpx.Request, seconds: float) -> AsyncIterator[None]:
    """Bound the time until status and headers are there; to wait for a free connection is free.

    Raises:
        httpx.ReadTimeout: They are not.
    """
    begun = False
    try:
        async with asyncio.timeout(None) as limit:

            async def begin(event: str, facts: Mapping[str, Any]) -> None:
                nonlocal begun
                if not begun:
                    begun = True
                    limit.reschedule(asyncio.get_running_loop().time() + seconds)

            request.extensions["trace"] = begin
            yield
    except TimeoutError:
        msg = f"no whole answer in {seconds:.0f} s"
        raise httpx.ReadTimeout(msg) from None


class PacedStream(httpx.AsyncByteStream):
    """A body that must come at a lowest rate; the time that its reader takes does not count.

    Args:
        stream: The body.
        rate: Bytes a second.
        grace: Seconds that it may take in addition.
    """

    def __init__(self, stream: AsyncIterable[bytes], rate: float, grace: float) -> None:
        self._stream = stream
        self._rate = rate
        self._grace = grace

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Give the chunks.

        Raises:
            httpx.ReadTimeout: The body comes too slowly.
        """
        loop = asyncio.get_running_loop()
        received, waited = 0, 0.0
        chunks = aiter(self._stream)
        while True:
            began = loop.time()
            try:
                async with asyncio.timeout(self._grace + received / self._rate - waited):
                    chunk = await anext(chunks)
            except StopAsyncIteration:
                return
            except TimeoutError:
                msg = f"less than {self._rate:.0f} bytes a second"
                raise httpx.ReadTimeout(msg) from None
            waited += loop.time() - began
            received += len(chunk)
            yield chunk

    async def aclose(self) -> None:
        """Close the body."""
        if isinstance(self._stream, httpx.AsyncByteStream):
            await self._stream.aclose()
