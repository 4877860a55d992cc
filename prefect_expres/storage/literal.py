"""Name a file or folder so that fsspec takes it for itself, whatever signs are in its name.

Many of its functions take a name with ``*``, ``?`` or ``[`` for a pattern, also where they remove.
"""

import re
from typing import Any

from fsspec import AbstractFileSystem
from fsspec.implementations.local import LocalFileSystem


def move_file(system: Any, source: str, target: str) -> None:
    """Rename a file; a store without renaming copies it and removes the source."""
    if type(system).mv is not AbstractFileSystem.mv:
        system.mv(source, target)
        return
    system.cp_file(source, target)
    system.rm_file(source)


def remove_below(system: Any, path: str) -> None:
    """Remove a folder with all that is in it."""
    literal = isinstance(system, LocalFileSystem)
    system.rm(path if literal else as_pattern(path), recursive=True)


def as_pattern(path: str) -> str:
    """Write a path as the pattern that means nothing else."""
    return re.sub(r"([*?\[])", r"[\1]", path)
