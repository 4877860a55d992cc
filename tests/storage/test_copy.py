"""Copies between file systems are whole or absent."""

import hashlib
from pathlib import Path

import fsspec
import pytest

from prefect_expres.errors import ChecksumMismatch, StorageError
from prefect_expres.storage.copy import copy_whole

CONTENT = bytes(range(256)) * 9000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def source(tmp_path: Path) -> str:
    """Write a file of more than two blocks."""
    path = tmp_path / "source"
    path.write_bytes(CONTENT)
    return str(path)


@pytest.mark.parametrize("target", ["folder/below", "memory://copies"])
async def test_a_copy_has_the_bytes_and_nothing_else_is_left(
    source: str, tmp_path: Path, target: str
) -> None:
    """On a disk and in a store."""
    folder = target if "://" in target else str(tmp_path / target)
    kept = await copy_whole(source, folder, "copy.bin", SHA256)
    with fsspec.open(kept.url, "rb") as stream:
        assert stream.read() == CONTENT
    assert (kept.name, kept.size, kept.sha256) == ("copy.bin", len(CONTENT), SHA256)
    system, path = fsspec.core.url_to_fs(folder)
    assert [name.rpartition("/")[2] for name in system.ls(path, detail=False)] == ["copy.bin"]


async def test_what_is_there_already_is_not_written_again(source: str, tmp_path: Path) -> None:
    """It keeps its place on the disk."""
    first = await copy_whole(source, str(tmp_path / "to"), "copy.bin", SHA256)
    place = (tmp_path / "to" / "copy.bin").stat().st_ino
    (tmp_path / "source").unlink()
    again = await copy_whole(source, str(tmp_path / "to"), "copy.bin", SHA256)
    assert (again.url, again.sha256) == (first.url, first.sha256)
    assert (tmp_path / "to" / "copy.bin").stat().st_ino == place


async def test_other_bytes_are_not_kept(source: str, tmp_path: Path) -> None:
    """The folder is empty afterwards."""
    with pytest.raises(ChecksumMismatch, match="another hash"):
        await copy_whole(source, str(tmp_path / "to"), "copy.bin", "0" * 64)
    assert list((tmp_path / "to").iterdir()) == []


async def test_a_part_that_was_left_does_not_get_into_the_copy(source: str, tmp_path: Path) -> None:
    """It is not the beginning of this file."""
    (tmp_path / "to").mkdir()
    (tmp_path / "to" / "copy.bin.0123abcd.part").write_bytes(b"other bytes")
    await copy_whole(source, str(tmp_path / "to"), "copy.bin", SHA256)
    assert (tmp_path / "to" / "copy.bin").read_bytes() == CONTENT


async def test_what_cannot_be_written_or_read_is_told(source: str, tmp_path: Path) -> None:
    """A folder in the way, and a source that is not there."""
    (tmp_path / "to" / "copy.bin").mkdir(parents=True)
    with pytest.raises(StorageError, match="cannot be written"):
        await copy_whole(source, str(tmp_path / "to"), "copy.bin", SHA256)
    with pytest.raises(StorageError, match="cannot be read: No such file"):
        await copy_whole(str(tmp_path / "no"), str(tmp_path / "other"), "copy.bin", SHA256)
    assert list((tmp_path / "other").iterdir()) == []
