"""Files that have their final name only when they are whole, on any fsspec file system.

Each writer writes to a part of its own, ``name.xxxxxxxx.part``. Two writers of the same file never
mix their bytes: each renames its own part in the end, and both have the same content. On a local
disk a writer locks its part. A part without a lock was left by a writer that was killed; the next
writer continues it where it ends.
"""

import asyncio
import contextlib
import os
import posixpath
import re
import secrets
from typing import Any

import fsspec
from fsspec.implementations.local import LocalFileSystem
from pydantic import BaseModel, ConfigDict

from prefect_expres.errors import ChecksumMismatch
from prefect_expres.storage.hashes import FileHash
from prefect_expres.storage.locks import is_at, lock

_BLOCK = 2**22
"""Bytes that are hashed and stored at once, while the next ones come."""


class StoredFile(BaseModel):
    """A whole file: its name, where it is, its size in bytes and its hashes.

    ``verified`` says that the service announced a hash, and that the file has it.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    url: str
    size: int
    sha256: str
    service_hash: str | None = None
    verified: bool = False


async def write_whole(target: str, name: str, content: bytes) -> StoredFile:
    """Write a small file into a folder; it has its final name only when it is whole.

    Args:
        target: The folder: a path or any fsspec URL; it is made if it is missing.
        name: The file name.
        content: The bytes of the file.
    """
    part = await Part.open(target, name)
    try:
        await part.write(content)
        return await part.keep()
    except BaseException:
        await part.drop()
        raise


async def find_whole(target: str, name: str, announced: str) -> StoredFile | None:
    """Give a file that is in a folder already, if it has the announced hash.

    Args:
        target: The folder: a path or any fsspec URL.
        name: The file name.
        announced: The hash in hexadecimal.
    """

    def found() -> StoredFile | None:
        system, folder = fsspec.core.url_to_fs(target)
        path = posixpath.join(folder, name)
        file_hash, size = FileHash(announced), 0
        if file_hash.announced is None or not system.isfile(path):
            return None
        with system.open(path, "rb") as file:
            while block := file.read(_BLOCK):
                size += len(block)
                file_hash.update(block)
        if not file_hash.matches:
            return None
        return StoredFile(
            name=name,
            url=system.unstrip_protocol(path),
            size=size,
            sha256=file_hash.sha256,
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
        self._announced = announced
        self._hash = FileHash(announced)
        self._path = ""
        self._file: Any = None
        self._locked = False
        self._buffer = bytearray()
        self._storing: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, target: str, name: str, announced: str | None = None) -> "Part":
        """Make the folder and open a part in it.

        The part of an earlier writer that was killed is continued if the announced hash will tell
        in the end whether its bytes were right; else it is removed.

        Args:
            target: The folder: a path or any fsspec URL.
            name: The final name of the file.
            announced: The hash that the file should have, in hexadecimal, if one is known.
        """

        def opened() -> "Part":
            system, folder = fsspec.core.url_to_fs(target)
            system.makedirs(folder, exist_ok=True)
            part = cls(system, folder, name, announced)
            if not part._continue():
                part._begin()
            return part

        return await asyncio.to_thread(opened)

    @property
    def checkable(self) -> bool:
        """A hash was announced that will tell whether all bytes are right."""
        return self._hash.announced is not None

    async def write(self, chunk: bytes) -> None:
        """Add bytes; whole blocks are hashed and stored while the next ones come."""
        self.size += len(chunk)
        self._buffer += chunk
        if len(self._buffer) >= _BLOCK:
            await self._flush()

    async def restart(self) -> None:
        """Begin again with an empty part."""
        await self._stored()
        self._buffer.clear()
        self.size = 0

        def renew() -> None:
            self._remove()
            self._begin()

        await asyncio.to_thread(renew)

    async def is_whole(self) -> bool:
        """Say whether the bytes so far have the announced hash."""
        await self._flush()
        await self._stored()
        return self._hash.matches

    async def keep(self) -> StoredFile:
        """Compare the hash and give the file its final name.

        Raises:
            ChecksumMismatch: The bytes do not have the announced hash.
        """
        await self._flush()
        await self._stored()
        if self.checkable and not self._hash.matches:
            msg = f"{self.name} has another hash than {self._hash.announced}, which was announced"
            raise ChecksumMismatch(msg, self.name)
        await asyncio.to_thread(self._finish)
        return StoredFile(
            name=self.name,
            url=self._system.unstrip_protocol(self._final),
            size=self.size,
            sha256=self._hash.sha256,
            service_hash=self._hash.announced,
            verified=self.checkable,
        )

    async def drop(self) -> None:
        """Remove the part."""
        with contextlib.suppress(OSError):
            await self._stored()
        await asyncio.to_thread(self._remove)

    async def leave(self) -> None:
        """Stop writing; the part stays if a later writer can continue it, see `open`."""
        if not (self._locked and self.checkable):
            await self.drop()
            return
        with contextlib.suppress(OSError):
            await self._flush()
            await self._stored()
        self._file.close()

    def _begin(self) -> None:
        self._hash = FileHash(self._announced)
        self._path = f"{self._final}.{secrets.token_hex(4)}.part"
        self._file = self._system.open(self._path, "wb")
        self._locked = lock(self._file)

    def _continue(self) -> bool:
        """Continue the longest part that an earlier writer left, and remove the others."""
        left = sorted(self._parts_left(), key=lambda found: found[0])
        if left and self.checkable:
            self.size, self._path, self._file = left.pop()
            self._locked = True
            while block := self._file.read(_BLOCK):
                self._hash.update(block)
        for _, path, file in left:
            file.close()
            self._system.rm_file(path)
        return self._file is not None

    def _parts_left(self) -> list[tuple[int, str, Any]]:
        """Lock the parts whose writers are gone: size, path and open file of each."""
        if not isinstance(self._system, LocalFileSystem):
            return []
        folder, stem = posixpath.dirname(self._final), re.escape(self.name)
        found = []
        for path in self._system.ls(folder, detail=False):
            if not re.fullmatch(rf"{stem}\.[0-9a-f]{{8}}\.part", posixpath.basename(path)):
                continue
            with contextlib.suppress(OSError):
                file = self._system.open(path, "r+b")
                if lock(file) and is_at(file, path):
                    found.append((os.fstat(file.fileno()).st_size, path, file))
                else:
                    file.close()
        return found

    async def _flush(self) -> None:
        """Begin to store what is in the buffer."""
        await self._stored()
        block, self._buffer = self._buffer, bytearray()
        self._storing = asyncio.create_task(asyncio.to_thread(self._store, block))

    async def _stored(self) -> None:
        """Wait until the last block is stored; cancelling the wait does not cancel that."""
        if self._storing is not None:
            await asyncio.wait({self._storing})
            self._storing.result()

    def _store(self, block: bytearray) -> None:
        self._hash.update(block)
        self._file.write(block)

    def _finish(self) -> None:
        if not isinstance(self._system, LocalFileSystem):
            self._file.close()
            self._system.mv(self._path, self._final)
            return
        self._file.flush()
        os.fsync(self._file.fileno())
        if not self._locked:
            self._file.close()
        # A lock is held until the part has its final name, so that nobody continues it.
        os.replace(self._path, self._final)  # noqa: PTH105 - fsspec would move it into a folder
        self._file.close()

    def _remove(self) -> None:
        if self._locked and not self._file.closed and self._system.exists(self._path):
            self._system.rm_file(self._path)
        if not self._file.closed:
            self._file.close()
        if not self._locked and self._system.exists(self._path):
            self._system.rm_file(self._path)
