"""Folders for a while: each goes at its end, and what killed processes left goes with the next one.

The process that made a folder holds a lock on it, which ends with the process, however that ends.
"""

import contextlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prefect_expres.storage.locks import lock_at

_PREFIX = "prefect-expres-"
_END = ".scratch"
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)


@contextmanager
def scratch_folder(parent: Path | None = None, prefix: str = _PREFIX) -> Iterator[Path]:
    """Give an empty folder that is removed at the end.

    Args:
        parent: Where to make it; by default the system's temporary folder.
        prefix: How its name begins.

    Yields:
        Its path.

    Raises:
        OSError: It cannot be made.
    """
    parent = parent or Path(tempfile.gettempdir())
    _remove_left(parent, prefix)
    path, descriptor = _made(parent, prefix)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
        if descriptor is not None:
            os.close(descriptor)


def _made(parent: Path, prefix: str) -> tuple[Path, int | None]:
    """Make a folder and lock it; another may have taken it for one that was left."""
    while True:
        path = tempfile.mkdtemp(_END, prefix, parent)
        try:
            descriptor = os.open(path, _FOLDER)
        except FileNotFoundError:
            continue
        except PermissionError:  # Windows opens no folders
            return Path(path), None
        with contextlib.suppress(BlockingIOError):
            lock_at(descriptor, path)
            return Path(path), descriptor
        os.close(descriptor)


def _remove_left(parent: Path, prefix: str) -> None:
    """Remove the folders whose makers are gone."""
    is_scratch = re.compile(rf"{re.escape(prefix)}[a-z0-9_]{{8}}{re.escape(_END)}").fullmatch
    for name in filter(is_scratch, os.listdir(parent)):  # noqa: PTH208 - names are wanted
        path = str(parent / name)
        with contextlib.suppress(OSError):
            descriptor = os.open(path, _FOLDER)
            with contextlib.suppress(BlockingIOError):
                if lock_at(descriptor, path):
                    shutil.rmtree(path, ignore_errors=True)
            os.close(descriptor)
