"""Download results: streamed, verified, and under their final name only when they are whole."""

import asyncio
import hashlib
import posixpath
import re
from collections.abc import Awaitable, Callable, Iterable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import fsspec
from pydantic import BaseModel, ConfigDict

from prefect_expres.errors import (
    ChecksumMismatch,
    Interrupted,
    SizeMismatch,
    TooLarge,
    TransferError,
    Unreachable,
    UnsafeLocation,
    UnsafeName,
)
from prefect_expres.uws.answers import shown_url
from prefect_expres.uws.client import UWSClient
from prefect_expres.uws.http import backoff, body_of
from prefect_expres.uws.models import ResultRef

RESULT_LIMIT = 8 * 2**30
ATTEMPTS = 4
_BLOCK = 2**20
_SAFE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_. +@=,()\-]{0,199}", re.ASCII)
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
_ALGORITHMS = {32: "md5", 40: "sha1", 56: "sha224", 64: "sha256", 96: "sha384", 128: "sha512"}

Counter = Callable[[str, int, int | None], Awaitable[None]]


class StoredFile(BaseModel):
    """A file that arrived whole: its name, where it is, its size in bytes and its hashes.

    ``verified`` says that the service announced a hash, and that it is the file's.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    url: str
    size: int
    sha256: str
    service_hash: str | None = None
    verified: bool = False


def file_names(results: Iterable[ResultRef], taken: Iterable[str] = ()) -> dict[str, ResultRef]:
    """Give each result the file name it is stored under.

    OPUS uses the file name as the id of a result that it found by a pattern, else the role, and
    puts the entity's id before the file name in ``name``.

    Args:
        results: The results of one job.
        taken: Names that are in use already.

    Raises:
        UnsafeName: A name could leave the folder, or two differ only in case.
    """
    names: dict[str, ResultRef] = {}
    used = {name.casefold() for name in taken}
    for result in results:
        name = safe_name(_plain_name(result))
        if name.casefold() in used:
            msg = f"The result {name!r} would overwrite another file of the same name"
            raise UnsafeName(msg, name)
        used.add(name.casefold())
        names[name] = result
    return names


def safe_name(name: str) -> str:
    """Give back a file name that is safe on every file system.

    Raises:
        UnsafeName: It is not.
    """
    unsafe = (
        not _SAFE_NAME.fullmatch(name)
        or ".." in name
        or name[-1] in ". "
        or name.lower().endswith(".part")
        or _RESERVED.fullmatch(name)
    )
    if unsafe:
        msg = f"The service gives a result the unsafe name {name[:80]!r}; it is not downloaded"
        raise UnsafeName(msg, name[:200])
    return name


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

    The bytes go to ``name.part``, are counted and hashed on the way, and get the final name when
    size and hash are right; else nothing is left.

    Args:
        client: The client of the job's list.
        result: The result.
        target: The folder: a path or any fsspec URL.
        name: The file name, from `file_names`.
        limit: Largest size in bytes, declared or real.
        on_bytes: Is told the name, the bytes so far, and the bytes expected.

    Raises:
        TransferError: The file did not arrive whole, or may not be fetched.
        ServiceError: The service refused, or could not be reached.
    """
    if not result.href:
        msg = f"The result {name!r} has no location"
        raise UnsafeLocation(msg, name)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return await _attempt(client, result, target, name, limit, on_bytes)
        except (TransferError, Unreachable) as fault:
            if not fault.retryable or attempt == ATTEMPTS:
                raise
            await client.clock.sleep(backoff(attempt, getattr(fault, "retry_after", None)))
    raise AssertionError  # pragma: no cover - the loop returns or raises


async def write_whole(target: str, name: str, content: bytes) -> StoredFile:
    """Write a small file into a folder; it has its final name only when it is whole."""
    sink = await _Sink.open(target, name)
    try:
        await sink.write(content)
        return await sink.keep(None)
    except BaseException:
        await sink.drop()
        raise


