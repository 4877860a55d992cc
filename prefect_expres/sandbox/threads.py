"""The threads of a service: a request holds one until it is answered, also while it waits.

OPUS answers each request in a thread, and has as many as its web server gives it: 1 by itself, 5 in
the documented set-up. A WAIT holds its thread to the end, even if the client has gone, and a job
needs a thread to report that it has begun or ended.
"""

import asyncio
import contextlib
from contextlib import AbstractAsyncContextManager

from starlette.types import ASGIApp, Receive, Scope, Send


class Threads:
    """The threads; who finds none free is served in turn.

    Args:
        number: How many there are; None for as many as are asked for.
    """

    def __init__(self, number: int | None = None) -> None:
        self._free = asyncio.Semaphore(number) if number else None

    def one(self) -> AbstractAsyncContextManager[object]:
        """Hold a thread."""
        return self._free or contextlib.nullcontext()

    def around(self, app: ASGIApp) -> ASGIApp:
        """Let an application answer each request in a thread."""

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            async with self.one():
                await app(scope, receive, send)

        return answer
