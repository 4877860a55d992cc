"""Download results: streamed, resumed where they were cut, verified, and kept only if whole."""

import itertools
import re
from collections.abc import Awaitable, Callable
from typing import NoReturn

import httpx

from prefect_expres.errors import (
    ChecksumMismatch,
    Interrupted,
    JobNotFound,
    RequestRejected,
    ServiceError,
    SizeMismatch,
    TooLarge,
    TransferError,
    Unreachable,
    UnsafeLocation,
)
from prefect_expres.net.body import body_of
from prefect_expres.net.retry import backoff
from prefect_expres.net.url import shown_url
from prefect_expres.storage.atomic import Part, StoredFile
from prefect_expres.uws.client import UWSClient
from prefect_expres.uws.models import ResultRef
from prefect_expres.uws.pages import refuse_page_as
from prefect_expres.uws.text import whole_number

RESULT_LIMIT = 8 * 2**30
TRIES_WITHOUT_PROGRESS = 6
MOST_TRIES = 60
TRIES_WHILE_NOT_FOUND = 3
_PARTIAL = 206
_NOT_SATISFIABLE = 416
_CONTENT_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)", re.ASCII)

Counter = Callable[[str, int, int | None], Awaitable[None]]


async def download(
    client: UWSClient,
    result: ResultRef,
    target: str,
    *,
    name: str,
    limit: int = RESULT_LIMIT,
    on_bytes: Counter | None = None,
) -> StoredFile:
    """Download one result into a folder.

    The bytes are written to a part, which gets its final name when size and hash are right; if
    they are wrong, nothing is left. A download that is cut continues where it ended, if an entity
    tag or an announced hash shows that the rest belongs to the same file. One that was cancelled,
    or whose process was killed, is continued by the next download if a hash was announced. Tries
    that bring more bytes do not count as failed.

    Args:
        client: The client of the job's list.
        result: The result.
        target: The folder: a path or any fsspec URL.
        name: The file name, from `file_names`.
        limit: Largest size in bytes, declared or real.
        on_bytes: Is called with the name, the bytes so far, and the bytes expected.

    Raises:
        TransferError: The file did not arrive whole, or may not be fetched.
        ServiceError: The service refused, or could not be reached.
    """
    if not result.href:
        msg = f"The result {name!r} has no location"
        raise UnsafeLocation(msg, name)
    part = await Part.open(target, name, result.hash)
    try:
        return await _Download(client, result, part, limit, on_bytes).run()
    except Exception:
        await part.drop()
        raise
    except BaseException:
        await part.leave()
        raise


class _Download:
    """The download of one result into a part."""

    def __init__(
        self,
        client: UWSClient,
        result: ResultRef,
        part: Part,
        limit: int,
        on_bytes: Counter | None,
    ) -> None:
        self._client = client
        self._url = result.href or ""
        self._shown = shown_url(self._url)
        self._announced_size = result.size
        self._media_type = result.mime_type
        self._part = part
        self._limit = limit
        self._on_bytes = on_bytes
        self._etag: str | None = None
        self._ranges = True

    async def run(self) -> StoredFile:
        """Try until the file is whole, or until several tries in a row brought no more bytes."""
        if await self._part.is_whole():
            return await self._part.keep()
        without_progress, longest = 0, self._part.size
        for attempt in itertools.count(1):
            try:
                return await self._try()
            except (TransferError, ServiceError) as fault:
                without_progress = 0 if self._part.size > longest else without_progress + 1
                longest = max(longest, self._part.size)
                if attempt == MOST_TRIES or not _may_help(fault, without_progress):
                    raise
                if isinstance(fault, SizeMismatch | ChecksumMismatch):
                    await self._part.restart()
                pause = backoff(without_progress + 1, getattr(fault, "retry_after", None))
                await self._client.clock.sleep(pause)
        raise AssertionError  # pragma: no cover - the loop returns or raises

    async def _try(self) -> StoredFile:
        headers = await self._range_headers()
        try:
            async with self._client.http.stream("GET", self._url, headers=headers) as response:
                expected = await self._continued(response)
                left = self._limit - self._part.size
                async for chunk in body_of(response, left, self._url):
                    if not self._part.size and self._media_type:
                        refuse_page_as(self._media_type, chunk)
                    await self._part.write(chunk)
                    if self._on_bytes is not None:
                        total = expected or self._announced_size
                        await self._on_bytes(self._part.name, self._part.size, total)
        except Unreachable as fault:
            if not self._part.size:
                raise
            msg = f"{self._part.name} stopped after {self._part.size} bytes: {fault}"
            raise Interrupted(msg, self._part.name, self._shown) from None
        except (UnsafeLocation, TooLarge) as fault:
            msg = f"{self._part.name}: {fault}"
            raise type(fault)(msg, self._part.name, fault.url) from None
        except RequestRejected as fault:
            if fault.status == _NOT_SATISFIABLE and self._part.size:
                await self._give_up_ranges("the service has no bytes after those")
            raise
        self._check_size(expected)
        return await self._part.keep()

    async def _range_headers(self) -> dict[str, str]:
        """Ask for the rest of a part, if it can be checked that it belongs to the same file."""
        if not self._part.size:
            return {}
        if not self._ranges or not (self._etag or self._part.checkable):
            await self._part.restart()
            return {}
        condition = {"If-Range": self._etag} if self._etag else {}
        return {"Range": f"bytes={self._part.size}-"} | condition

    async def _continued(self, response: httpx.Response) -> int | None:
        """Check where the answer begins, and give the size of the whole file if it is known.

        If the answer holds the whole file, though the rest was asked for, the part begins again.
        """
        encoded = "content-encoding" in response.headers
        self._ranges = self._ranges and not encoded
        etag = response.headers.get("etag", "")
        if response.status_code == _PARTIAL:
            found = _CONTENT_RANGE.fullmatch(response.headers.get("content-range", ""))
            if encoded or found is None or int(found[1]) != self._part.size:
                await self._give_up_ranges("the service answered with another range")
            return None if found[2] == "*" else int(found[2])
        if self._part.size:
            await self._part.restart()
        self._etag = etag if etag.startswith('"') else None
        return None if encoded else whole_number(response.headers.get("content-length"))

    async def _give_up_ranges(self, why: str) -> NoReturn:
        self._ranges = False
        await self._part.restart()
        msg = f"{self._part.name} cannot be resumed: {why}; it begins again"
        raise Interrupted(msg, self._part.name, self._shown)

    def _check_size(self, declared: int | None) -> None:
        if declared is not None and self._part.size < declared:
            msg = f"{self._part.name} stopped after {self._part.size} of {declared} bytes"
            raise Interrupted(msg, self._part.name, self._shown)
        for expected in (declared, self._announced_size):
            if expected is not None and expected != self._part.size:
                msg = f"{self._part.name} has {self._part.size} bytes; {expected} were announced"
                raise SizeMismatch(msg, self._part.name, self._shown)


def _may_help(fault: TransferError | ServiceError, without_progress: int) -> bool:
    """Say whether to try again after an error and so many tries in a row without more bytes."""
    if isinstance(fault, JobNotFound):
        # A result may be listed a moment before it can be fetched.
        return without_progress <= TRIES_WHILE_NOT_FOUND
    return fault.retryable and without_progress < TRIES_WITHOUT_PROGRESS