async def _attempt(
    client: UWSClient,
    result: ResultRef,
    target: str,
    name: str,
    limit: int,
    on_bytes: Counter | None,
) -> StoredFile:
    url = result.href or ""
    sink = await _Sink.open(target, name, result.hash)
    try:
        try:
            async with client.http.stream("GET", url) as response:
                encoded = "content-encoding" in response.headers
                declared = None if encoded else _number(response.headers.get("content-length"))
                async for chunk in body_of(response, limit, url):
                    await sink.write(chunk)
                    if on_bytes is not None:
                        await on_bytes(name, sink.size, declared or result.size)
        except Unreachable as fault:
            if not sink.size:
                raise
            msg = f"The download of {name} stopped after {sink.size} bytes: {fault}"
            raise Interrupted(msg, name, shown_url(url)) from None
        except (UnsafeLocation, TooLarge) as fault:
            raise type(fault)(f"{name}: {fault}", name, fault.url) from None
        for expected in (declared, result.size):
            if expected is not None and expected != sink.size:
                msg = f"{name} has {sink.size} bytes; {expected} were announced"
                raise SizeMismatch(msg, name, shown_url(url))
        return await sink.keep(result.hash)
    except BaseException:
        await sink.drop()
        raise


class _Sink:
    """A file being written, under a name that says that it is not whole."""

    def __init__(self, system: Any, path: str, name: str, announced: str | None) -> None:
        self._system = system
        self._final = path
        self._part = f"{path}.part"
        self._name = name
        self._buffer = bytearray()
        self._sha256 = hashlib.sha256()
        self._announced = _announced_hash(announced)
        self._file: Any = None
        self.size = 0

    @classmethod
    async def open(cls, target: str, name: str, announced: str | None = None) -> "_Sink":
        """Make the folder and open the partial file in it."""

        def opened() -> "_Sink":
            system, folder = fsspec.core.url_to_fs(target)
            system.makedirs(folder, exist_ok=True)
            sink = cls(system, posixpath.join(folder, name), name, announced)
            sink._file = system.open(sink._part, "wb")
            return sink

        return await asyncio.to_thread(opened)

    async def write(self, chunk: bytes) -> None:
        """Count, hash and write bytes."""
        self.size += len(chunk)
        self._sha256.update(chunk)
        if self._announced is not None:
            self._announced.update(chunk)
        self._buffer += chunk
        if len(self._buffer) >= _BLOCK:
            await self._flush()

    async def keep(self, expected: str | None) -> StoredFile:
        """Compare the hash and give the file its final name.

        Raises:
            ChecksumMismatch: The bytes have another hash than ``expected``.
        """
        verified = self._announced is not None and expected is not None
        if self._announced is not None and expected is not None:
            found = self._announced.hexdigest()
            if found != expected.strip().lower():
                msg = f"{self._name} has the hash {found}; {expected} was announced"
                raise ChecksumMismatch(msg, self._name)
        await self._flush()
        await asyncio.to_thread(self._finish)
        return StoredFile(
            name=self._name,
            url=self._system.unstrip_protocol(self._final),
            size=self.size,
            sha256=self._sha256.hexdigest(),
            service_hash=expected,
            verified=verified,
        )

    async def drop(self) -> None:
        """Leave nothing behind."""
        await asyncio.to_thread(self._discard)

    async def _flush(self) -> None:
        block, self._buffer = bytes(self._buffer), bytearray()
        await asyncio.to_thread(self._file.write, block)

    def _finish(self) -> None:
        self._file.close()
        self._system.mv(self._part, self._final)

    def _discard(self) -> None:
        if not self._file.closed:
            self._file.close()
        if self._system.exists(self._part):
            self._system.rm_file(self._part)


def _plain_name(result: ResultRef) -> str:
    entity = parse_qs(urlsplit(result.href or "").query).get("ID", [""])[0]
    if result.name and "." not in result.id and entity:
        return result.name.removeprefix(f"{entity}_")
    return result.id


def _announced_hash(announced: str | None) -> Any:
    """Start the hash that was announced; its length says which one it is."""
    text = (announced or "").strip()
    algorithm = _ALGORITHMS.get(len(text)) if re.fullmatch("[0-9A-Fa-f]+", text) else None
    return hashlib.new(algorithm, usedforsecurity=False) if algorithm else None


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() else None
