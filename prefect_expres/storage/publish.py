"""Publish sets of files so that nobody ever sees half of one, on any fsspec file system.

A set has a folder of its own, ``{root}/{name}/``, whose files do not change any more. One of them,
the index, names the others. Readers begin at ``{root}/latest/{index}``, which is replaced at one
stroke when the whole set is there, and find in it the folder of the set that it belongs to.

Object stores cannot rename a folder, but they replace a single object at once: there ``latest``
holds a copy of the index, and nothing else. On a local disk ``latest`` is a symbolic link to the
set's folder, so that the other files have lasting paths, too. What readers of the index see is the
same.
"""

import asyncio
import os
import posixpath
import re
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import fsspec
from fsspec.implementations.local import LocalFileSystem

from prefect_expres.storage.atomic import write_whole
from prefect_expres.storage.read import read_or_none

LATEST = "latest"
_SET = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{4}")
_FEWEST_SETS = 2
"""Readers of the last index are still at work when a new set comes."""


def set_name(made: datetime) -> str:
    """Name a new set by when it was made, so that names sort by age; no two are the same."""
    return f"{made.astimezone(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"


async def publish(root: str, name: str, files: Mapping[str, bytes], index: str) -> None:
    """Write a set, the index last, and make it the latest.

    Whenever it is stopped, the latest set is a whole one: the one before, or this.

    Args:
        root: Path or fsspec URL of the folder that holds the sets.
        name: From `set_name`.
        files: The contents by file names, with the index among them.
        index: The name of the file that names the others, and the set's folder.
    """
    folder = posixpath.join(root, name)
    for file in sorted(files, key=lambda each: each == index):
        await write_whole(folder, file, files[file])
    if not await asyncio.to_thread(_link, root, name):
        await write_whole(posixpath.join(root, LATEST), index, files[index])


async def read_published(root: str, name: str) -> bytes | None:
    """Read a file below the folder that holds the sets; None if it is not there."""
    return await asyncio.to_thread(read_or_none, root, name)


async def prune(root: str, latest: str, keep: int) -> list[str]:
    """Remove all sets but the latest and the youngest others, and give the names of those removed.

    Args:
        root: Path or fsspec URL of the folder that holds the sets.
        latest: The name of the latest set.
        keep: How many stay: at least two, since the last one but one may still be read.
    """

    def removed() -> list[str]:
        system, path = fsspec.core.url_to_fs(root)
        system.invalidate_cache()
        others = sorted(set(filter(_SET.fullmatch, _names(system, path))) - {latest})
        old = others[: 1 - max(keep, _FEWEST_SETS)]
        for name in old:
            system.rm(posixpath.join(path, name), recursive=True)
            if isinstance(system, LocalFileSystem):
                _fresh_link(path, name).unlink(missing_ok=True)
        return old

    return await asyncio.to_thread(removed)


def _fresh_link(path: str, name: str) -> Path:
    """Give where a link to a set is made, before it becomes ``latest``."""
    return Path(path, f"{name}.link")


def _names(system: Any, path: str) -> list[str]:
    return [posixpath.basename(each.rstrip("/")) for each in system.ls(path, detail=False)]


def _link(root: str, name: str) -> bool:
    """Make ``latest`` a link to a set, at one stroke; False where that is not to be had."""
    system, path = fsspec.core.url_to_fs(root)
    latest = Path(path, LATEST)
    if not isinstance(system, LocalFileSystem) or (latest.exists() and not latest.is_symlink()):
        return False
    fresh = _fresh_link(path, name)
    try:
        fresh.symlink_to(name, target_is_directory=True)
    except OSError:
        if latest.is_symlink():
            raise
        return False  # a file system without links
    os.replace(fresh, latest)  # noqa: PTH105 - Path.replace says nothing of links
    return True
