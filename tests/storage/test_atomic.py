"""Files have their final name only when they are whole; parts are continued or removed."""

import asyncio
import hashlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from prefect_expres.cli.demo import free_port
from prefect_expres.errors import ChecksumMismatch, StorageError
from prefect_expres.storage import StoredFile, find_whole, read_or_none, write_whole
from prefect_expres.storage.atomic import Part
from prefect_expres.storage.hashes import FileHash
from tests.storage.contents import CONTENT, LARGE, SHA1, SHA256, names


class BrokenStore(MemoryFileSystem):
    """A file system in memory that cannot rename files, and writes slowly or not at all."""

    protocol = "broken"
    store: ClassVar[dict[str, Any]] = {}
    pseudo_dirs: ClassVar[list[str]] = [""]
    moving = threading.Event()
    may_move = threading.Event()
    writes_fail = False

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return super()._strip_protocol(path.removeprefix("broken:"))

    def mv(self, path1: str, path2: str, **options: Any) -> None:
        """Fail, when it is time to."""
        self.moving.set()
        assert self.may_move.wait(10)
        raise OSError("disk full")

    def open(self, path: str, mode: str = "rb", **options: Any) -> Any:
        """Open a file whose first write is slow, or which cannot be written."""
        file = super().open(path, mode, **options)
        write, delays = file.write, [0.1]

        def slow(block: bytes) -> int:
            if self.writes_fail:
                raise OSError("disk full")
            time.sleep(delays.pop() if delays else 0.0)
            return int(write(block))

        file.write = slow
        return file


@pytest.fixture
def broken() -> Iterator[type[BrokenStore]]:
    """Give a file system that cannot rename, at ``broken://``."""
    fsspec.register_implementation("broken", BrokenStore, clobber=True)
    BrokenStore.store.clear()
    BrokenStore.moving.clear()
    BrokenStore.may_move.set()
    BrokenStore.writes_fail = False
    yield BrokenStore
    fsspec.filesystem("broken").store.clear()


async def test_small_file_is_written_whole(tmp_path: Path) -> None:
    """The folder is made; an older file of this name is replaced."""
    folder = tmp_path / "new" / "folder"
    await write_whole(str(folder), "io.json", b"before")
    stored = await write_whole(str(folder), "io.json", CONTENT)
    assert stored == StoredFile(
        name="io.json", url=f"file://{folder}/io.json", size=8, sha256=SHA256
    )
    assert (folder / "io.json").read_bytes() == CONTENT
    assert names(folder) == ["io.json"]


async def test_stored_file_does_not_change() -> None:
    """The model is frozen."""
    with pytest.raises(ValueError, match="frozen"):
        StoredFile(name="a", url="u", size=1, sha256="0").size = 2  # type: ignore[misc]


async def test_folder_of_the_name_is_told_before_anything_comes(tmp_path: Path) -> None:
    """A download would be for nothing."""
    (tmp_path / "r.cdf").mkdir()
    with pytest.raises(StorageError, match=r"Is a directory\. Move"):
        await Part.open(str(tmp_path), "r.cdf")
    assert names(tmp_path) == ["r.cdf"]


async def test_file_that_cannot_have_its_name_leaves_nothing(tmp_path: Path) -> None:
    """A folder of this name stays as it is; the error names it."""
    (tmp_path / "io.json").mkdir()
    with pytest.raises(StorageError, match=f"{tmp_path}/io.json .*Is a directory. Move") as fault:
        await write_whole(str(tmp_path), "io.json", CONTENT)
    assert fault.value.path == f"{tmp_path}/io.json"
    assert names(tmp_path) == ["io.json"]
    assert names(tmp_path / "io.json") == []


async def test_store_that_cannot_rename_is_left_empty(broken: type[BrokenStore]) -> None:
    """The error is that of the file system."""
    with pytest.raises(StorageError, match=r"out/[a-z.]+ cannot be written: disk full. Make it"):
        await write_whole("broken://out", "io.json", CONTENT)
    assert broken.store == {}


