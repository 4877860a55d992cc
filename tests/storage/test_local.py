"""Temporary local paths, local copies, and small files from any file system."""

import errno
import os
from pathlib import Path

import fsspec
import pytest

from prefect_expres.errors import StorageError
from prefect_expres.storage import atomic_path, local_copy, local_path, read_bounded, read_or_none

LARGE = bytes(range(256)) * 2**13 + b"end"


def names(folder: Path) -> list[str]:
    """Give what is in a folder."""
    return sorted(path.name for path in folder.iterdir())


def test_file_gets_its_name_when_all_went_well(tmp_path: Path) -> None:
    """Until then the older file stays; the temporary folder is removed."""
    path = tmp_path / "r.txt"
    path.write_text("before")
    with atomic_path(path) as part:
        assert part.name == "r.txt"
        assert part.parent.parent == tmp_path
        assert part.parent.name.startswith(".r.txt-")
        part.write_text("after")
        assert path.read_text() == "before"
    assert path.read_text() == "after"
    assert names(tmp_path) == ["r.txt"]


def test_what_was_there_stays_where_something_fails(tmp_path: Path) -> None:
    """This holds for a file, a folder, and a new name."""
    (tmp_path / "file").write_text("before")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a").write_text("before")

    def write_half(path: Path, *, folder: bool) -> None:
        with atomic_path(path, folder=folder) as part:
            part.write_text("half")
            raise RuntimeError

    for name in ("file", "folder", "nothing"):
        with pytest.raises(RuntimeError):
            write_half(tmp_path / name, folder=name == "folder")
    assert names(tmp_path) == ["file", "folder"]
    assert (tmp_path / "file").read_text() == "before"
    assert (tmp_path / "folder" / "a").read_text() == "before"


def test_folder_is_replaced_by_a_folder(tmp_path: Path) -> None:
    """Nothing of the old folder is left."""
    path = tmp_path / "r.zarr"
    for name in ("a", "b"):
        with atomic_path(path, folder=True) as part:
            part.mkdir()
            (part / name).write_text(name)
    assert names(path) == ["b"]
    assert names(tmp_path) == ["r.zarr"]


def test_folder_is_not_replaced_by_a_file(tmp_path: Path) -> None:
    """Its files would be lost; this is seen before anything is made."""
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "a.png").write_text("precious")
    told = pytest.raises(StorageError, match=r"Is a directory\. Move the folder of this name away")
    with told, atomic_path(tmp_path / "pictures"):
        raise AssertionError
    assert names(tmp_path / "pictures") == ["a.png"]
    assert names(tmp_path) == ["pictures"]


def test_folder_must_be_there(tmp_path: Path) -> None:
    """A missing folder is an error."""
    with pytest.raises(FileNotFoundError), atomic_path(tmp_path / "none" / "r.txt"):
        pass


@pytest.mark.parametrize("slash", ["", "/"])
def test_copy_has_the_content_of_the_file(tmp_path: Path, slash: str) -> None:
    """It can come from any file system, and is removed at the end."""
    (tmp_path / "r.cdf").write_bytes(LARGE)
    fsspec.filesystem("memory").pipe_file("/copied/r.cdf", LARGE)
    for url in (str(tmp_path / "r.cdf"), f"memory://copied/r.cdf{slash}"):
        with local_copy(url) as path:
            assert path.read_bytes() == LARGE
        assert not path.parent.exists()
    assert names(tmp_path) == ["r.cdf"]


def test_missing_file_cannot_be_copied(tmp_path: Path) -> None:
    """This is an error, with what to do."""
    told = pytest.raises(StorageError, match=r"No such file .*\. Look at its address")
    with told, local_copy(str(tmp_path / "none")):
        pass


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        (errno.ENOSPC, "Free some space there, or name another folder"),
        (errno.EDQUOT, "Free some space of your quota there, or name another folder"),
        (errno.EFBIG, "The system allows no larger file there; name another folder"),
        (errno.EROFS, "Make it writable, or name another folder"),
    ],
)
def test_disk_that_takes_no_more_is_told(tmp_path: Path, code: int, remedy: str) -> None:
    """With the file, the reason and what to do; nothing is left."""
    path = tmp_path / "r.txt"
    with pytest.raises(StorageError, match=remedy) as fault, atomic_path(path):
        raise OSError(code, os.strerror(code))
    assert fault.value.path == str(path)
    assert os.strerror(code) in str(fault.value)
    assert names(tmp_path) == []


@pytest.mark.parametrize("code", [errno.EACCES, errno.EIO, errno.ENOENT])
def test_other_errors_of_the_writer_stay_as_they_are(tmp_path: Path, code: int) -> None:
    """They may be of another file."""
    with pytest.raises(OSError, match=os.strerror(code)) as fault, atomic_path(tmp_path / "r.txt"):
        raise OSError(code, os.strerror(code))
    assert not isinstance(fault.value, StorageError)


def test_file_is_read_or_is_not_there(tmp_path: Path) -> None:
    """A missing folder, or a file instead of a folder, also gives None."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b.json").write_bytes(b"{}")
    assert read_or_none(str(tmp_path), "a/b.json") == b"{}"
    for name in ("b.json", "none/b.json", "a/b.json/c"):
        assert read_or_none(str(tmp_path), name) is None
    with pytest.raises(StorageError, match=f"{tmp_path}/a is a folder. Move it away") as fault:
        read_or_none(str(tmp_path), "a")
    assert fault.value.path == f"{tmp_path}/a"
    fsspec.filesystem("memory").pipe_file("/read/b.json", b"[]")
    assert read_or_none("memory://read", "b.json") == b"[]"
    assert read_or_none("memory://read", "c.json") is None


def test_small_file_is_read_within_a_limit(tmp_path: Path) -> None:
    """A file of exactly the limit is read; one byte more is refused."""
    path = tmp_path / "a.json"
    path.write_bytes(b"12345")
    assert read_bounded(path, 5) == b"12345"
    assert read_bounded(f"file://{path}", 9) == b"12345"
    with pytest.raises(StorageError, match=r"a\.json is larger than 4 bytes"):
        read_bounded(path, 4)


@pytest.mark.parametrize("location", ["none.json", "nonsense://x/y", "memory://none"])
def test_file_that_cannot_be_read_is_told(location: str) -> None:
    """It is always told with the name of the file."""
    with pytest.raises(StorageError, match=f"^{location} cannot be read: ") as caught:
        read_bounded(location, 5)
    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    ("location", "path"),
    [
        ("a/r.txt", Path("a/r.txt")),
        ("~/r.txt", Path.home() / "r.txt"),
        ("file:///a/r.txt", Path("/a/r.txt")),
        ("local:///a/r.txt", Path("/a/r.txt")),
        ("memory://a/r.txt", None),
        ("s3://file/r.txt", None),
    ],
)
def test_a_local_file_is_used_where_it_is(location: str, path: Path | None) -> None:
    """Only what is elsewhere needs a copy."""
    assert local_path(location) == path
