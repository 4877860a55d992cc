"""Folders that others write to as well, fill up, or set traps in."""

import asyncio
import hashlib
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from prefect_expres.errors import StorageError
from prefect_expres.storage import read_or_none, require_writable, write_whole
from prefect_expres.storage.atomic import Part
from prefect_expres.storage.locks import lock
from prefect_expres.storage.part_files import LocalPart
from tests.support.ordinary_user import unprivileged

CONTENT = b"emission"
SHA1 = hashlib.sha1(CONTENT, usedforsecurity=False).hexdigest()
PART = "r.cdf.0123abcd.part"

_WRITE = """
import asyncio, sys
from prefect_expres.storage.atomic import Part

async def main(folder, announced, rounds):
    for _ in range(int(rounds)):
        part = await Part.open(folder, "r.cdf", announced)
        await part.restart()
        await part.write(b"emission")
        await part.keep()

asyncio.run(main(*sys.argv[1:]))
"""

_FILL = """
import asyncio, resource, signal, sys
from pathlib import Path
from prefect_expres.errors import StorageError
from prefect_expres.storage import atomic_path
from prefect_expres.storage import require_writable
from prefect_expres.storage.atomic import Part

async def main(folder):
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (6_000_000, 6_000_000))
    part = await Part.open(folder, "r.cdf", "0" * 40)
    try:
        for _ in range(9):
            await part.write(bytes(1_000_000))
        await part.keep()
    except StorageError as fault:
        print(fault)
    await part.drop()
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 6_000_000))
    try:
        await require_writable(folder, 1)
    except StorageError as fault:
        print(fault)
    try:
        with atomic_path(Path(folder, "table.csv")) as path:
            path.write_text("more")
    except StorageError as fault:
        print(fault)

asyncio.run(main(sys.argv[1]))
"""


def names(folder: Path) -> list[str]:
    """Give what is in a folder."""
    return sorted(path.name for path in folder.iterdir())


def test_writers_of_one_file_never_disturb_each_other(tmp_path: Path) -> None:
    """Four processes make, continue, remove and rename parts of one file again and again."""
    command = [sys.executable, "-c", _WRITE, str(tmp_path), SHA1, "150"]
    writers = [subprocess.Popen(command, stderr=subprocess.PIPE) for _ in range(4)]
    said = [writer.communicate()[1].decode() for writer in writers]
    assert said == ["", "", "", ""]
    assert names(tmp_path) == ["r.cdf"]
    assert (tmp_path / "r.cdf").read_bytes() == CONTENT


def test_part_that_is_taken_before_it_is_locked_is_not_written(tmp_path: Path) -> None:
    """Its maker sees that another has it, or that it is gone, and makes another."""
    final, made = str(tmp_path / "r.cdf"), []
    done = threading.Event()

    def take() -> None:
        while not done.is_set():
            for part in LocalPart.left(final):
                part.remove()

    taker = threading.Thread(target=take)
    taker.start()
    for _ in range(300):
        part = LocalPart.new(final)
        made.append(part)
        part.write(CONTENT)
        part.finish(final)
    done.set()
    taker.join()
    assert names(tmp_path) == ["r.cdf"]


async def test_planted_link_is_not_followed(tmp_path: Path) -> None:
    """What it leads to stays as it was, whatever the link is named."""
    folder, private = tmp_path / "out", tmp_path / "private"
    folder.mkdir()
    private.write_bytes(CONTENT[:5])
    (folder / PART).symlink_to(private)
    (folder / "r.cdf.4567abcd.part").hardlink_to(private)
    (folder / "r.cdf").symlink_to(private)
    os.mkfifo(folder / "r.cdf.89abcdef.part")
    part = await Part.open(str(folder), "r.cdf", SHA1)
    assert part.size == 0
    await part.write(CONTENT)
    await part.keep()
    assert private.read_bytes() == CONTENT[:5]
    assert (folder / "r.cdf").read_bytes() == CONTENT
    assert not (folder / "r.cdf").is_symlink()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to another user")
