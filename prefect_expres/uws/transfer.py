"""Download results: streamed, resumed where they were cut, verified, and kept only if whole."""

import contextlib
import itertools
import re
from collections.abc import Awaitable, Callable
from typing import NoReturn, Protocol

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
from prefect_expres.net.clock import Clock
from prefect_expres.net.retry import backoff
from prefect_expres.net.url import shown_url
from prefect_expres.storage.atomic import Part, StoredFile
from prefect_expres.uws.http import Http
from prefect_expres.uws.models import ResultRef
from prefect_expres.uws.pages import refuse_page_as
from prefect_expres.uws.text import whole_number

RESULT_LIMIT = 8 * 2**30
TRIES_WITHOUT_PROGRESS = 6
MOST_TRIES = 60
TRIES_WHILE_NOT_FOUND = 3
_PARTIAL = 206
_NOT_SATISFIABLE = 416
_PACKED_NAMES = (".gz", ".tgz")
_CONTENT_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)", re.ASCII)

Counter = Callable[[str, int, int | None], Awaitable[None]]


class DownloadClient(Protocol):
    """What a download needs of a client; `UWSClient` has it."""

    clock: Clock
    http: Http

    async def results(self, job_id: str) -> tuple[ResultRef, ...]:
        """Read the results of a job, with their present URLs; there are none where no jobs are."""
        return ()


async def download(
    client: DownloadClient,
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
    that bring more bytes do not count as failed. If the same bytes come twice and are not what was
    announced, they are not asked for again. A location that is refused may have expired: then the
    list of results tells the new one.

    Args:
        client: Sends the requests, and knows which hosts may be asked.
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
        client: DownloadClient,
        result: ResultRef,
        part: Part,
        limit: int,
        on_bytes: Counter | None,
    ) -> None:
        self._client = client
        self._result = result
        self._url = result.href or ""
        self._announced_size = result.size
        self._media_type = result.mime_type
        self._part = part
        self._limit = limit
        self._on_bytes = on_bytes
        self._may_have_expired = True
        self._ranges = True
        self._etag = ""
        self._unpack: bool | None = None
        self._packed = False
        self._wrong: set[str] = set()

    @property
    def _shown(self) -> str:
        return shown_url(self._url)

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
                if attempt < MOST_TRIES and await self._has_moved(fault):
                    continue
                if attempt == MOST_TRIES or not _may_help(fault, without_progress):
                    raise
                if isinstance(fault, SizeMismatch | ChecksumMismatch):
                    await self._begin_again(fault)
                pause = backoff(without_progress + 1, getattr(fault, "retry_after", None))
                await self._client.clock.sleep(pause)
        raise AssertionError  # pragma: no cover - the loop returns or raises

    async def _has_moved(self, fault: Exception) -> bool:
        """Look where a result is now that is refused: the URLs of object stores hold for minutes.

        This is done once for each location, and again only after an answer of the new one.
        """
        job_id = self._result.job_id
        refused = isinstance(fault, RequestRejected) and self._may_have_expired
        if not refused or job_id is None:
            return False
        self._may_have_expired = False
        with contextlib.suppress(ServiceError):
            now = [each.href or "" for each in await self._client.results(job_id) if self._is(each)]
            # Several differ in their queries for another reason.
            if len(now) == 1 and now[0] != self._url:
                self._url = now[0]
                return True
        return False

    def _is(self, listed: ResultRef) -> bool:
        """Say whether this is the same result; its URL may have another query."""
        path, _, _ = (listed.href or "").partition("?")
        return listed.id == self._result.id and path == self._url.partition("?")[0]

    async def _begin_again(self, fault: SizeMismatch | ChecksumMismatch) -> None:
        """Drop a part that is not what was announced; if it came twice, that is wrong."""
        came = await self._part.digest()
        if self._packed:
            # The size and the hash may be those of the other form.
            self._unpack = not self._unpack
        if came in self._wrong:
            msg = (
                f"{fault}, but the same {self._part.size} bytes came twice: what the service "
                "announces is wrong. The file is not kept; ask the operator of the service"
            )
            raise type(fault)(msg, self._part.name, self._shown)
        self._wrong.add(came)
        await self._part.restart()

    async def _try(self) -> StoredFile:
        headers = await self._range_headers()
        try:
            async with self._client.http.stream("GET", self._url, headers=headers) as response:
                expected = await self._continued(response)
                left = self._limit - self._part.size
                body = body_of(response, left, self._url, unpack=bool(self._unpack))
                async for chunk in body:
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
                self._give_up_ranges("the service has no bytes after those")
            raise
        self._check_size(expected)
        return await self._part.keep()

    async def _range_headers(self) -> dict[str, str]:
        """Ask for the rest of a part, if it can be checked that it belongs to the same file."""
        if not self._part.size:
            return {}
        strong = self._etag.startswith('"')
        if not self._ranges or not (strong or self._part.checkable):
            await self._part.restart()
            return {}
        condition = {"If-Range": self._etag} if strong else {}
        return {"Range": f"bytes={self._part.size}-"} | condition

    async def _continued(self, response: httpx.Response) -> int | None:
        """Check where the answer begins, and give the size of the whole file if it is known.

        If the answer holds the whole file, though the rest was asked for, the part begins again.
        """
        self._may_have_expired = True
        self._look_at_encoding(response)
        etag = response.headers.get("etag", "")
        if response.status_code == _PARTIAL:
            found = _CONTENT_RANGE.fullmatch(response.headers.get("content-range", ""))
            if self._packed or found is None or int(found[1]) != self._part.size:
                self._give_up_ranges("the service answered with another range")
            if self._part.size and not self._is_of_the_same_file(etag):
                self._give_up_ranges("the file has changed on the service")
            self._etag = etag
            return None if found[2] == "*" else int(found[2])
        if self._part.size:
            await self._part.restart()
        self._etag = etag
        unpacked = self._packed and self._unpack
        return None if unpacked else whole_number(response.headers.get("content-length"))

    def _look_at_encoding(self, response: httpx.Response) -> None:
        """Decide whether a packed answer is to be unpacked, which was not asked for.

        Some servers send a file that is packed itself with ``Content-Encoding``, since its name
        says so. Then the announced size, or else the name, tells that it is meant as it is; what
        the announced hash says is seen when all bytes are there.
        """
        encoding = response.headers.get("content-encoding", "").lower()
        self._packed = encoding not in {"", "identity"}
        self._ranges = self._ranges and not self._packed
        if self._packed and self._unpack is None:
            length = whole_number(response.headers.get("content-length"))
            meant = length is not None and length == self._announced_size
            named = self._part.name.lower().endswith(_PACKED_NAMES)
            self._unpack = not (meant or named)

    def _is_of_the_same_file(self, etag: str) -> bool:
        """Say whether a rest may follow what is there.

        Two entity tags must be the same, also where the service did not heed the condition. An
        announced hash will tell if one of them is missing.
        """
        if etag and self._etag:
            return etag == self._etag
        return self._part.checkable

    def _give_up_ranges(self, why: str) -> NoReturn:
        self._ranges = False
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
    may_differ = isinstance(fault, SizeMismatch | ChecksumMismatch)
    return (fault.retryable or may_differ) and without_progress < TRIES_WITHOUT_PROGRESS
