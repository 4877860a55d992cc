"""Read small files from any fsspec file system."""

import posixpath
from pathlib import Path

import fsspec


def read_or_none(folder: str, name: str) -> bytes | None:
    """Read a file in a folder; None if it is not there.

    Args:
        folder: Path or fsspec URL of the folder.
        name: The file's name, or its path below the folder.

    Raises:
        OSError: The file exists but cannot be read.
    """
    system, path = fsspec.core.url_to_fs(folder)
    try:
        return bytes(system.cat_file(posixpath.join(path, name)))
    except (FileNotFoundError, NotADirectoryError):
        return None


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
