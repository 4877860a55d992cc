"""Tell what a file system does not do as one kind of error, with the path and what to do."""

import errno
import posixpath
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial

import fsspec

from prefect_expres.errors import ExpresError, StorageError

_REMEDIES = {
    errno.ENOSPC: "Free some space there, or name another folder",
    errno.EDQUOT: "Free some space of your quota there, or name another folder",
    errno.EFBIG: "The system allows no larger file there; name another folder",
    errno.EISDIR: "Move the folder of this name away, or name another folder",
    errno.ENOTDIR: "Move the file that is in the way, or name another folder",
    errno.EEXIST: "Move the file that is in the way, or name another folder",
    errno.ELOOP: "Remove the symbolic link, or name another folder",
}
_OTHER = "Make it writable, or name another folder"

_NOTHING_THERE = (FileNotFoundError, NotADirectoryError, IsADirectoryError)

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS})
"""What is said by a disk that takes no more, whatever is written."""


def told_as_storage_error(path: str) -> AbstractContextManager[None]:
    """Turn any error of a file system into a `StorageError`.

    Args:
        path: What was being written, as it is shown.
    """
    return _told(partial(storage_error, path))


def storage_error(path: str, fault: Exception) -> StorageError:
    """Make the error that tells what a file system refused, and what to do."""
    number = fault.errno if isinstance(fault, OSError) else None
    msg = f"{path} cannot be written: {_reason(fault)}. {_REMEDIES.get(number or 0, _OTHER)}."
    return StorageError(msg, path)


def told_as_unreadable(path: str) -> AbstractContextManager[None]:
    """Turn an error of a file system into a `StorageError`, but that nothing is there.

    Args:
        path: What was being read, as it is shown.
    """
    return _told(partial(_unreadable, path), _NOTHING_THERE)


@contextmanager
def _told(
    make: Callable[[Exception], StorageError], but: tuple[type[Exception], ...] = ()
) -> Iterator[None]:
    let_through: tuple[type[Exception], ...] = (ExpresError, *but)
    try:
        yield
    except let_through:
        raise
    except Exception as fault:  # noqa: BLE001 - each file system has errors of its own
        raise make(fault) from None


def _unreadable(path: str, fault: Exception) -> StorageError:
    msg = (
        f"{path} cannot be read: {_reason(fault)}. Look at its address and at your rights "
        "there, or name another folder."
    )
    return StorageError(msg, path)


def _reason(fault: Exception) -> str:
    return (isinstance(fault, OSError) and fault.strerror) or str(fault) or type(fault).__name__


def path_of(folder: str, name: str) -> str:
    """Give the path of a file within its file system, as messages show it."""
    return posixpath.join(fsspec.core.strip_protocol(folder), name)
