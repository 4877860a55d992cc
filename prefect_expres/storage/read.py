"""Read small files from any fsspec file system."""

import os
import posixpath
import stat
from pathlib import Path

import fsspec
from fsspec.implementations.local import LocalFileSystem

from prefect_expres.errors import StorageError
from prefect_expres.storage.faults import path_of, told_as_unreadable
from prefect_expres.storage.part_files import refuse_planted_link

_AT_ONCE = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""Opens a pipe without a writer, too, instead of waiting for one."""


def read_or_none(folder: str, name: str) -> bytes | None:
    """Read a file in a folder; None if it is not there.

    Args:
        folder: Path or fsspec URL of the folder.
        name: The file's name, or its path below the folder.

    Raises:
        IsADirectoryError: A folder of the name is there.
        StorageError: The file cannot be read, is none, or is a symbolic link of another user.
    """
    try:
        with told_as_unreadable(path_of(folder, name)):
            system, path = fsspec.core.url_to_fs(folder)
            path = posixpath.join(path, name)
            if isinstance(system, LocalFileSystem):
                return _read_file(path)
            return bytes(system.cat_file(path))
    except (FileNotFoundError, NotADirectoryError):
        return None


def _read_file(path: str) -> bytes:
    """Read a local file, in a folder where others may have set traps."""
    refuse_planted_link(path)
    with open(os.open(path, _AT_ONCE), "rb") as file:  # noqa: PTH123 - a descriptor
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            msg = f"{path} is no file. Remove it, or name another folder."
            raise StorageError(msg, path)
        return file.read()


def read_bounded(location: str | Path, limit: int) -> bytes:
    """Read a file of at most ``limit`` bytes.

    Args:
        location: Path or fsspec URL of the file.
        limit: Largest size in bytes.

    Raises:
        OSError: The file cannot be read, or is larger; the message names it and the reason.
    """
    try:
        with fsspec.open(str(location), "rb") as stream:
            content = bytes(stream.read(limit + 1))
    except Exception as fault:  # noqa: BLE001 - each file system has errors of its own
        msg = f"{location} cannot be read: {fault}"
        raise OSError(msg) from None
    if len(content) > limit:
        msg = f"{location} is larger than {limit} bytes, which no input of ExPRES is"
        raise OSError(msg)
    return content
