"""Locks on open local files: they end with the process that holds them, however it ends."""

import os
from typing import Any

try:
    import fcntl
except ImportError:  # Windows: there no file is ever locked
    fcntl = None  # type: ignore[assignment]


def lock(file: Any) -> bool:
    """Lock an open local file for as long as it is open; False if that is not possible."""
    try:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (AttributeError, OSError):
        return False
    return True


def is_at(file: Any, path: str) -> bool:
    """Say whether an open file still has this path: its writer may have just renamed it."""
    try:
        there = os.stat(path)  # noqa: PTH116 - as fstat
    except FileNotFoundError:
        return False
    return os.path.samestat(os.fstat(file.fileno()), there)
