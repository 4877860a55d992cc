"""What a file system refuses is told as one kind of error, with the path and what to do."""

import errno
import os

import pytest

from prefect_expres.errors import ChecksumMismatch, StorageError
from prefect_expres.storage.faults import told_as_storage_error

IN_THE_WAY = "Move the file that is in the way, or name another folder"
OTHER = "Make it writable, or name another folder"


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        (errno.ENOSPC, "Free some space there, or name another folder"),
        (errno.EDQUOT, "Free some space of your quota there, or name another folder"),
        (errno.EFBIG, "The system allows no larger file there; name another folder"),
        (errno.EISDIR, "Move the folder of this name away, or name another folder"),
        (errno.ENOTDIR, IN_THE_WAY),
        (errno.EEXIST, IN_THE_WAY),
        (errno.ELOOP, "Remove the symbolic link, or name another folder"),
        (errno.EROFS, OTHER),
        (errno.EACCES, OTHER),
    ],
)
def test_each_error_of_a_disk_has_its_remedy(code: int, remedy: str) -> None:
    """The reason is in the words of the system."""
    with pytest.raises(StorageError) as fault, told_as_storage_error("/a/b"):
        raise OSError(code, os.strerror(code), "/a/b.part")
    assert str(fault.value) == f"/a/b cannot be written: {os.strerror(code)}. {remedy}."
    assert fault.value.path == "/a/b"
    assert fault.value.__suppress_context__


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError("no such bucket"), "no such bucket"),
        (ValueError("no key"), "no key"),
        (ValueError(), "ValueError"),
        (OSError(), "OSError"),
    ],
)
def test_errors_of_other_stores_are_told_as_they_are(error: Exception, reason: str) -> None:
    """By their words, or by their kind if they have none."""
    with pytest.raises(StorageError) as fault, told_as_storage_error("s3://a/b"):
        raise error
    assert str(fault.value) == f"s3://a/b cannot be written: {reason}. {OTHER}."


def test_our_own_errors_pass() -> None:
    """They say more already."""
    with pytest.raises(ChecksumMismatch, match="another hash"), told_as_storage_error("/a/b"):
        raise ChecksumMismatch("another hash", "b")
