"""A proxy that makes of a service an older OPUS, which has its job lists under ``/uws/``."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.support.proxy import Fault, FaultProxy, serve_proxy


class OlderOpus(FaultProxy):
    """Answers 404 to ``/rest/``, and passes ``/uws/`` to it; attribute ``asked`` has the paths."""

    def __init__(self, upstream: str) -> None:
        super().__init__(upstream)
        self.asked: list[str] = []

    async def _answered(self, fault: Fault, head: bytes, body: bytes) -> bytes | None:
        path = head.split(b" ", 2)[1]
        self.asked.append(path.decode())
        if path.startswith(b"/rest/"):
            fault = Fault("status", status=404)
        elif path.startswith(b"/uws/"):
            head = head.replace(b" /uws/", b" /rest/", 1)
        answer = await super()._answered(fault, head, body)
        if answer is None:
            return None
        lines, separator, content = answer.partition(b"\r\n\r\n")
        return lines.replace(b"/rest/", b"/uws/") + separator + content


@asynccontextmanager
async def older_opus(upstream: str) -> AsyncIterator[OlderOpus]:
    """Serve it on a free port of 127.0.0.1."""
    async with serve_proxy(OlderOpus(upstream)) as proxy:
        yield proxy
