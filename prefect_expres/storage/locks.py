"""Locks on open local files and folders: they end with the process that holds them."""

import errno
import os

try:
    import fcntl
except ImportError:  # Windows: there no file is ever locked
    fcntl = None  # type: ignore[assignment]


def lock(descriptor: int) -> bool:
    """Lock an open local file or folder for as long as it is open.

    Returns:
        Whether it is locked; false if the file system has no locks.

    Raises:
        BlockingIOError: Another has locked it.
    """
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise
    except (AttributeError, OSError):
        return False
    return True


def lock_at(descriptor: int, path: str) -> bool:
    """Lock an open local file or folder that is still at a path, as `lock`.

    Returns:
        Whether it is locked; false if the file system has no locks.

    Raises:
        BlockingIOError: Another has locked it, or has renamed or removed it before.
    """
    locked = lock(descriptor)
    if locked and not is_at(descriptor, path):
        raise BlockingIOError(errno.EWOULDBLOCK, os.strerror(errno.EWOULDBLOCK), path)
    return locked


def is_at(descriptor: int, path: str) -> bool:
    """Say whether an open file still has this path: another may have renamed or removed it."""
    try:
        there = os.lstat(path)
    except FileNotFoundError:
        return False
    return os.path.samestat(os.fstat(descriptor), there)
