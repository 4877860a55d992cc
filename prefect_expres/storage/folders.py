"""Look at files and folders on any fsspec file system, as they are now, and remove folders.

A file system that does not answer is a `StorageError`, and never taken for one where nothing is.
"""

import contextlib
import posixpath
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import fsspec
from fsspec.asyn import AsyncFileSystem

from prefect_expres.net.url import shown_url
from prefect_expres.storage.faults import told_as_left, told_as_unreadable
from prefect_expres.storage.literal import remove_below

_NOTHING_THERE = contextlib.suppress(FileNotFoundError, NotADirectoryError)
"""Where something is looked for, or should go, that need not be there."""


def path_in(folder: str, name: str) -> str:
    """Give the path or URL of what is in a folder, however many slashes the folder ends with.

    Args:
        folder: Path or fsspec URL; it may be the root of a file system, as ``memory://``.
        name: The name in the folder, or the path below it.
    """
    plain = folder.rstrip("/")
    is_root = not plain or plain.endswith(":")
    return posixpath.join(folder if is_root else plain, name)


def parent_of(location: str) -> str:
    """Give the URL of the folder that a file is in.

    Args:
        location: Path or fsspec URL of the file.

    Raises:
        StorageError: No file system is known for it.
    """
    with told_as_unreadable(shown_url(location)):
        system, path = fsspec.core.url_to_fs(location)
        return str(system.unstrip_protocol(posixpath.dirname(path)))


def is_file(location: str) -> bool:
    """Say whether there is a file.

    Args:
        location: Path or fsspec URL.

    Raises:
        StorageError: It cannot be said.
    """
    return _kind_at(location) == "file"


def is_there(location: str) -> bool:
    """Say whether there is a file or a folder.

    Args:
        location: Path or fsspec URL.

    Raises:
        StorageError: It cannot be said.
    """
    return _kind_at(location) is not None


def names_in(folder: str) -> list[str]:
    """List what is in a folder, by name; nothing is in a folder that is not there.

    Args:
        folder: Path or fsspec URL.

    Raises:
        StorageError: It cannot be read.
    """
    with _looking_at(folder) as (system, path):
        inner = (each.rstrip("/") for each in system.ls(path, detail=False))
        return sorted(posixpath.basename(each) for each in inner if each != path.rstrip("/"))
    return []


def files_below(folder: str) -> dict[str, int]:
    """Give the sizes of all files below a folder, by their path below it.

    What may not be read is left out.

    Args:
        folder: Path or fsspec URL; it may not be there.

    Raises:
        StorageError: Its host does not answer.
    """
    with _looking_at(folder) as (system, path):
        return {
            posixpath.relpath(about["name"], path): int(about.get("size") or 0)
            for about in _found_below(system, path)
        }
    return {}


def find_files(pattern: str) -> list[str]:
    """Give the URLs of the files that match; the name of a file means that file.

    Args:
        pattern: Path or fsspec URL, with ``*`` and ``**`` for many.

    Raises:
        StorageError: They cannot be looked for.
    """
    with _looking_at(pattern) as (system, path):
        found = [path] if is_file(pattern) else system.glob(path)
        return [system.unstrip_protocol(each) for each in found]
    return []


def last_change(folder: str) -> datetime | None:
    """Say when a file below a folder was changed last; None if there is none.

    Args:
        folder: Path or fsspec URL.

    Raises:
        StorageError: It cannot be read.
    """
    changes: list[datetime] = []
    with _looking_at(folder) as (system, path):
        for about in _found_below(system, path):
            with contextlib.suppress(FileNotFoundError):  # it has just been removed
                changes.append(system.modified(about["name"]))
    return max(changes, default=None)


def remove_folder(folder: str) -> bool:
    """Remove a folder with all that is in it; say whether it was there.

    Args:
        folder: Path or fsspec URL.

    Raises:
        StorageError: It cannot be removed.
    """
    with _NOTHING_THERE, told_as_left(shown_url(folder)):
        system, path = fsspec.core.url_to_fs(folder)
        system.invalidate_cache()
        remove_below(system, path)
        return True
    return False


def _kind_at(location: str) -> str | None:
    with _looking_at(location) as (system, path):
        return str(system.info(path)["type"])
    return None


@contextlib.contextmanager
def _looking_at(location: str) -> Iterator[tuple[Any, str]]:
    """Give file system and path, and suppress that nothing is there."""
    with _NOTHING_THERE, told_as_unreadable(shown_url(location)):
        system, path = fsspec.core.url_to_fs(location)
        system.invalidate_cache()
        yield system, path


def _found_below(system: Any, path: str) -> Iterator[Mapping[str, Any]]:
    """Tell of every file below a folder, but not of folders in it that may not be read.

    Asynchronous file systems, as that of S3, list all at once. The others are asked for each folder
    here: fsspec itself leaves out each folder that fails, for whatever reason.
    """
    if isinstance(system, AsyncFileSystem):
        yield from system.find(path, detail=True).values()
        return
    for about in system.ls(path, detail=True):
        if about["type"] != "directory":
            yield about
        elif about["name"].rstrip("/") != path:
            with contextlib.suppress(FileNotFoundError, NotADirectoryError, PermissionError):
                yield from _found_below(system, about["name"])
