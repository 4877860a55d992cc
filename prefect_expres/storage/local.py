"""Local files for libraries that want a path: written whole, or copied from any URL."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import fsspec

from prefect_expres.storage.faults import FULL, storage_error
from prefect_expres.storage.scratch import scratch_folder

_BLOCK = 2**20


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """Give a temporary path for a file or a folder; it gets its final name at the end.

    If the block fails, what had the final name before stays as it is.

    Args:
        path: The final name.

    Yields:
        The path to write to: the same name in a temporary folder beside the final one.

    Raises:
        FileNotFoundError: The folder of ``path`` is missing.
        StorageError: The disk is full.
    """
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


@contextmanager
def local_copy(url: str, *, folder: bool = False) -> Iterator[Path]:
    """Copy a file from any fsspec URL into a temporary folder.

    Args:
        url: Path or fsspec URL of the file.
        folder: It is a folder, which is copied with all that is in it.

    Yields:
        The path of the copy, which is removed at the end of the block.

    Raises:
        OSError: The file cannot be read.
    """
    with scratch_folder() as scratch:
        path = scratch / "copy"
        if folder:
            system, remote = fsspec.core.url_to_fs(url)
            system.get(remote, str(path), recursive=True)
        else:
            _copy(url, path)
        yield path


def _copy(url: str, path: Path) -> None:
    with fsspec.open(url, "rb") as source, path.open("wb") as target:
        while block := source.read(_BLOCK):
            target.write(block)
