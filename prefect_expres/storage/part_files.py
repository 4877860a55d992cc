"""The files that parts are written to, on a local disk and in any other store.

On a local disk the writer holds a lock on its part. A part without a lock was left by a writer that
was killed. Between the moment when a part is made and the moment when it is locked another may take
it for one that was left: then its maker sees that it is locked or gone, and makes another. No
symbolic link is followed, and no part is continued that another user owns or that has a second
name: what is appended to it would come into a file that only this user may write.
"""

import contextlib
import mimetypes
import os
import re
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol, Self

from prefect_expres.errors import StorageError
from prefect_expres.storage.literal import move_file
from prefect_expres.storage.locks import lock_at

_BLOCK = 2**22
_NO_LINK = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


class PartFile(Protocol):
    """A file that is written under a name of its own and gets its final name at the end."""

    size: int
    continuable: bool
    """A later writer can find the part, and see that nobody writes it."""

    def write(self, block: bytes | bytearray) -> None:
        """Add bytes."""

    def finish(self, final: str) -> None:
        """Give the file its final name."""

    def remove(self) -> None:
        """Remove the file, unless it is closed."""

    def close(self) -> None:
        """Stop writing; the file stays as it is."""


class LocalPart:
    """A part on a local disk.

    Args:
        path: Its path.
        file: The open file, without a buffer: an error of the disk comes with the write.
        locked: Whether it is locked; some file systems have no locks.
    """

    def __init__(self, path: str, file: Any, *, locked: bool) -> None:
        self._path = path
        self._file = file
        self.continuable = locked
        self.size = os.fstat(file.fileno()).st_size

    @classmethod
    def new(cls, final: str) -> Self:
        """Make an empty part that nobody else has, for a file with this final path."""
        while True:
            path = _part_of(final)
            file = open(path, "xb", buffering=0)  # noqa: PTH123, SIM115 - it stays open
            with contextlib.suppress(BlockingIOError):
                return cls(path, file, locked=lock_at(file.fileno(), path))
            file.close()

    @classmethod
    def left(cls, final: str) -> list[Self]:
        """Take over the parts of this file whose writers are gone, the longest first."""
        folder, name = os.path.split(final)
        is_part = re.compile(rf"{re.escape(name)}\.[0-9a-f]{{8}}\.part").fullmatch
        paths = (os.path.join(folder, each) for each in os.listdir(folder) if is_part(each))  # noqa: PTH118, PTH208 - as in fsspec
        taken = [part for path in paths if (part := cls._taken_over(path)) is not None]
        return sorted(taken, key=lambda part: part.size, reverse=True)

    @classmethod
    def _taken_over(cls, path: str) -> Self | None:
        with contextlib.suppress(OSError):
            file = os.fdopen(os.open(path, os.O_RDWR | _NO_LINK), "r+b", buffering=0)
            with contextlib.suppress(BlockingIOError):
                if _is_our_own(os.fstat(file.fileno())) and lock_at(file.fileno(), path):
                    return cls(path, file, locked=True)
            file.close()
        return None

    def blocks(self) -> Iterator[bytes]:
        """Read what is there; what is written then follows it."""
        while block := self._file.read(_BLOCK):
            yield block

    def write(self, block: bytes | bytearray) -> None:
        """Add bytes."""
        left = memoryview(block)
        while left:
            left = left[self._file.write(left) :]

    def finish(self, final: str) -> None:
        """Give the file its final name."""
        os.fsync(self._file.fileno())
        if not self.continuable:  # Windows renames no open file
            self._file.close()
        # A lock is held until the part has its final name, so that nobody continues it.
        os.replace(self._path, final)  # noqa: PTH105 - Path.replace is the same with more words
        self._file.close()

    def remove(self) -> None:
        """Remove the file, unless it is closed."""
        if self._file.closed:
            return
        if not self.continuable:
            self._file.close()
        # It goes while it is locked: nobody else can have made it his own.
        Path(self._path).unlink(missing_ok=True)
        self._file.close()

    def close(self) -> None:
        """Stop writing; the file stays as it is."""
        self._file.close()


class StorePart:
    """A part in a store that fsspec knows.

    Args:
        system: The fsspec file system.
        final: The final path of the file.
    """

    continuable = False

    def __init__(self, system: Any, final: str) -> None:
        self._system = system
        self._path = _part_of(final)
        self._file = system.open(self._path, "wb", **_said_of(system, final))
        self.size = 0

    def write(self, block: bytes | bytearray) -> None:
        """Add bytes."""
        self._file.write(block)

    def finish(self, final: str) -> None:
        """Give the file its final name."""
        self._file.close()
        move_file(self._system, self._path, final)

    def remove(self) -> None:
        """Remove the file."""
        if not self._file.closed:
            self._file.close()
        if self._system.exists(self._path):
            self._system.rm_file(self._path)

    def close(self) -> None:
        """Stop writing."""
        self._file.close()


def refuse_planted_link(path: str) -> None:
    """Refuse what is a symbolic link of another user than this one and root."""
    there = os.lstat(path)
    if stat.S_ISLNK(there.st_mode) and there.st_uid not in {0, os.geteuid()}:
        msg = (
            f"{path} is a symbolic link of another user, and is not followed. Remove the link, "
            "or name another folder."
        )
        raise StorageError(msg, path)


def _said_of(system: Any, path: str) -> dict[str, str]:
    """Give what a store is told of a file: a browser opens from S3 only what has a type."""
    kind, packing = mimetypes.guess_type(path)
    return {"ContentType": kind} if kind and not packing and "s3" in system.protocol else {}


def _part_of(final: str) -> str:
    return f"{final}.{secrets.token_hex(4)}.part"


def _is_our_own(status: os.stat_result) -> bool:
    ours = getattr(os, "geteuid", lambda: status.st_uid)()
    return stat.S_ISREG(status.st_mode) and status.st_nlink == 1 and status.st_uid == ours
