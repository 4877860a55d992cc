"""Local files for libraries that want a path: written whole, or copied from any URL."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import fsspec
from fsspec.implementations.local import LocalFileSystem

from prefect_expres.net.url import shown_url
from prefect_expres.storage.faults import (
    FULL,
    storage_error,
    told_as_storage_error,
    told_as_unreadable,
)
from prefect_expres.storage.literal import as_pattern
from prefect_expres.storage.read import read_blocks
from prefect_expres.storage.scratch import scratch_folder


@contextmanager
def atomic_path(path: Path, *, folder: bool = False) -> Iterator[Path]:
    """Give a temporary path for a file or a folder; it gets its final name at the end.

    If the block fails, what had the final name before stays as it is.

    Args:
        path: The final name.
        folder: It is to be a folder, which may replace another one with all that is in it.

    Yields:
        The path to write to: the same name in a temporary folder beside the final one.

    Raises:
        FileNotFoundError: The folder of ``path`` is missing.
        StorageError: The disk is full, or a folder has the name of the file.
    """
    if not folder:
        refuse_folder(path)
    try:
        with scratch_folder(path.parent, f".{path.name}-") as scratch:
            part = scratch / path.name
            yield part
            if path.is_dir():
                # A folder cannot be replaced atomically: the old one goes with the temporary one.
                path.rename(scratch / "before")
            part.replace(path)
    except OSError as fault:
        if fault.errno in FULL:
            raise storage_error(str(path), fault) from None
        raise


def refuse_folder(path: Path) -> None:
    """Refuse a name that a folder has: its files would be lost.

    Raises:
        StorageError: There is one.
    """
    if path.is_dir():
        fault = IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        raise storage_error(str(path), fault)


@contextmanager
def local_copy(url: str, *, folder: bool = False) -> Iterator[Path]:
    """Copy a file from any fsspec URL into a temporary folder.

    Args:
        url: Path or fsspec URL of the file.
        folder: It is a folder, which is copied with all that is in it.

    Yields:
        The path of the copy, which is removed at the end of the block.

    Raises:
        StorageError: The file is not there, or cannot be read; or the disk is full.
    """
    with scratch_folder() as scratch:
        path = scratch / "copy"
        if folder:
            _copy_folder(url, path)
        else:
            _copy(url, path)
        yield path


def _copy_folder(url: str, path: Path) -> None:
    with told_as_unreadable(shown_url(url), even_absent=True):
        system, remote = fsspec.core.url_to_fs(url)
        system.get(as_pattern(remote), str(path), recursive=True)


def _copy(url: str, path: Path) -> None:
    blocks = read_blocks(url)
    with path.open("wb") as target:
        for block in blocks:
            with told_as_storage_error(str(path)):
                target.write(block)


def require_readable(path: Path, shown: str) -> None:
    """Refuse a local file that is not there, or may not be read: readers of formats say less.

    Args:
        path: The file, or a folder, which is let through.
        shown: What it is called in the message.

    Raises:
        StorageError: It cannot be read, and why.
    """
    with told_as_unreadable(shown, even_absent=True):
        if not path.is_dir():
            path.open("rb").close()


def local_path(location: str | Path) -> Path | None:
    """Give the path of a local file; None for the URL of another file system.

    Args:
        location: Local path or fsspec URL.
    """
    if isinstance(location, Path) or "://" not in location:
        return Path(location).expanduser()
    if location.partition("://")[0] not in LocalFileSystem.protocol:
        return None
    return Path(fsspec.core.strip_protocol(location))
