"""Publish sets of files so that readers never see an incomplete set, on any fsspec file system.

A set has a folder of its own, ``{root}/{name}/``, whose files do not change after that. Some of the
files are entries: each names the others and this folder, an index for programs or a page for
people. Readers begin with one of them, ``{root}/latest/{entry}``, which is replaced atomically when
the whole set is there.

Object stores cannot rename a folder, but they replace a single object atomically. There ``latest``
holds copies of the entries and nothing else. On a local disk ``latest`` is a symbolic link to the
folder of the set, so that the other files have lasting paths as well. Readers of an entry see the
same in both cases.
"""

import asyncio
import os
import posixpath
import re
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from prefect_expres.storage.atomic import write_whole
from prefect_expres.storage.faults import told_as_storage_error
from prefect_expres.storage.folders import names_in, remove_folder
from prefect_expres.storage.local import local_path
from prefect_expres.storage.read import read_or_none

LATEST = "latest"
_SET = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{4}")
_FEWEST_SETS = 2
"""When a new set comes, the set before may still be read."""


def set_name(made: datetime) -> str:
    """Name a new set by the time when it was made, so that names sort by age.

    A random part makes the names of two sets of the same second differ.
    """
    return f"{made.astimezone(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"


async def publish(root: str, name: str, files: Mapping[str, bytes], *entries: str) -> None:
    """Write a set, the entries last, and make it the latest.

    Even if this is interrupted, the latest set is complete: either this one or the one before.

    Args:
        root: Path or fsspec URL of the folder that holds the sets.
        name: The name of the set, from `set_name`.
        files: The contents by file name, including the entries.
        entries: The files with which readers may begin: each names the others, and the set's
            folder.

    Raises:
        StorageError: A file cannot be written.
    """
    folder = posixpath.join(root, name)
    for file in sorted(files, key=lambda each: each in entries):
        await write_whole(folder, file, files[file])
    if not await asyncio.to_thread(_link, root, name):
        for entry in entries:
            await write_whole(posixpath.join(root, LATEST), entry, files[entry])


async def read_published(root: str, name: str) -> bytes | None:
    """Read a file below the folder that holds the sets; None if it is not there."""
    return await asyncio.to_thread(read_or_none, root, name)


async def prune(root: str, latest: str, keep: int) -> list[str]:
    """Remove old sets, and give their names; the latest and the youngest sets stay.

    Args:
        root: Path or fsspec URL of the folder that holds the sets.
        latest: The name of the latest set.
        keep: How many sets stay: at least two, since the set before the latest may still be read.

    Raises:
        StorageError: The folder cannot be read, or a set cannot be removed.
    """

    def removed() -> list[str]:
        others = sorted(set(filter(_SET.fullmatch, names_in(root))) - {latest})
        old = others[: 1 - max(keep, _FEWEST_SETS)]
        for name in old:
            remove_folder(posixpath.join(root, name))
            if (path := local_path(root)) is not None:
                _fresh_link(path, name).unlink(missing_ok=True)
        return old

    return await asyncio.to_thread(removed)


def _fresh_link(path: Path, name: str) -> Path:
    """Give the path at which a link to a set is made before it is renamed to ``latest``."""
    return path / f"{name}.link"


def _link(root: str, name: str) -> bool:
    """Make ``latest`` a link to a set, atomically; False where links are not possible."""
    path = local_path(root)
    if path is None or ((path / LATEST).exists() and not (path / LATEST).is_symlink()):
        return False
    latest, fresh = path / LATEST, _fresh_link(path, name)
    with told_as_storage_error(str(latest)):
        try:
            fresh.symlink_to(name, target_is_directory=True)
        except OSError:
            if latest.is_symlink():
                raise
            return False  # a file system without links
        os.replace(fresh, latest)  # noqa: PTH105 - Path.replace says nothing of links
    return True
