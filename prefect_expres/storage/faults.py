"""Tell what a file system does not do as one kind of error, with the path and what to do."""

import errno
import os
import posixpath
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial

import fsspec

from prefect_expres.errors import ExpresError, StorageError, StorageUnavailable
from prefect_expres.net.url import shown_url, without_secrets

_REMEDIES = {
    errno.ENOSPC: "Free some space there, or name another folder",
    errno.EDQUOT: "Free some space of your quota there, or name another folder",
    errno.EFBIG: "The system allows no larger file there; name another folder",
    errno.EISDIR: "Move the folder of this name away, or name another folder",
    errno.ENOTDIR: "Move the file that is in the way, or name another folder",
    errno.EEXIST: "Move the file that is in the way, or name another folder",
    errno.ELOOP: "Remove the symbolic link, or name another folder",
}
_WRITABLE = "Make it writable, or name another folder"
_READABLE = "Look at its address and at your rights there"
_REMOVABLE = "Look at your rights there, or remove it yourself"
_ANSWERING = "See whether its host answers, and try again"

_NOTHING_THERE = (FileNotFoundError, NotADirectoryError, IsADirectoryError)

_AWAY = {"ConnectionError", "HTTPClientError", "ClientConnectionError", "ClientPayloadError"}
_AWAY |= {"TimeoutError", "EOFError", "SSHException", "error_temp"}
"""The errors by which Python, botocore, aiohttp, Paramiko and ftplib tell that a host is away."""
_AWAY_NOW = {errno.EBUSY, errno.EREMOTEIO, errno.EHOSTUNREACH, errno.ENETUNREACH}
"""A store that asks to come back later, one that fails, and a host that cannot be reached."""
_TOO_MANY_REQUESTS, _SERVER_ERRORS = 429, 500
_WORDS = {"TimeoutError": "no answer in time", "EOFError": "the connection has ended"}
"""For errors that have none."""
_LONGEST_REASON = 300

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
    return _error(path, "written", fault, _REMEDIES.get(number or 0, _WRITABLE))


def told_as_unreadable(path: str, *, even_absent: bool = False) -> AbstractContextManager[None]:
    """Turn an error of a file system into a `StorageError`.

    Args:
        path: What was being read, as it is shown.
        even_absent: Turn also that nothing is there, which is let through otherwise.
    """
    make = partial(_error, path, "read", remedy=_READABLE)
    return _told(make, () if even_absent else _NOTHING_THERE)


def told_as_left(path: str) -> AbstractContextManager[None]:
    """Turn any error of a file system into a `StorageError`, but that nothing is there.

    Args:
        path: What was being removed, as it is shown.
    """
    return _told(partial(_error, path, "removed", remedy=_REMOVABLE), _NOTHING_THERE)


@contextmanager
def _told(
    make: Callable[[Exception], StorageError], but: tuple[type[Exception], ...] = ()
) -> Iterator[None]:
    try:
        yield
    except ExpresError:
        raise
    except Exception as fault:
        meant = _meant(fault)
        if isinstance(meant, but):
            raise
        raise make(meant) from None


def _error(path: str, done: str, fault: Exception, remedy: str) -> StorageError:
    away = _is_away(fault)
    kind = StorageUnavailable if away else StorageError
    msg = f"{path} cannot be {done}: {_reason(fault)}. {_ANSWERING if away else remedy}."
    return kind(msg, path)


def _meant(fault: Exception) -> Exception:
    """Give what has happened: fsspec says of every error of an HTTP host that nothing is there."""
    cause = fault.__cause__
    told_by_http = isinstance(cause, OSError) or hasattr(cause, "status") or _is_away(cause)
    if isinstance(fault, FileNotFoundError) and isinstance(cause, Exception) and told_by_http:
        return fault if getattr(cause, "status", None) in {404, 410} else cause
    return fault


def _is_away(fault: BaseException | None) -> bool:
    """Say whether a host does not answer, or not now."""
    status = getattr(fault, "status", 0)
    return (
        any(each.__name__ in _AWAY for each in type(fault).__mro__)
        or (isinstance(fault, OSError) and fault.errno in _AWAY_NOW)
        or (isinstance(status, int) and status >= _SERVER_ERRORS)
        or status == _TOO_MANY_REQUESTS
    )


def _reason(fault: Exception) -> str:
    """Give the words of an error, without secrets and in short."""
    if status := getattr(fault, "status", None):
        text = f"{status} {getattr(fault, 'message', '')}"
    elif isinstance(fault, FileNotFoundError):
        text = fault.strerror or os.strerror(errno.ENOENT)
    elif isinstance(fault, OSError) and fault.errno in _REMEDIES:
        text = os.strerror(fault.errno)  # libraries say more, but nothing of use
    else:
        text = (isinstance(fault, OSError) and fault.strerror) or str(fault)
    plain = " ".join(without_secrets(text).split())[:_LONGEST_REASON].rstrip(" .:")
    kinds = (each.__name__ for each in type(fault).__mro__)
    return plain or next((_WORDS[kind] for kind in kinds if kind in _WORDS), type(fault).__name__)


def path_of(folder: str, name: str) -> str:
    """Give the path of a file within its file system, as messages show it."""
    try:
        path = fsspec.core.strip_protocol(folder)
    except (ImportError, ValueError):  # what uses it tells that there is no such file system
        path = folder
    return shown_url(posixpath.join(path, name))
