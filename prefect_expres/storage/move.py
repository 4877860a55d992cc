"""Move files from one folder to another on the same fsspec file system."""

import asyncio
import contextlib
import posixpath
from collections.abc import Iterable

import fsspec

from prefect_expres.net.url import shown_url
from prefect_expres.storage.faults import path_of, told_as_storage_error
from prefect_expres.storage.literal import move_file


async def move_files(folder: str, names: Iterable[str], target: str) -> None:
    """Move files into a folder, which is made if it is missing.

    A file that is not there is left out, and one of the same name is replaced.

    Args:
        folder: Path or fsspec URL of the folder that they are in.
        names: Their names.
        target: Path or fsspec URL of the other folder, on the same file system.

    Raises:
        StorageError: One of them cannot be moved; those before it are.
    """
    await asyncio.to_thread(_move, folder, tuple(names), target)


def _move(folder: str, names: Iterable[str], target: str) -> None:
    with told_as_storage_error(shown_url(target)):
        system, source = fsspec.core.url_to_fs(folder)
        destination = fsspec.core.url_to_fs(target)[1]
        system.makedirs(destination, exist_ok=True)
    for name in names:
        path = posixpath.join(destination, name)
        with told_as_storage_error(path_of(target, name)), contextlib.suppress(FileNotFoundError):
            move_file(system, posixpath.join(source, name), path)
