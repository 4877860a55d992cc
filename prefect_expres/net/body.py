"""Read the body of a response up to a limit, which counts bytes after decompression."""

import asyncio
import zlib
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx

from prefect_expres.errors import ProtocolError, TooLarge, Unreachable
from prefect_expres.net.url import shown_url

ERROR_PAGE_BYTES = 8192
PACKED = frozenset({"gzip", "x-gzip", "deflate"})
_BLOCK_BYTES = 1 << 16
_MEMBER = b"\x1f\x8b"
"""How a member of gzip begins."""


async def body_of(
    response: httpx.Response, limit: int, url: str, *, unpack: bool = True
) -> AsyncIterator[bytes]:
    """Read a body, at most ``limit`` bytes after decompression.

    Args:
        response: The open response.
        limit: Most bytes.
        url: Where it comes from, for errors.
        unpack: Whether a compressed body is decompressed, or left as it was sent.

    Raises:
        TooLarge: More bytes are declared or come.
        ProtocolError: The body has an encoding that was not asked for, or is not in the encoding
            that its header names.
        Unreachable: A compressed body ends early.
    """
    declared = response.headers.get("content-length", "")
    if declared.isascii() and declared.isdigit() and int(declared) > limit:
        msg = f"{shown_url(url)} announces {declared} bytes; the limit is {limit}"
        raise TooLarge(msg, "", shown_url(url))
    total = 0
    async for chunk in _decoded(response, limit, url) if unpack else response.aiter_raw():
        total += len(chunk)
        if total > limit:
            msg = f"{shown_url(url)} sends more than the limit of {limit} bytes"
            raise TooLarge(msg, "", shown_url(url))
        yield chunk


async def head_of(response: httpx.Response) -> AsyncIterator[bytes]:
    """Read the first `ERROR_PAGE_BYTES` of a body, without decompression."""
    left = ERROR_PAGE_BYTES
    async for chunk in response.aiter_raw():
        yield chunk[:left]
        left -= len(chunk)
        if left <= 0:
            return


async def _decoded(response: httpx.Response, limit: int, url: str) -> AsyncIterator[bytes]:
    encoding = response.headers.get("content-encoding", "identity").lower()
    if encoding in {"identity", ""}:
        async for chunk in response.aiter_raw():
            yield chunk
        return
    if encoding not in PACKED:
        msg = f"{shown_url(url)} sends content encoded as {encoding!r}, which was not asked for"
        raise ProtocolError(msg, shown_url(url))
    unpacker, packed = _Unpacker(), 0
    try:
        async for chunk in response.aiter_raw():
            packed += len(chunk)
            if packed > limit + _BLOCK_BYTES:
                # Packed data may hold nothing, for ever.
                msg = f"{shown_url(url)} sends more than the limit of {limit} bytes"
                raise TooLarge(msg, "", shown_url(url))
            for block in unpacker.unpacked(chunk):
                yield block
                await asyncio.sleep(0)
            if unpacker.ended:
                return
    except zlib.error:
        msg = f"{shown_url(url)} sends a body that is not the {encoding} it claims to be"
        raise ProtocolError(msg, shown_url(url)) from None
    if not unpacker.whole:
        msg = f"{shown_url(url)} ended in the middle of its compressed body"
        raise Unreachable(msg, shown_url(url))


class _Unpacker:
    """Unpacks gzip of any number of members, one after the other, or a single zlib stream.

    Attributes:
        whole: The last member that has begun has ended.
        ended: What follows the last member is no further one, and means nothing.
    """

    def __init__(self) -> None:
        self.whole = False
        self.ended = False
        self._member = _new_member()
        self._next = b""

    def unpacked(self, chunk: bytes) -> Iterator[bytes]:
        """Unpack the next bytes, in blocks."""
        while chunk:
            if self.whole:
                chunk = self._next + chunk
                if len(chunk) < len(_MEMBER):
                    self._next = chunk
                    return
                self._next = b""
                if not chunk.startswith(_MEMBER):
                    self.ended = True
                    return
                self.whole, self._member = False, _new_member()
            yield self._member.decompress(chunk, _BLOCK_BYTES)
            self.whole = self._member.eof
            chunk = self._member.unused_data if self.whole else self._member.unconsumed_tail


def _new_member() -> Any:
    return zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
