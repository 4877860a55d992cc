"""Sets of files are published whole, on a disk and on object stores."""

import asyncio
import hashlib
import json
import random
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import fsspec
import pytest

from prefect_expres.storage.publish import prune, publish, read_published, set_name
from tests.support.publisher import FILES, new_set
from tests.support.quick import SUPPORT

INDEX = "index.json"
MOMENTS = 24
MADE = datetime(2026, 11, 24, 10, tzinfo=UTC)


def assert_whole(root: str) -> str:
    """Read the latest set as a reader does, check it, and give its name."""
    system, path = fsspec.core.url_to_fs(root)
    index = json.loads(system.cat_file(f"{path}/latest/{INDEX}"))
    for name, digest in index["files"].items():
        content = system.cat_file(f"{path}/{index['folder']}/{name}")
        assert hashlib.sha256(content).hexdigest() == digest
    return str(index["folder"])


@pytest.fixture(params=["file", "memory", "s3"])
def root(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give a folder for sets: on a disk, and on stores without links."""
    if request.param == "file":
        return str(tmp_path / "sets")
    store = "memory:/" if request.param == "memory" else request.getfixturevalue("bucket")
    return f"{store}/{tmp_path.name}"


async def test_the_latest_set_is_read_through_its_index(root: str) -> None:
    """Each set becomes the latest; those before stay as they are."""
    assert await read_published(root, f"latest/{INDEX}") is None
    for hour in range(2):
        name = set_name(MADE + timedelta(hours=hour))
        await publish(root, name, new_set(name), INDEX)
        assert assert_whole(root) == name
    system, path = fsspec.core.url_to_fs(root)
    assert len(system.ls(path)) == 3


async def test_wherever_it_is_stopped_the_latest_set_is_whole(root: str) -> None:
    """Publishing is cancelled at one moment after the other: there is always a whole set.

    A step that is under way in a thread ends there, perhaps after the next one has begun.
    """
    names = [set_name(MADE + timedelta(hours=hour)) for hour in range(MOMENTS)]
    began = time.monotonic()
    await publish(root, names[0], new_set(names[0]), INDEX)
    lasts = time.monotonic() - began
    for moment, name in enumerate(names[1:]):
        task = asyncio.create_task(publish(root, name, new_set(name), INDEX))
        await asyncio.sleep(lasts * moment / MOMENTS)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert assert_whole(root) in names[: moment + 2]
    name = set_name(MADE + timedelta(days=3))
    await publish(root, name, new_set(name), INDEX)
    assert assert_whole(root) == name


async def test_each_entry_stands_for_the_set(root: str) -> None:
    """Readers may begin with a page as well as with the index: latest holds both."""
    for hour in range(2):
        name = set_name(MADE + timedelta(hours=hour))
        files = new_set(name) | {"page.html": name.encode()}
        await publish(root, name, files, "page.html", INDEX)
        assert assert_whole(root) == name
        assert await read_published(root, "latest/page.html") == name.encode()
    system, path = fsspec.core.url_to_fs(root)
    system.invalidate_cache()
    names = {entry.rpartition("/")[2] for entry in system.ls(f"{path}/latest", detail=False)}
    assert names in ({"page.html", INDEX}, {"page.html", INDEX, *FILES})


async def test_the_entries_come_last() -> None:
    """Whoever reads a set while it is written finds no entry that names what is not there yet."""
    name = set_name(MADE)
    await publish("memory://sets-in-order", name, {INDEX: b"{}", "z.csv": b""}, INDEX)
    written = [path for path in fsspec.filesystem("memory").store if name in path]
    assert [path.rpartition("/")[2] for path in written] == ["z.csv", INDEX]


async def test_a_folder_that_is_there_gets_the_index(tmp_path: Path) -> None:
    """Where latest is a folder, as in a copy of an object store, the index is replaced in it."""
    (tmp_path / "latest").mkdir()
    name = set_name(MADE)
    await publish(str(tmp_path), name, new_set(name), INDEX)
    assert assert_whole(str(tmp_path)) == name
    assert [path.name for path in (tmp_path / "latest").iterdir()] == [INDEX]


async def test_on_a_disk_all_files_have_lasting_paths(tmp_path: Path) -> None:
    """There latest is a link, relative, so that the folder can be moved."""
    name = set_name(MADE)
    files = new_set(name)
    await publish(str(tmp_path / "before"), name, files, INDEX)
    (tmp_path / "before").rename(tmp_path / "after")
    latest = tmp_path / "after" / "latest"
    assert {path.name: path.read_bytes() for path in latest.iterdir()} == files
    assert sorted(path.name for path in latest.parent.iterdir()) == sorted(["latest", name])


async def test_old_sets_are_removed_but_two_stay(root: str) -> None:
    """The youngest are kept; what is no set is not touched."""
    names = [set_name(MADE + timedelta(hours=hour)) for hour in range(4)]
    for name in names:
        await publish(root, name, new_set(name), INDEX)
    system, path = fsspec.core.url_to_fs(root)
    system.pipe_file(f"{path}/announced.json", b"[]")
    assert await prune(root, names[-1], 3) == names[:1]
    assert await prune(root, names[-1], 1) == names[1:2]
    assert await prune(root, names[2], 1) == []
    assert assert_whole(root) == names[-1]
    assert {entry.rpartition("/")[2] for entry in system.ls(path, detail=False)} >= {
        "announced.json",
        *names[2:],
    }


async def test_the_latest_stays_though_a_clock_was_set_back(root: str) -> None:
    """A set that seems to be older than the others is not removed while it is the latest."""
    for hour in (3, 2, 1):
        latest = set_name(MADE + timedelta(hours=hour))
        await publish(root, latest, new_set(latest), INDEX)
    removed = await prune(root, latest, 2)
    assert [name[:11] for name in removed] == ["20261124T12"]
    assert assert_whole(root) == latest


async def test_a_link_that_was_left_goes_with_its_set(tmp_path: Path) -> None:
    """A publisher that is killed before it renames its link leaves it; later it is removed."""
    names = [set_name(MADE + timedelta(hours=hour)) for hour in range(3)]
    for name in names:
        await publish(str(tmp_path), name, new_set(name), INDEX)
    (tmp_path / f"{names[0]}.link").symlink_to(names[0])
    await prune(str(tmp_path), names[2], 2)
    assert {path.name for path in tmp_path.iterdir()} == {"latest", *names[1:]}


def test_whoever_is_killed_the_latest_is_whole(tmp_path: Path) -> None:
    """A publisher is killed at any moment, again and again; a reader never sees half a set."""
    root, chance = tmp_path / "sets", random.Random(20261124)
    seen = set()
    for _ in range(6):
        with subprocess.Popen(
            [sys.executable, str(SUPPORT / "publisher.py"), str(root)],
            stdout=subprocess.PIPE,
            text=True,
        ) as publisher:
            assert publisher.stdout is not None
            publisher.stdout.readline()
            until = time.monotonic() + chance.uniform(0.05, 0.4)
            while time.monotonic() < until:
                seen.add(assert_whole(str(root)))
            publisher.kill()
        seen.add(assert_whole(str(root)))
    assert len(seen) > 12
    assert {file.name for file in (root / "latest").iterdir()} == {INDEX, *FILES}
