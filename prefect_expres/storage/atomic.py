"""Files that have their final name only when they are whole, on any fsspec file system.

The bytes go to a part of its own for each writer, ``name.xxxxxxxx.part``: two that write the same
file do not touch each other's bytes, and the last rename wins with the same content. On a local
disk a writer holds a lock on its part, so that a part whose writer was killed is known by being
free, and is taken up where it ends.
"""

import asyncio
import contextlib
import hashlib
import os
import posixpath
import re
import secrets
from typing import Any

import fsspec
from fsspec.implementations.local import LocalFileSystem
from pydantic import BaseModel, ConfigDict

from prefect_expres.errors import ChecksumMismatch

try:
    import fcntl
except ImportError:  # Windows: no part is ever taken up there
    fcntl = None  # type: ignore[assignment]

_BLOCK = 2**22
"""Bytes hashed and stored at once, beside the reading; smaller ones wait for each other more."""
_ALGORITHMS = {32: "md5", 40: "sha1", 56: "sha224", 64: "sha256", 96: "sha384", 128: "sha512"}


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


async def write_whole(target: str, name: str, content: bytes) -> StoredFile:
    """Write a small file into a folder; it has its final name only when it is whole."""
    part = await Part.open(target, name)
    try:
        await part.write(content)
        return await part.keep()
    except BaseException:
        await part.drop()
        raise


async def find_whole(target: str, name: str, announced: str) -> StoredFile | None:
    """Give a file that is in a folder already, if it has the announced hash."""

    def found() -> StoredFile | None:
        system, folder = fsspec.core.url_to_fs(target)
        path = posixpath.join(folder, name)
        algorithm = _algorithm(announced)
        if algorithm is None or not system.isfile(path):
            return None
        hashes, size = _hashes(announced), 0
        with system.open(path, "rb") as file:
            while block := file.read(_BLOCK):
                size += len(block)
                for digest in hashes.values():
                    digest.update(block)
        if hashes[algorithm].hexdigest() != announced.strip().lower():
            return None
        return StoredFile(
            name=name,
            url=system.unstrip_protocol(path),
            size=size,
            sha256=hashes["sha256"].hexdigest(),
            service_hash=announced,
            verified=True,
        )

    return await asyncio.to_thread(found)


