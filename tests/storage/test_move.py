"""Files are moved within a file system, whatever is there already."""

from pathlib import Path

import pytest

from prefect_expres.storage import move_files, read_or_none, write_whole


@pytest.fixture(params=["file", "memory"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give a folder on each kind of file system."""
    return str(tmp_path) if request.param == "file" else f"memory://{tmp_path.name}"


async def test_files_are_moved(folder: str) -> None:
    """Those that are named, into a folder that is made for them."""
    for name in ("io.cdf", "run.log", "mine.txt"):
        await write_whole(folder, name, name.encode())
    await move_files(folder, ["io.cdf", "run.log"], f"{folder}/aside/j001")
    assert read_or_none(f"{folder}/aside/j001", "io.cdf") == b"io.cdf"
    assert read_or_none(f"{folder}/aside/j001", "run.log") == b"run.log"
    assert read_or_none(folder, "io.cdf") is None
    assert read_or_none(folder, "mine.txt") == b"mine.txt"


async def test_what_is_not_there_is_passed_over(folder: str) -> None:
    """And one of the same name is replaced."""
    await write_whole(f"{folder}/aside", "io.cdf", b"old")
    await write_whole(folder, "io.cdf", b"new")
    await move_files(folder, ["gone.log", "io.cdf"], f"{folder}/aside")
    assert read_or_none(f"{folder}/aside", "io.cdf") == b"new"
    await move_files(f"{folder}/none", ["io.cdf"], f"{folder}/aside")
    assert read_or_none(f"{folder}/aside", "io.cdf") == b"new"
