"""Read the body of a response up to a limit, which counts bytes after decompression."""

import zlib
from collections.abc import AsyncIterator

import httpx

from prefect_expres.errors import ProtocolError, TooLarge, Unreachable
from prefect_expres.net.url import shown_url

ERROR_PAGE_BYTES = 8192
_BLOCK_BYTES = 1 << 16


async def body_of(response: httpx.Response, limit: int, url: str) -> AsyncIterator[bytes]:
    """Read a body, at most ``limit`` bytes after decompression.

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
    async for chunk in _decoded(response, url):
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


async def _decoded(response: httpx.Response, url: str) -> AsyncIterator[bytes]:
    encoding = response.headers.get("content-encoding", "identity").lower()
    if encoding in {"identity", ""}:
        async for chunk in response.aiter_raw():
            yield chunk
        return
    if encoding not in {"gzip", "x-gzip", "deflate"}:
        msg = f"{shown_url(url)} sends content encoded as {encoding!r}, which was not asked for"
        raise ProtocolError(msg, shown_url(url))
    decompressor = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
    try:
        async for chunk in response.aiter_raw():
            compressed = chunk
            while compressed:
                yield decompressor.decompress(compressed, _BLOCK_BYTES)
                compressed = decompressor.unconsumed_tail
            if decompressor.eof:
                return
    except zlib.error:
        msg = f"{shown_url(url)} sends a body that is not the {encoding} it claims to be"
        raise ProtocolError(msg, shown_url(url)) from None
    msg = f"{shown_url(url)} ended in the middle of its compressed body"
    raise Unreachable(msg, shown_url(url))