class Part:
    """A file being written, under a name that says that it is not whole.

    Args:
        system: The fsspec file system.
        folder: The folder's path in it.
        name: The final name.
        announced: The hash that the file should have, in hexadecimal, if one is known.
    """

    def __init__(self, system: Any, folder: str, name: str, announced: str | None) -> None:
        self.name = name
        self.size = 0
        self._system = system
        self._final = posixpath.join(folder, name)
        self._announced = announced if _algorithm(announced) else None
        self._path = ""
        self._file: Any = None
        self._locked = False
        self._buffer = bytearray()
        self._storing: asyncio.Task[None] | None = None
        self._hashes: dict[str, Any] = {}

    @classmethod
    async def open(cls, target: str, name: str, announced: str | None = None) -> "Part":
        """Make the folder and open a part in it.

        A free part of an earlier writer is taken up if the announced hash will tell in the end
        whether its bytes were right; else it is removed.
        """

        def opened() -> "Part":
            system, folder = fsspec.core.url_to_fs(target)
            system.makedirs(folder, exist_ok=True)
            part = cls(system, folder, name, announced)
            if not part._take_up():
                part._begin()
            return part

        return await asyncio.to_thread(opened)

    @property
    def checkable(self) -> bool:
        """A hash was announced that will tell whether all bytes are right."""
        return self._announced is not None

    async def write(self, chunk: bytes) -> None:
        """Take bytes; whole blocks are hashed and stored while the next ones come."""
        self.size += len(chunk)
        self._buffer += chunk
        if len(self._buffer) >= _BLOCK:
            await self._flush()

    async def restart(self) -> None:
        """Begin anew with an empty part."""
        await self._stored()
        self._buffer.clear()
        self.size = 0

        def renew() -> None:
            self._discard()
            self._begin()

        await asyncio.to_thread(renew)

    async def is_whole(self) -> bool:
        """Say whether the bytes that are there have the announced hash."""
        await self._flush()
        await self._stored()
        return self._hash_is_right()

    async def keep(self) -> StoredFile:
        """Compare the hash and give the file its final name.

        Raises:
            ChecksumMismatch: The bytes do not have the announced hash.
        """
        await self._flush()
        await self._stored()
        if self._announced is not None and not self._hash_is_right():
            msg = f"{self.name} has another hash than {self._announced}, which was announced"
            raise ChecksumMismatch(msg, self.name)
        await asyncio.to_thread(self._finish)
        return StoredFile(
            name=self.name,
            url=self._system.unstrip_protocol(self._final),
            size=self.size,
            sha256=self._hashes["sha256"].hexdigest(),
            service_hash=self._announced,
            verified=self._announced is not None,
        )

    async def drop(self) -> None:
        """Leave nothing behind."""
        with contextlib.suppress(OSError):
            await self._stored()
        await asyncio.to_thread(self._discard)

    async def leave(self) -> None:
        """Stop writing; what is there stays if a later writer can take it up, see `open`."""
        if not (self._locked and self.checkable):
            await self.drop()
            return
        with contextlib.suppress(OSError):
            await self._flush()
            await self._stored()
        self._file.close()

    def _begin(self) -> None:
        self._hashes = _hashes(self._announced)
        self._path = f"{self._final}.{secrets.token_hex(4)}.part"
        self._file = self._system.open(self._path, "wb")
        self._locked = _lock(self._file)

    def _take_up(self) -> bool:
        """Go on with the longest free part of an earlier writer, and remove the others."""
        free = sorted(self._free_parts(), key=lambda found: found[0])
        if free and self.checkable:
            self.size, self._path, self._file = free.pop()
            self._locked = True
            self._hashes = _hashes(self._announced)
            while block := self._file.read(_BLOCK):
                self._digest(block)
        for _, path, file in free:
            file.close()
            self._system.rm_file(path)
        return self._file is not None

    def _free_parts(self) -> list[tuple[int, str, Any]]:
        """Claim the parts whose writers are gone: size, path and open file of each."""
        if not isinstance(self._system, LocalFileSystem):
            return []
        folder, stem = posixpath.dirname(self._final), re.escape(self.name)
        found = []
        for path in self._system.ls(folder, detail=False):
            if not re.fullmatch(rf"{stem}\.[0-9a-f]{{8}}\.part", posixpath.basename(path)):
                continue
            with contextlib.suppress(OSError):
                file = self._system.open(path, "r+b")
                if _lock(file) and _is_at(file, path):
                    found.append((os.fstat(file.fileno()).st_size, path, file))
                else:
                    file.close()
        return found

    async def _flush(self) -> None:
        await self._stored()
        block, self._buffer = self._buffer, bytearray()
        self._storing = asyncio.create_task(asyncio.to_thread(self._store, block))

    async def _stored(self) -> None:
        """Wait until the block under way is down; cancelling the wait does not cancel the block."""
        if self._storing is not None:
            await asyncio.wait({self._storing})
            self._storing.result()

    def _store(self, block: bytearray) -> None:
        self._digest(block)
        self._file.write(block)

    def _hash_is_right(self) -> bool:
        algorithm, announced = _algorithm(self._announced), self._announced or ""
        found = self._hashes[algorithm].hexdigest() if algorithm else None
        return found == announced.strip().lower()

    def _digest(self, block: bytes | bytearray) -> None:
        for digest in self._hashes.values():
            digest.update(block)

    def _finish(self) -> None:
        if not self._locked:
            self._file.close()
            self._system.mv(self._path, self._final)
            return
        # The lock is held until the part has its final name, so that nobody takes it up.
        self._file.flush()
        os.fsync(self._file.fileno())
        self._system.mv(self._path, self._final)
        self._file.close()

    def _discard(self) -> None:
        if self._locked and not self._file.closed and self._system.exists(self._path):
            self._system.rm_file(self._path)
        if not self._file.closed:
            self._file.close()
        if not self._locked and self._system.exists(self._path):
            self._system.rm_file(self._path)


def _hashes(announced: str | None) -> dict[str, Any]:
    names = {"sha256", _algorithm(announced) or "sha256"}
    return {name: hashlib.new(name, usedforsecurity=False) for name in names}


def _algorithm(announced: str | None) -> str | None:
    """Tell which hash was announced by its length; None if it is none that is known."""
    text = (announced or "").strip()
    return _ALGORITHMS.get(len(text)) if re.fullmatch("[0-9A-Fa-f]+", text) else None


def _lock(file: Any) -> bool:
    """Lock an open local file for as long as it is open; False if that cannot be had."""
    try:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (AttributeError, OSError):
        return False
    return True


def _is_at(file: Any, path: str) -> bool:
    """Say whether an open file still has this path: its writer may just have renamed it."""
    return os.path.samestat(os.fstat(file.fileno()), os.stat(path))  # noqa: PTH116 - as fstat
