"""Local files for libraries that want a path: written whole, or copied from any URL."""

import posixpath
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import fsspec

_BLOCK = 2**20


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """Lend a path to write a file or a folder to; when all went well, it gets its own name.

    What had the name before is replaced, and stays where something fails.

    Args:
        path: The name that it gets.

    Yields:
        Where to write it: the same name in a scratch folder beside it.

    Raises:
        FileNotFoundError: The folder of ``path`` is missing.
    """
    with TemporaryDirectory(dir=path.parent, prefix=f".{path.name}-") as scratch:
        part = Path(scratch) / path.name
        yield part
        if path.is_dir():
            # A folder cannot be replaced at one stroke: the old one leaves with the scratch.
            path.rename(Path(scratch) / "before")
        part.replace(path)


@contextmanager
def local_copy(url: str) -> Iterator[Path]:
    """Copy a file from any fsspec URL into a scratch folder, under its own name.

    Args:
        url: Path or fsspec URL of the file.

    Yields:
        The path of the copy, which goes when the context ends.

    Raises:
        OSError: The file cannot be read.
    """
    with TemporaryDirectory() as scratch:
        path = Path(scratch) / posixpath.basename(url.rstrip("/"))
        with fsspec.open(url, "rb") as source, path.open("wb") as target:
            while block := source.read(_BLOCK):
                target.write(block)
        yield path