async def test_cancelled_write_leaves_nothing(broken: type[BrokenStore]) -> None:
    """The part is removed when the write is cancelled."""
    broken.may_move.clear()
    writing = asyncio.create_task(write_whole("broken://out", "io.json", CONTENT))
    await asyncio.to_thread(broken.moving.wait, 10)
    assert len(broken.store) == 1
    writing.cancel()
    await asyncio.sleep(0.01)
    broken.may_move.set()
    with pytest.raises(asyncio.CancelledError):
        await writing
    assert broken.store == {}


@pytest.mark.parametrize("announced", [SHA1, SHA1.upper(), f" {SHA1}\n", SHA256])
async def test_announced_hash_is_compared(tmp_path: Path, announced: str) -> None:
    """Upper case and white space do not matter; the hash is recorded as announced."""
    part = await Part.open(str(tmp_path), "r.cdf", announced)
    assert part.checkable
    await part.write(CONTENT)
    stored = await part.keep()
    assert (stored.service_hash, stored.verified, stored.sha256) == (announced, True, SHA256)
    assert await find_whole(str(tmp_path), "r.cdf", announced) == stored
    assert names(tmp_path) == ["r.cdf"]


@pytest.mark.parametrize("announced", [None, "", "unknown", "0" * 41, "g" * 40])
async def test_hash_of_no_known_kind_is_not_compared(tmp_path: Path, announced: str | None) -> None:
    """The file is kept as not verified, and `find_whole` does not find it."""
    part = await Part.open(str(tmp_path), "r.cdf", announced)
    assert not part.checkable
    await part.write(CONTENT)
    assert not await part.is_whole()
    stored = await part.keep()
    assert (stored.service_hash, stored.verified) == (None, False)
    assert await find_whole(str(tmp_path), "r.cdf", announced or "") is None


async def test_wrong_bytes_are_not_kept(tmp_path: Path) -> None:
    """The part stays until it is dropped, so that the caller can restart it."""
    part = await Part.open(str(tmp_path), "r.cdf", SHA1)
    await part.write(b"emissary")
    assert not await part.is_whole()
    with pytest.raises(ChecksumMismatch, match=f"r.cdf has another hash than {SHA1}") as caught:
        await part.keep()
    assert caught.value.name == "r.cdf"
    assert [name[-5:] for name in names(tmp_path)] == [".part"]
    await part.restart()
    assert part.size == 0
    assert (tmp_path / names(tmp_path)[0]).read_bytes() == b""
    await part.write(CONTENT)
    assert await part.is_whole()
    assert (await part.keep()).size == 8
    assert (tmp_path / "r.cdf").read_bytes() == CONTENT
    assert names(tmp_path) == ["r.cdf"]


@pytest.mark.parametrize("folder", ["", "memory://restarted"])
async def test_part_that_begins_again_forgets_what_it_had(tmp_path: Path, folder: str) -> None:
    """Both stored bytes and those in the buffer are dropped."""
    target = folder or str(tmp_path)
    part = await Part.open(target, "r.cdf", SHA1)
    await part.write(LARGE)
    await part.write(b"more")
    await part.restart()
    await part.write(CONTENT)
    stored = await part.keep()
    assert (stored.size, stored.sha256) == (8, SHA256)
    system, path = fsspec.core.url_to_fs(target)
    assert [name.rpartition("/")[2] for name in system.find(path)] == ["r.cdf"]


async def test_dropped_part_leaves_nothing(tmp_path: Path) -> None:
    """This holds on a disk and in memory; a second drop is no error."""
    for target in (str(tmp_path), "memory://dropped"):
        part = await Part.open(target, "r.cdf", SHA1)
        await part.write(LARGE)
        await part.drop()
        await part.drop()
        system, path = fsspec.core.url_to_fs(target)
        assert system.find(path) == []


async def test_large_file_is_stored_in_blocks_in_order(tmp_path: Path) -> None:
    """The final name does not exist while the part is written."""
    part = await Part.open(str(tmp_path), "r.cdf")
    for start in range(0, len(LARGE), 1_000_003):
        await part.write(LARGE[start : start + 1_000_003])
    await part.write(b"end")
    assert not (tmp_path / "r.cdf").exists()
    stored = await part.keep()
    assert (tmp_path / "r.cdf").read_bytes() == LARGE + b"end"
    assert stored.size == len(LARGE) + 3
    assert stored.sha256 == hashlib.sha256(LARGE + b"end").hexdigest()


