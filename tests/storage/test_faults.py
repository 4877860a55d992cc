"""What a file system refuses is told as one kind of error, with the path and what to do."""

import errno
import os
from typing import Any

import pytest

from prefect_expres.errors import ChecksumMismatch, StorageError, StorageUnavailable
from prefect_expres.storage.faults import told_as_storage_error, told_as_unreadable

IN_THE_WAY = "Move the file that is in the way, or name another folder"
OTHER = "Make it writable, or name another folder"
AWAY = "See whether its host answers, and try again."


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


@pytest.mark.parametrize(
    "name",
    [
        *("ConnectionError", "HTTPClientError", "ClientConnectionError", "ClientPayloadError"),
        *("TimeoutError", "EOFError", "SSHException", "error_temp"),
    ],
)
def test_a_host_that_is_away_is_known_by_the_names_of_errors(name: str) -> None:
    """Of libraries that need not be installed; a further class of one counts, too."""
    kind = type("Further", (type(name, (Exception,), {}),), {})
    with pytest.raises(StorageUnavailable) as told, told_as_storage_error("/a/b"):
        raise kind("it said so")
    assert str(told.value) == f"/a/b cannot be written: it said so. {AWAY}"
    assert StorageUnavailable.retryable


@pytest.mark.parametrize(
    ("facts", "away"),
    [
        ({"errno": errno.EBUSY}, True),
        ({"errno": errno.EREMOTEIO}, True),
        ({"errno": errno.EHOSTUNREACH}, True),
        ({"errno": errno.ENETUNREACH}, True),
        ({"errno": errno.EACCES}, False),
        ({"status": 500}, True),
        ({"status": 503}, True),
        ({"status": 499}, False),
        ({"status": 429}, True),
        ({"status": 428}, False),
        ({"status": "500"}, False),
    ],
    ids=str,
)
def test_a_host_that_is_away_is_known_by_numbers(facts: dict[str, Any], *, away: bool) -> None:
    """Those of the system, and those of HTTP."""
    fault = OSError(facts.get("errno"), "no") if "errno" in facts else Exception("no")
    for name, value in facts.items():
        setattr(fault, name, value)
    with pytest.raises(StorageError) as told, told_as_storage_error("/a/b"):
        raise fault
    assert isinstance(told.value, StorageUnavailable) == away


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (TimeoutError(), "no answer in time"),
        (EOFError(), "the connection has ended"),
        (FileNotFoundError(errno.ENOENT, "gone", "/x"), "gone"),
        (FileNotFoundError("/x"), "No such file or directory"),
        (OSError(errno.ENOSPC, "library words"), os.strerror(errno.ENOSPC)),
        (ValueError("two\n  words: . "), "two words"),
        (ValueError("x" * 301), "x" * 300),
        (ValueError("at s3://key:secret@bucket"), "at s3://bucket"),
    ],
    ids=str,
)
def test_reasons_are_short_and_keep_secrets(fault: Exception, reason: str) -> None:
    """On one line, in the words of the system where there are such."""
    with pytest.raises(StorageError) as told, told_as_storage_error("/a/b"):
        raise fault
    assert str(told.value).startswith(f"/a/b cannot be written: {reason}. ")


@pytest.mark.parametrize(
    ("status", "absent"), [(404, True), (410, True), (403, False), (411, False), (500, False)]
)
def test_of_a_web_server_only_two_answers_say_that_nothing_is_there(
    status: int, *, absent: bool
) -> None:
    """Fsspec says it of all; what was answered is the cause."""
    cause = type("Answered", (Exception,), {"status": status, "message": "no"})()
    with pytest.raises((FileNotFoundError, StorageError)) as told, told_as_unreadable("/a/b"):
        raise FileNotFoundError("https://a.example.org/b") from cause
    assert isinstance(told.value, FileNotFoundError) == absent