async def test_what_another_user_planted_is_not_used(tmp_path: Path) -> None:
    """Neither a part, which its owner could still change, nor a link in place of the folder."""
    (tmp_path / PART).write_bytes(CONTENT[:5])
    os.chown(tmp_path / PART, 12345, 12345)
    part = await Part.open(str(tmp_path), "r.cdf", SHA1)
    assert part.size == 0
    await part.drop()
    assert names(tmp_path) == [PART]
    (tmp_path / "link").symlink_to(tmp_path)
    await write_whole(str(tmp_path / "link"), "own", b"")
    os.lchown(tmp_path / "link", 12345, 12345)
    with pytest.raises(StorageError, match="is a symbolic link of another user"):
        await write_whole(str(tmp_path / "link"), "other", b"")
    assert "other" not in names(tmp_path)


def test_pipe_in_place_of_a_file_is_not_read(tmp_path: Path) -> None:
    """Who waits for its writer waits for ever."""
    os.mkfifo(tmp_path / "r.json")
    with pytest.raises(StorageError, match=r"r\.json is no file\. Remove it"):
        read_or_none(str(tmp_path), "r.json")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to another user")
def test_planted_link_is_not_read_through(tmp_path: Path) -> None:
    """One's own is followed: archives may keep the contents of files elsewhere."""
    (tmp_path / "private").write_bytes(CONTENT)
    (tmp_path / "r.json").symlink_to(tmp_path / "private")
    assert read_or_none(str(tmp_path), "r.json") == CONTENT
    os.lchown(tmp_path / "r.json", 12345, 12345)
    with pytest.raises(StorageError, match="is a symbolic link of another user"):
        read_or_none(str(tmp_path), "r.json")


async def test_file_system_without_locks_can_be_written(tmp_path: Path) -> None:
    """A part of it is not continued."""
    assert not lock(999_999)
    part = LocalPart.new(str(tmp_path / "r.cdf"))
    part.continuable = False
    part.write(CONTENT)
    part.finish(str(tmp_path / "r.cdf"))
    assert (tmp_path / "r.cdf").read_bytes() == CONTENT
    part = LocalPart.new(str(tmp_path / "x.cdf"))
    part.continuable = False
    part.remove()
    part.remove()
    assert names(tmp_path) == ["r.cdf"]


async def test_part_whose_maker_is_cancelled_is_removed(tmp_path: Path) -> None:
    """Whenever that is: what is under way in a thread comes to its end first."""
    for moment in range(40):
        making = asyncio.create_task(Part.open(str(tmp_path), "r.cdf", SHA1))
        await asyncio.sleep(moment / 20_000)
        if not making.done():
            making.cancel()
        (made,) = await asyncio.gather(making, return_exceptions=True)
        if isinstance(made, Part):
            await made.drop()
        assert names(tmp_path) == []


async def test_full_disk_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    """The system lets a process write no more: while a file comes, and before it is asked for."""
    ended = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _FILL, str(tmp_path)), stdout=subprocess.PIPE
    )
    printed, _ = await ended.communicate()
    told = "cannot be written: File too large. The system allows no larger file there; name another"
    assert printed.decode().splitlines() == [
        f"{tmp_path}/r.cdf {told} folder.",
        f"{tmp_path}/writable {told} folder.",
        f"{tmp_path}/table.csv {told} folder.",
    ]
    assert names(tmp_path) == []


async def test_space_is_looked_for_before_it_is_needed(tmp_path: Path) -> None:
    """The folder is made; the probe is gone."""
    folder = tmp_path / "a" / "b"
    await require_writable(str(folder), 1000)
    await require_writable("memory://probed", 2**80)
    assert names(folder) == []
    with pytest.raises(StorageError, match=f"{folder} has .* MB free, and the results need") as f:
        await require_writable(str(folder), 2**80)
    assert f.value.path == str(folder)


@pytest.mark.parametrize("mode", ["no right", "a file"])
async def test_folder_that_cannot_be_written_is_told(tmp_path: Path, mode: str) -> None:
    """Missing rights, or a file in its place."""
    folder = tmp_path / "out"
    if mode == "no right":
        folder.mkdir(mode=0o500)
        told = "Permission denied. Make it writable"
    else:
        folder.write_bytes(b"")
        told = "File exists. Move the file"
    code = (
        "import asyncio, sys; from prefect_expres.storage import require_writable\n"
        "asyncio.run(require_writable(sys.argv[1], 1))"
    )
    command = unprivileged(sys.executable, "-c", code, str(folder))
    ended = await asyncio.create_subprocess_exec(*command, stderr=subprocess.PIPE)
    _, said = await ended.communicate()
    assert f"StorageError: {folder}/writable cannot be written: {told}" in said.decode()
