"""Read files from any fsspec file system, whatever its host does meanwhile."""

import os
import posixpath
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
from fsspec.implementations.local import LocalFileSystem

from prefect_expres.errors import StorageError
from prefect_expres.net.url import shown_url
from prefect_expres.storage.faults import path_of, told_as_unreadable
from prefect_expres.storage.part_files import refuse_planted_link

_AT_ONCE = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""Opens a pipe without a writer, too, instead of waiting for one."""
_BLOCK = 2**20
_SILENT_SECONDS = 60.0
"""After so long without a byte a web server is given up."""


def read_or_none(folder: str, name: str) -> bytes | None:
    """Read a file in a folder; None if it is not there.

    Args:
        folder: Path or fsspec URL of the folder.
        name: The file's name, or its path below the folder.

    Raises:
        StorageError: The file cannot be read, is none, or is a symbolic link of another user.
    """
    shown = path_of(folder, name)
    try:
        with told_as_unreadable(shown):
            system, path = fsspec.core.url_to_fs(folder)
            path = posixpath.join(path, name)
            if isinstance(system, LocalFileSystem):
                return _read_file(path)
            return bytes(system.cat_file(path))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except IsADirectoryError:
        msg = f"{shown} is a folder. Move it away, or name another folder."
        raise StorageError(msg, shown) from None


def _read_file(path: str) -> bytes:
    """Read a local file, in a folder where others may have set traps."""
    refuse_planted_link(path)
    with open(os.open(path, _AT_ONCE), "rb") as file:  # noqa: PTH123 - a descriptor
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            msg = f"{path} is no file. Remove it, or name another folder."
            raise StorageError(msg, path)
        return file.read()


def read_blocks(location: str | Path, *, even_absent: bool = True) -> Iterator[bytes]:
    """Read a file block by block.

    Args:
        location: Path or fsspec URL of the file.
        even_absent: Tell also by a `StorageError` that there is no file.

    Yields:
        Blocks of any size but zero.

    Raises:
        FileNotFoundError: It is not there, and that is let through.
        IsADirectoryError: It is a folder, and that is let through.
        NotADirectoryError: What should be its folder is a file, and that is let through.
        StorageError: It cannot be read.
    """
    with told_as_unreadable(shown_url(str(location)), even_absent=even_absent):
        system, path = fsspec.core.url_to_fs(str(location))
        with system.open(path, "rb", **_way_of_reading(system)) as file:
            # A web server may give less than is asked for, although there is more.
            while block := file.read(_BLOCK):
                yield block


def read_whole(location: str | Path) -> bytes:
    """Read a file that must be there.

    Args:
        location: Path or fsspec URL of the file.

    Raises:
        StorageError: It is not there, or cannot be read.
    """
    return b"".join(read_blocks(location))


def read_bounded(location: str | Path, limit: int) -> bytes:
    """Read a file of at most ``limit`` bytes, which must be there.

    Args:
        location: Path or fsspec URL of the file.
        limit: Largest size in bytes.

    Raises:
        StorageError: The file is not there, cannot be read, or is larger; the message names it and
            the reason.
    """
    shown, content = shown_url(str(location)), bytearray()
    for block in read_blocks(location):
        content += block
        if len(content) > limit:
            msg = f"{shown} is larger than {limit} bytes, which no input of ExPRES is"
            raise StorageError(msg, shown)
    return bytes(content)


def _way_of_reading(system: Any) -> dict[str, Any]:
    """Give how a file system is asked: a web server once, for the whole file.

    Many web servers give no parts of a file, or do not tell its size, or answer a signed URL to GET
    only. With a block size of zero the size, which would be asked for first, is not used.
    """
    if "http" not in system.protocol:
        return {}
    from aiohttp import ClientTimeout  # noqa: PLC0415 - comes with fsspec[http]

    once = {"block_size": 0, "size": 1}
    if "timeout" in system.client_kwargs:
        return once
    return once | {"timeout": ClientTimeout(total=None, sock_read=_SILENT_SECONDS)}
