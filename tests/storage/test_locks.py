"""A lock is held while its file is open, and an open file is known by its path."""

from pathlib import Path

import pytest

from prefect_expres.storage.locks import is_at, lock, lock_at


def test_lock_is_held_while_the_file_is_open(tmp_path: Path) -> None:
    """Only one open file at a time can have it."""
    path = tmp_path / "part"
    with path.open("wb") as file, path.open("rb") as other:
        assert lock(file.fileno())
        with pytest.raises(BlockingIOError):
            lock(other.fileno())
        file.close()
        assert lock(other.fileno())
    assert not lock(999_999)


def test_lock_is_of_use_only_while_the_file_has_its_path(tmp_path: Path) -> None:
    """Who had it before may have finished or removed it; without locks nobody can tell."""
    path = tmp_path / "part"
    with path.open("wb") as file:
        assert lock_at(file.fileno(), str(path))
        with path.open("rb") as other, pytest.raises(BlockingIOError):
            lock_at(other.fileno(), str(path))
    with path.open("rb") as file:
        path.rename(tmp_path / "final")
        with pytest.raises(BlockingIOError) as taken:
            lock_at(file.fileno(), str(path))
        assert taken.value.filename == str(path)
        path.write_bytes(b"new")
        with pytest.raises(BlockingIOError):
            lock_at(file.fileno(), str(path))
    assert not lock_at(999_999, str(path))


def test_open_file_is_known_by_its_path(tmp_path: Path) -> None:
    """It is not if the path was renamed or replaced."""
    path = tmp_path / "part"
    with path.open("wb") as file:
        assert is_at(file.fileno(), str(path))
        path.rename(tmp_path / "final")
        assert not is_at(file.fileno(), str(path))
        path.symlink_to(tmp_path / "final")
        assert not is_at(file.fileno(), str(path))
        path.unlink()
        path.write_bytes(b"new")
        assert not is_at(file.fileno(), str(path))
