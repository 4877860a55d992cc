"""Folders are looked at as they are, and a file system that fails is not taken for an empty one."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import fsspec
import pytest
from fsspec import AbstractFileSystem

from prefect_expres.errors import StorageError, StorageUnavailable
from prefect_expres.storage import (
    files_below,
    find_files,
    is_file,
    is_there,
    last_change,
    local_copy,
    move_files,
    names_in,
    parent_of,
    path_in,
    remove_folder,
    write_whole,
)


@pytest.fixture(params=["file", "memory", "s3"])
async def folder(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give a folder with files on each kind of file system."""
    urls = {"file": str(tmp_path / "a b#[1]"), "memory": f"memory://{tmp_path.name}"}
    if request.param == "s3":
        urls["s3"] = f"{request.getfixturevalue('bucket')}/a b#[1]/{tmp_path.name}"
    url = urls[request.param]
    for name in ("io.json", "é [2]%20#?.json"):
        await write_whole(url, name, b"{}")
    await write_whole(f"{url}/below/deep", "c.json", b"{ }")
    return url


def test_what_is_in_a_folder(folder: str) -> None:
    """By name, whatever signs a name has; sizes also of what is deeper."""
    assert names_in(folder) == ["below", "io.json", "é [2]%20#?.json"]
    sizes = {"below/deep/c.json": 3, "io.json": 2, "é [2]%20#?.json": 2}
    assert files_below(folder) == sizes
    assert names_in(f"{folder}/none") == names_in(f"{folder}/io.json/none") == []
    assert names_in(f"{folder}/io.json") == []
    assert files_below(f"{folder}/none") == {}


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ("out", "out/io.json"),
        ("out//", "out/io.json"),
        ("/", "/io.json"),
        ("s3://bucket", "s3://bucket/io.json"),
        ("s3://bucket/a//", "s3://bucket/a/io.json"),
        ("memory://", "memory://io.json"),
        ("file:///", "file:///io.json"),
    ],
)
def test_slashes_at_the_end_do_not_count(given: str, path: str) -> None:
    """But those that make the root of a file system do."""
    assert path_in(given, "io.json") == path


@pytest.mark.parametrize(
    ("location", "neighbour"),
    [
        ("file:///results/io/io.cdf", "file:///results/io/x.json"),
        ("/results/é [2]%20#?/io.cdf", "file:///results/é [2]%20#?/x.json"),
        ("/io.cdf", "file:///x.json"),
        ("memory://io.cdf", "memory:///x.json"),
        ("memory://results/io.cdf", "memory:///results/x.json"),
    ],
)
def test_a_file_is_in_a_folder(location: str, neighbour: str) -> None:
    """Its URL leads to what lies beside it, also in the root of a file system."""
    assert path_in(parent_of(location), "x.json") == neighbour


