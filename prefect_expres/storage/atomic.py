"""Files that have their final name only when they are whole, on any fsspec file system.

Each writer writes to a part of its own, ``name.xxxxxxxx.part``. Two writers of the same file never
mix their bytes: each renames its own part in the end, and both have the same content. On a local
disk the part of a writer that was killed is continued where it ends, see `part_files`. Whatever a
file system refuses is a `StorageError`.
"""

import asyncio
import contextlib
import errno
import os
import posixpath
from typing import Any, TypeVar

import fsspec
from fsspec.implementations.local import LocalFileSystem
from pydantic import BaseModel, ConfigDict

from prefect_expres.errors import ChecksumMismatch, StorageError
from prefect_expres.storage.faults import path_of, told_as_storage_error
from prefect_expres.storage.hashes import FileHash
from prefect_expres.storage.part_files import (
    LocalPart,
    PartFile,
    StorePart,
    refuse_planted_link,
)
from prefect_expres.storage.read import read_blocks

_BLOCK = 2**22
"""Bytes that are hashed and stored at once, while the next ones come."""

T = TypeVar("T")


class StoredFile(BaseModel):
    """A whole file: its name, where it is, its size in bytes and its hashes.

    ``verified`` says that the service announced a hash, and that the file has it. ``result_id`` is
    the id that the service gives a result, if its file has another name.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    url: str
    size: int
    sha256: str
    service_hash: str | None = None
    verified: bool = False
    result_id: str | None = None


async def write_whole(target: str, name: str, content: bytes) -> StoredFile:
    """Write a small file into a folder; it has its final name only when it is whole.

    Args:
        target: The folder: a path or any fsspec URL; it is made if it is missing.
        name: The file name.
        content: The bytes of the file.

    Raises:
        StorageError: It cannot be written.
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

    Raises:
        StorageError: What is there cannot be read.
    """

    def found() -> StoredFile | None:
        file_hash, size = FileHash(announced), 0
        if file_hash.announced is None:
            return None
        location = posixpath.join(target, name)
        try:
            for block in read_blocks(location, even_absent=False):
                size += len(block)
                file_hash.update(block)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        if not file_hash.matches:
            return None
        system, path = fsspec.core.url_to_fs(location)
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
        self._file = self._opened()
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

        Raises:
            StorageError: The folder cannot be made or written.
        """

        def opened() -> "Part":
            with told_as_storage_error(path_of(target, name)):
                system, folder = fsspec.core.url_to_fs(target)
                system.makedirs(folder, exist_ok=True)
                if isinstance(system, LocalFileSystem):
                    refuse_planted_link(folder)
                    if os.path.isdir(posixpath.join(folder, name)):  # noqa: PTH112 - as fsspec
                        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
                return cls(system, folder, name, announced)

        opening = asyncio.create_task(asyncio.to_thread(opened))
        try:
            return await _to_its_end(opening)
        except asyncio.CancelledError:
            if opening.exception() is None:
                await opening.result().leave()
            raise

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
            with told_as_storage_error(self._final):
                self._file.remove()
                self._hash = FileHash(self._announced)
                self._file = self._new()

        await _to_its_end(asyncio.create_task(asyncio.to_thread(renew)))

    async def digest(self) -> str:
        """Give the SHA-256 of the bytes so far."""
        await self._flush()
        await self._stored()
        return self._hash.sha256

    async def is_whole(self) -> bool:
        """Say whether the bytes so far have the announced hash."""
        await self._flush()
        await self._stored()
        return self._hash.matches

    async def keep(self) -> StoredFile:
        """Compare the hash and give the file its final name.

        Raises:
            ChecksumMismatch: The bytes do not have the announced hash.
            StorageError: The file cannot be stored, or a folder has its name.
        """
        await self._flush()
        await self._stored()
        if self.checkable and not self._hash.matches:
            msg = f"{self.name} has another hash than {self._hash.announced}, which was announced"
            raise ChecksumMismatch(msg, self.name)
        with told_as_storage_error(self._final):
            finish = asyncio.to_thread(self._file.finish, self._final)
            await _to_its_end(asyncio.create_task(finish))
        return StoredFile(
            name=self.name,
            url=self._system.unstrip_protocol(self._final),
            size=self.size,
            sha256=self._hash.sha256,
            service_hash=self._hash.announced,
            verified=self.checkable,
        )

    async def drop(self) -> None:
        """Remove the part, if that is possible; what went wrong before says why it is dropped."""
        with contextlib.suppress(StorageError):
            await self.remove()

    async def remove(self) -> None:
        """Remove the part.

        Raises:
            StorageError: It cannot be removed, or nothing of it could be stored before.
        """
        with contextlib.suppress(StorageError):
            await self._stored()
        with told_as_storage_error(self._final):
            await asyncio.to_thread(self._file.remove)

    async def leave(self) -> None:
        """Stop writing; the part stays if a later writer can continue it, see `open`."""
        if self._file.continuable and self.checkable and self.size:
            with contextlib.suppress(StorageError):
                await self._flush()
                await self._stored()
            self._file.close()
        else:
            await self.drop()

    def _new(self) -> PartFile:
        if isinstance(self._system, LocalFileSystem):
            return LocalPart.new(self._final)
        return StorePart(self._system, self._final)

    def _opened(self) -> PartFile:
        """Continue the longest part that an earlier writer left, and remove the others."""
        left = LocalPart.left(self._final) if isinstance(self._system, LocalFileSystem) else []
        longest = left.pop(0) if left and self.checkable else None
        for part in left:
            part.remove()
        if longest is None:
            return self._new()
        self.size = longest.size
        for block in longest.blocks():
            self._hash.update(block)
        return longest

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
        with told_as_storage_error(self._final):
            self._file.write(block)


async def _to_its_end(step: asyncio.Task[T]) -> T:
    """Wait for a step in a thread; one who is cancelled waits until it has ended, too."""
    try:
        return await asyncio.shield(step)
    except asyncio.CancelledError:
        await asyncio.wait({step})
        raise
