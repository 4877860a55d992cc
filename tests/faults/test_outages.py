"""A store of files fails in the middle of the work: what is told, and what is kept."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import fsspec
import pytest

from prefect_expres.archive.publish import simulation_folders
from prefect_expres.campaigns.index import found_at
from prefect_expres.campaigns.journal import Journal, Row, remove_silent_journals
from prefect_expres.cleanup.inventory import take_inventory
from prefect_expres.errors import ChecksumMismatch, StorageError, StorageUnavailable
from prefect_expres.execution import find_verified
from prefect_expres.execution.set_aside import mismatched_jobs
from prefect_expres.storage import (
    find_whole,
    local_copy,
    move_files,
    read_or_none,
    require_writable,
    write_whole,
)
from prefect_expres.storage.atomic import Part
from prefect_expres.storage.copy import copy_whole
from prefect_expres.storage.publish import prune, publish, read_published
from tests.support.outage import Host, Trouble, store_on_a_way

CONTENT = b"{}" * 1000
SHA256 = hashlib.sha256(CONTENT).hexdigest()
LARGE = bytes(6_000_000)
BUSY, FORBIDDEN = Trouble("status", 503), Trouble("status", 403)
TROUBLES = [BUSY, FORBIDDEN, Trouble("status", 500), Trouble("reset")]
IN_A_FILE, IN_AN_ANSWER = Trouble("cut", part=300), Trouble("cut", part=20)
OLD, NEWER, NEWEST = (f"2026010{day}T000000Z-0000" for day in (1, 2, 3))


@pytest.fixture(scope="module")
def store() -> Iterator[tuple[str, Host]]:
    """Give a bucket with a file, three sets and a campaign, and the way to it."""
    with store_on_a_way() as (bucket, host):
        asyncio.run(_fill(bucket))
        yield bucket, host


async def _fill(bucket: str) -> None:
    await write_whole(f"{bucket}/d", "a.json", CONTENT)
    for name in (OLD, NEWER, NEWEST):
        await publish(f"{bucket}/sets", name, {"index.json": name.encode()}, "index.json")
    await Journal(bucket, "c1").keep(Row(number=0, label="io", state="failed"))


def _copied_here(bucket: str) -> None:
    with local_copy(f"{bucket}/d/a.json"):
        pass


READING: dict[str, Callable[[str], Awaitable[object]]] = {
    "a file that may not be there": lambda url: asyncio.to_thread(
        read_or_none, f"{url}/d", "a.json"
    ),
    "a file that is there already": lambda url: find_whole(f"{url}/d", "a.json", SHA256),
    "a simulation that is there already": lambda url: find_verified(f"{url}/d", "f"),
    "a local copy": lambda url: asyncio.to_thread(_copied_here, url),
    "old sets": lambda url: prune(f"{url}/sets", NEWEST, 2),
    "simulations": take_inventory,
    "simulations to publish": lambda url: asyncio.to_thread(simulation_folders, url),
    "a journal": lambda url: Journal(url, "c1").refresh(),
    "campaigns": found_at,
    "silent journals": remove_silent_journals,
    "jobs that were set aside": lambda url: mismatched_jobs(f"{url}/d"),
}
WRITING: dict[str, Callable[[str], Awaitable[object]]] = {
    "a file": lambda url: write_whole(f"{url}/d", "b.json", CONTENT),
    "a moved file": lambda url: move_files(f"{url}/d", ["a.json"], f"{url}/e"),
    "a set": lambda url: publish(f"{url}/sets", "new", {"index.json": b"new"}, "index.json"),
    "a row": lambda url: Journal(url, "c1").keep(Row(number=1, label="io", state="failed")),
    "an output": lambda url: require_writable(f"{url}/d", 0),
}


@pytest.mark.parametrize("trouble", [*TROUBLES, IN_A_FILE], ids=str)
@pytest.mark.parametrize("what", READING)
async def test_what_cannot_be_read_is_told(
    store: tuple[str, Host], what: str, trouble: Trouble
) -> None:
    """With its place and what to do, as one kind of error; it is not taken for an empty store."""
    bucket, host = store
    with host.failing(trouble), pytest.raises(StorageError, match="cannot be read: ") as fault:
        await READING[what](bucket)
    check(fault.value, trouble)
    assert await asyncio.to_thread(read_or_none, f"{bucket}/d", "a.json") == CONTENT


@pytest.mark.parametrize("trouble", [*TROUBLES, IN_AN_ANSWER], ids=str)
@pytest.mark.parametrize("what", WRITING)
async def test_what_cannot_be_written_is_told(
    store: tuple[str, Host], what: str, trouble: Trouble
) -> None:
    """What was there stays as it is, and nothing has its final name."""
    bucket, host = store
    before = await asyncio.to_thread(_objects, bucket)
    with host.failing(trouble), pytest.raises(StorageError, match="cannot be written: ") as fault:
        await WRITING[what](bucket)
    check(fault.value, trouble)
    assert await asyncio.to_thread(_objects, bucket) == before


def check(fault: StorageError, trouble: Trouble) -> None:
    """See that it says what to do, and whether to try again."""
    assert fault.__suppress_context__
    assert isinstance(fault, StorageUnavailable) == (trouble != FORBIDDEN)
    assert ("See whether its host answers, and try again." in str(fault)) == fault.retryable
    assert str(fault).isprintable()
    assert fault.path in str(fault)


def _objects(bucket: str) -> list[str]:
    """Give the names of all that is there, but parts of files."""
    system, path = fsspec.core.url_to_fs(bucket)
    system.invalidate_cache()
    return [name for name in system.find(path) if not name.endswith(".part")]


@pytest.mark.parametrize("trouble", [*TROUBLES, IN_AN_ANSWER], ids=str)
async def test_a_store_that_fails_in_the_middle_of_a_file(
    store: tuple[str, Host], trouble: Trouble
) -> None:
    """The file is not there; a part is left at most, which the store would not let be removed."""
    bucket, host = store
    part = await Part.open(f"{bucket}/d", "r.cdf")
    await part.write(LARGE)
    with host.failing(trouble):
        with pytest.raises(StorageError, match=r"d/r\.cdf cannot be written"):
            await _rest(part)
        await part.drop()
    assert f"{bucket.partition('://')[2]}/d/r.cdf" not in await asyncio.to_thread(_objects, bucket)


async def _rest(part: Part) -> None:
    await part.write(LARGE)
    await part.keep()


async def test_what_went_wrong_first_is_told(store: tuple[str, Host]) -> None:
    """Not that the part could not be removed after it; a cancelled task stays cancelled."""
    bucket, host = store
    for fault in (ChecksumMismatch("another hash", "r.cdf"), asyncio.CancelledError()):
        part = await Part.open(f"{bucket}/d", "r.cdf")
        await part.write(LARGE)
        with host.failing(Trouble("reset")), pytest.raises(type(fault)):
            await _dropped_after(part, fault)


async def _dropped_after(part: Part, fault: BaseException) -> None:
    try:
        raise fault
    except BaseException:
        await part.drop()
        raise


async def test_a_source_that_fails_leaves_no_copy(store: tuple[str, Host], tmp_path: Path) -> None:
    """The folder is empty afterwards."""
    bucket, host = store
    for trouble in (FORBIDDEN, Trouble("reset")):
        told = pytest.raises(StorageError, match=r"a\.json cannot be read")
        with host.failing(trouble), told:
            await copy_whole(f"{bucket}/d/a.json", str(tmp_path), "a.json", SHA256)
    assert list(tmp_path.iterdir()) == []


async def test_a_set_that_is_not_whole_does_not_become_the_latest(store: tuple[str, Host]) -> None:
    """Readers find the one before."""
    bucket, host = store
    files = {"index.json": b"half", "large.bin": LARGE}
    with host.failing(BUSY), pytest.raises(StorageUnavailable):
        await publish(f"{bucket}/sets", "half", files, "index.json")
    assert await read_published(f"{bucket}/sets", "latest/index.json") == NEWEST.encode()


async def test_a_journal_that_cannot_be_removed_stays(store: tuple[str, Host]) -> None:
    """The index is written by then, and a silent journal is removed later."""
    bucket, host = store
    journal = Journal(bucket, "c2")
    await journal.keep(Row(number=0, label="io", state="failed"))
    with host.failing(Trouble("reset")):
        await journal.end()
    assert len(await Journal(bucket, "c2").refresh()) == 1