async def test_blocks_are_stored_one_after_the_other(broken: type[BrokenStore]) -> None:
    """A block waits until the one before is stored."""
    part = await Part.open("broken://out", "r.cdf", hashlib.sha256(LARGE).hexdigest())
    await part.write(LARGE[: 2**22])
    await part.write(LARGE[2**22 :])
    assert await part.is_whole()
    (stored,) = broken.store.values()
    assert stored.getvalue() == LARGE
    await part.drop()
    assert broken.store == {}


async def test_bytes_that_cannot_be_stored_are_an_error(broken: type[BrokenStore]) -> None:
    """The error is raised before the file gets its name, and nothing is left."""
    broken.writes_fail = True
    part = await Part.open("broken://out", "r.cdf")
    await part.write(LARGE)
    with pytest.raises(StorageError, match=r"out/[a-z.]+ cannot be written: disk full. Make it"):
        await part.keep()
    assert not broken.moving.is_set()
    await part.drop()
    assert broken.store == {}


async def test_small_writes_are_stored_together(tmp_path: Path) -> None:
    """Bytes are stored in blocks of four megabytes."""
    part = await Part.open(str(tmp_path), "r.cdf")
    file = tmp_path / names(tmp_path)[0]
    try:
        await part.write(b"x" * (2**22 - 1))
        assert file.stat().st_size == 0
        await part.write(b"x")
        async with asyncio.timeout(10):
            while file.stat().st_size < 2**22:  # noqa: ASYNC110 - a file has no event
                await asyncio.sleep(0.001)
    finally:
        await part.drop()


async def test_file_that_is_there_is_found_by_its_hash(tmp_path: Path) -> None:
    """Name and bytes must be right, and it must be a file."""
    (tmp_path / "r.cdf").write_bytes(LARGE)
    (tmp_path / "folder").mkdir()
    announced = hashlib.md5(LARGE, usedforsecurity=False).hexdigest().upper()
    assert await find_whole(str(tmp_path), "r.cdf", announced) == StoredFile(
        name="r.cdf",
        url=f"file://{tmp_path}/r.cdf",
        size=len(LARGE),
        sha256=hashlib.sha256(LARGE).hexdigest(),
        service_hash=announced,
        verified=True,
    )
    for name in ("folder", "x.cdf"):
        assert await find_whole(str(tmp_path), name, announced) is None
    assert await find_whole(str(tmp_path), "r.cdf", "0" * 32) is None
    assert await find_whole(f"{tmp_path}/none", "r.cdf", announced) is None


@pytest.mark.parametrize("name", ["md5", "sha1", "sha224", "sha256", "sha384", "sha512"])
def test_hash_is_known_by_its_length(name: str) -> None:
    """The bytes come in blocks, and are compared at any time."""
    announced = hashlib.new(name, CONTENT, usedforsecurity=False).hexdigest()
    known = FileHash(announced.upper())
    assert known.announced == announced.upper()
    known.update(CONTENT[:3])
    assert not known.matches
    known.update(bytearray(CONTENT[3:]))
    assert known.matches
    assert known.sha256 == SHA256
    assert not FileHash(None).matches


@pytest.mark.parametrize("name", ["new", "known"])
async def test_a_host_that_is_away_is_told(name: str) -> None:
    """As what cannot be written, without the password in its address."""
    away = f"ftp://me:word@127.0.0.1:{free_port()}/results"
    with pytest.raises(StorageError, match=r"/results/.* cannot be .*refused") as fault:
        await (write_whole(away, name, b"") if name == "new" else find_whole(away, name, SHA1))
    assert "word" not in str(fault.value)


def test_a_host_that_cannot_be_read_from_is_told() -> None:
    """It is no file that is not there; the password in its address is not told."""
    away = f"ftp://me:word@127.0.0.1:{free_port()}/results"
    with pytest.raises(StorageError, match=r"^/results/known cannot be read: .*refused") as fault:
        read_or_none(away, "known")
    assert "word" not in str(fault.value)