def test_a_name_alone_is_in_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a shell takes it."""
    monkeypatch.chdir(tmp_path)
    assert parent_of("io.cdf") == f"file://{tmp_path}"


def test_an_unknown_file_system_has_no_folders() -> None:
    """It is an error in words."""
    with pytest.raises(StorageError, match="nosuch"):
        parent_of("nosuch://results/io.cdf")


def test_what_a_name_stands_for(folder: str) -> None:
    """A folder is there, and is no file."""
    assert is_file(f"{folder}/é [2]%20#?.json")
    assert not is_file(f"{folder}/below")
    assert is_there(f"{folder}/below")
    assert not is_there(f"{folder}/none")
    assert not is_there(f"{folder}/io.json/none")


def test_files_are_found_by_pattern_and_by_name(folder: str) -> None:
    """The name of a file means that file, whatever pattern it could be."""
    system, path = fsspec.core.url_to_fs(folder)
    odd = system.unstrip_protocol(f"{path}/é [2]%20#?.json")
    assert find_files(f"{folder}/é [2]%20#?.json") == [odd]
    assert find_files(f"{folder}/none.json") == []


async def test_a_pattern_stands_for_many(tmp_path: Path) -> None:
    """Also below the folder."""
    for name in ("a", "b/c"):
        await write_whole(str((tmp_path / name).parent), f"{name[-1]}.json", b"{}")
    found = [url.removeprefix(f"file://{tmp_path}/") for url in find_files(f"{tmp_path}/**/*.json")]
    assert sorted(found) == ["a.json", "b/c.json"]


async def test_names_mean_themselves(folder: str) -> None:
    """Where files are moved, copied and removed, too: other names that fit a pattern stay."""
    await write_whole(f"{folder}/set[a]", "x*.json", b"star")
    for other in ("seta", "set[a]"):
        await write_whole(f"{folder}/{other}", "xy.json", b"other")
    await move_files(f"{folder}/set[a]", ["x*.json"], f"{folder}/to[b]")
    with local_copy(f"{folder}/to[b]/x*.json") as copy:
        assert copy.read_bytes() == b"star"
    with local_copy(f"{folder}/set[a]", folder=True) as copy:
        assert [path.name for path in copy.rglob("*.json")] == ["xy.json"]
    assert remove_folder(f"{folder}/set[a]")
    assert {"seta", "to[b]"} <= set(names_in(folder))
    assert "set[a]" not in names_in(folder)


def test_a_folder_is_removed_with_all_in_it(folder: str) -> None:
    """And it is said whether it was there."""
    assert remove_folder(f"{folder}/below") is True
    assert remove_folder(f"{folder}/below") is False
    assert not remove_folder(f"{folder}/io.json/none")
    assert names_in(folder) == ["io.json", "é [2]%20#?.json"]


def test_the_last_change_is_that_of_the_youngest_file(folder: str, tmp_path: Path) -> None:
    """A folder without files has none."""
    changed = last_change(folder)
    assert changed is not None
    assert abs(datetime.now(UTC) - changed) < timedelta(minutes=5)
    assert last_change(f"{folder}/none") is None
    for number, name in enumerate(("old", "young")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").touch()
        os.utime(tmp_path / name / "file", (1e9 + number, 1e9 + number))
    assert last_change(str(tmp_path / "old")) == datetime.fromtimestamp(1e9, UTC)


class Breaking(AbstractFileSystem):  # type: ignore[misc]
    """A file system with the folder ``out``, of whose folders some fail."""

    protocol = "breaking"
    cachable = False
    folders: ClassVar[tuple[str, ...]] = ()
    faults: ClassVar[dict[str, Exception]] = {
        "reset": ConnectionResetError(104, "Connection reset by peer"),
        "forbidden": PermissionError(13, "Permission denied"),
        "gone": FileNotFoundError(2, "No such file or directory"),
        "ended": EOFError(),
    }

    def ls(self, path: str, *, detail: bool = True, **kwargs: Any) -> Any:
        """List a folder, or fail."""
        name = path.rpartition("/")[2]
        if name in self.faults:
            raise self.faults[name]
        below, kind = (self.folders, "directory") if name == "out" else (("b.json",), "file")
        infos = [{"name": f"{path}/{each}", "size": 2, "type": kind} for each in below]
        return infos if detail else [info["name"] for info in infos]

    def modified(self, path: str) -> datetime:
        """Say that everything is old."""
        return datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def breaking(monkeypatch: pytest.MonkeyPatch) -> type[Breaking]:
    """Give a file system that breaks."""
    fsspec.register_implementation("breaking", Breaking, clobber=True)
    monkeypatch.setattr(Breaking, "folders", ())
    return Breaking


@pytest.mark.parametrize(
    ("name", "reason"), [("reset", "Connection reset"), ("ended", "has ended")]
)
def test_a_list_that_breaks_off_is_told(breaking: type[Breaking], name: str, reason: str) -> None:
    """It is not taken for the whole."""
    breaking.folders = ("open", name)
    for look in (files_below, last_change):
        with pytest.raises(StorageUnavailable, match=f"breaking://out cannot be read: .*{reason}"):
            look("breaking://out")


def test_what_may_not_be_read_is_left_out(breaking: type[Breaking]) -> None:
    """As ``lost+found`` of a disk, and what is removed meanwhile; asked for itself, it is told."""
    breaking.folders = ("forbidden", "gone", "open")
    assert files_below("breaking://out") == {"open/b.json": 2}
    with pytest.raises(StorageError, match=r"Permission denied\. Look at its address"):
        names_in("breaking://out/forbidden")
    assert names_in("breaking://out/gone") == []


@pytest.mark.parametrize(
    "look", [is_file, is_there, names_in, files_below, find_files, last_change]
)
def test_unknown_file_systems_are_told(look: Any) -> None:
    """Also those whose package is not installed."""
    for url, reason in (("nonsense://x/y", "Protocol not known"), ("gdrive://x/y", "nstall")):
        with pytest.raises(StorageError, match=f"^{url} cannot be read: .*{reason}"):
            look(url)
