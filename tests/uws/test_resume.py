"""Downloads that are cut go on where they ended, if it is sure that the rest belongs to it."""

import asyncio
import hashlib
import subprocess
import sys
from pathlib import Path

import fsspec
import pytest

from prefect_expres.errors import ChecksumMismatch, Interrupted
from prefect_expres.storage import StoredFile, find_whole
from prefect_expres.storage.atomic import Part
from prefect_expres.uws import ResultRef, UWSClient, download
from tests.support.no_pause import NoPause
from tests.support.range_server import LargeFile, serving

SIZE = 3_000_000
LARGE = 2 * 2**30


async def fetched(
    file: LargeFile, folder: Path | str, announced: str | None = None, size: int | None = None
) -> StoredFile:
    """Download the file once."""
    async with (
        serving(file) as url,
        UWSClient(f"{url}/rest/ExPRES", clock=NoPause()) as client,
    ):
        result = ResultRef(id="r", href=f"{url}/store?ID=1", hash=announced, size=size)
        return await download(client, result, str(folder), name="r.cdf")


def in_order(folder: Path, file: LargeFile) -> bool:
    """Say whether the folder holds the whole file under its name and nothing else."""
    names = [path.name for path in folder.iterdir()]
    content = hashlib.sha1((folder / "r.cdf").read_bytes(), usedforsecurity=False)
    return names == ["r.cdf"] and content.hexdigest() == file.hash()


@pytest.mark.parametrize("announced", [True, False])
@pytest.mark.parametrize("etag", ['"one"', None, 'W/"weak"'])
async def test_cut_download_goes_on_where_it_ended(
    tmp_path: Path, etag: str | None, *, announced: bool
) -> None:
    """With a strong entity tag or a hash only the rest is asked for; with neither, all of it."""
    file = LargeFile(SIZE, cuts=[1_000_000, 2_500_000], etags=[etag])
    await fetched(file, tmp_path, file.hash() if announced else None)
    assert in_order(tmp_path, file)
    sure = announced or etag == '"one"'
    assert file.asked == ([None, "1000000", "2500000"] if sure else [None, None, None])
    assert file.sent == (SIZE if sure else SIZE + 3_500_000)


async def test_server_without_ranges_is_asked_for_all(tmp_path: Path) -> None:
    """An answer 200 to a range request replaces what was there."""
    file = LargeFile(SIZE, cuts=[1_000_000, 2_000_000], ranges=False)
    await fetched(file, tmp_path, file.hash())
    assert in_order(tmp_path, file)
    assert file.sent == SIZE + 3_000_000


async def test_changed_file_is_not_patched_together(tmp_path: Path) -> None:
    """A file that changed between two answers is fetched anew, as If-Range asks."""
    file = LargeFile(SIZE, cuts=[1_000_000], etags=['"one"', '"two"'])
    await fetched(file, tmp_path)
    assert in_order(tmp_path, file)
    assert file.sent == SIZE + 1_000_000


async def test_wrong_range_is_not_believed(tmp_path: Path) -> None:
    """A partial answer with another start is dropped, and ranges are given up."""
    file = LargeFile(SIZE, cuts=[1_000_000], shift=7)
    await fetched(file, tmp_path, file.hash())
    assert in_order(tmp_path, file)
    assert file.asked == [None, "1000000", None]


@pytest.mark.parametrize("right", [True, False])
async def test_part_of_a_killed_process_is_taken_up(tmp_path: Path, *, right: bool) -> None:
    """What a killed process left is gone on with; if it was wrong, all comes anew."""
    file = LargeFile(SIZE)
    beginning = b"".join(file.content(0, 2_000_000)) if right else bytes(2_000_000)
    (tmp_path / "r.cdf.0123abcd.part").write_bytes(beginning)
    (tmp_path / "r.cdf.4567abcd.part").write_bytes(b"shorter")
    await fetched(file, tmp_path, file.hash("sha256"))
    assert in_order(tmp_path, file)
    assert file.asked == (["2000000"] if right else ["2000000", None])


async def test_part_of_a_cancelled_download_is_taken_up(tmp_path: Path) -> None:
    """Whoever stops a download does not lose what has come, if a hash will confirm it."""
    file = LargeFile(SIZE)

    async def stop(name: str, so_far: int, total: int | None) -> None:
        if so_far >= 2_000_000:
            raise asyncio.CancelledError

    async with serving(file) as url, UWSClient(f"{url}/jobs", clock=NoPause()) as client:
        result = ResultRef(id="r", href=f"{url}/store?ID=1", hash=file.hash())
        with pytest.raises(asyncio.CancelledError):
            await download(client, result, str(tmp_path), name="r.cdf", on_bytes=stop)
        (part,) = tmp_path.iterdir()
        kept = part.stat().st_size
        assert kept >= 2_000_000
        await download(client, result, str(tmp_path), name="r.cdf")
    assert in_order(tmp_path, file)
    assert file.asked == [None, str(kept)]


async def test_cancelled_download_without_a_hash_leaves_nothing(tmp_path: Path) -> None:
    """Where nothing can tell that the part is right, it is of no use."""

    async def stop(name: str, so_far: int, total: int | None) -> None:
        raise asyncio.CancelledError

    async with serving(LargeFile(SIZE)) as url, UWSClient(f"{url}/jobs") as client:
        result = ResultRef(id="r", href=f"{url}/store?ID=1")
        with pytest.raises(asyncio.CancelledError):
            await download(client, result, str(tmp_path), name="r.cdf", on_bytes=stop)
    assert list(tmp_path.iterdir()) == []


async def test_a_file_that_is_there_is_known_by_its_hash(tmp_path: Path) -> None:
    """Only the right bytes under the right name count, and only if the hash can be checked."""
    file = LargeFile(SIZE)
    stored = await fetched(file, tmp_path, file.hash())
    assert await find_whole(str(tmp_path), "r.cdf", file.hash().upper()) == stored.model_copy(
        update={"service_hash": file.hash().upper()}
    )
    assert await find_whole(str(tmp_path), "other.cdf", file.hash()) is None
    assert await find_whole(str(tmp_path), "r.cdf", "0" * 40) is None
    assert await find_whole(str(tmp_path), "r.cdf", "no hash") is None


async def test_part_that_only_lacks_its_name_is_not_fetched(tmp_path: Path) -> None:
    """A process killed just before the end leaves a whole part: nothing is asked for."""
    file = LargeFile(SIZE)
    (tmp_path / "r.cdf.0123abcd.part").write_bytes(b"".join(file.content(0, SIZE)))
    await fetched(file, tmp_path, file.hash())
    assert in_order(tmp_path, file)
    assert file.asked == []


async def test_part_without_a_hash_is_removed(tmp_path: Path) -> None:
    """Where nothing can tell that a part is right, it makes way."""
    file = LargeFile(SIZE)
    (tmp_path / "r.cdf.0123abcd.part").write_bytes(b"".join(file.content(0, 2_000_000)))
    await fetched(file, tmp_path)
    assert in_order(tmp_path, file)
    assert file.asked == [None]


async def test_two_who_fetch_the_same_file_do_not_meet(tmp_path: Path) -> None:
    """A part that another writer has locked is not touched, and both files are right."""
    file = LargeFile(SIZE)
    other = await Part.open(str(tmp_path), "r.cdf", file.hash())
    await other.write(b"".join(file.content(0, 1_500_000)))
    await fetched(file, tmp_path, file.hash())
    assert file.asked == [None]
    await other.write(b"".join(file.content(1_500_000, SIZE)))
    await other.keep()
    assert in_order(tmp_path, file)


async def test_resume_on_a_file_system_that_cannot_append() -> None:
    """In one process a cut download goes on also where files cannot be opened again."""
    file = LargeFile(SIZE, cuts=[1_000_000])
    stored = await fetched(file, "memory://resumed", file.hash())
    assert stored.verified
    assert file.sent == SIZE
    with fsspec.open(stored.url) as stream:
        assert len(stream.read()) == SIZE


async def test_no_progress_is_given_up(tmp_path: Path) -> None:
    """A file that never gets beyond one position ends with an error, and leaves nothing."""
    file = LargeFile(SIZE, cuts=[1_000_000] * 100)
    with pytest.raises(Interrupted, match="1000000"):
        await fetched(file, tmp_path, file.hash())
    assert len(file.asked) < 20
    assert list(tmp_path.iterdir()) == []


async def test_wrong_hash_is_given_up(tmp_path: Path) -> None:
    """A file whose hash stays wrong is not kept, however often it comes."""
    file = LargeFile(SIZE)
    with pytest.raises(ChecksumMismatch):
        await fetched(file, tmp_path, "0" * 40)
    assert list(tmp_path.iterdir()) == []


_FETCH = """
import asyncio, sys
from prefect_expres.uws import ResultRef, UWSClient, download
from tests.support.peak_memory import peak_memory

async def main(url, announced, folder):
    async with UWSClient(f"{url}/rest/ExPRES") as client:
        before = peak_memory()
        result = ResultRef(id="r", href=f"{url}/store?ID=1", hash=announced)
        stored = await download(client, result, folder, name="r.cdf")
        after = peak_memory()
        print(stored.size, stored.verified, after - before)

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.mark.timeout(300)
async def test_two_gigabytes_cut_three_times_cost_no_memory(tmp_path: Path) -> None:
    """2 GiB, cut three times, arrive verified, with at most 5 % extra bytes and 64 MB of memory."""
    cuts = [LARGE // 4, LARGE // 2 + 12_345, LARGE - 1]
    file = LargeFile(LARGE, cuts=list(cuts))
    announced = await asyncio.to_thread(file.hash)
    async with serving(file) as url:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", _FETCH, url, announced, str(tmp_path)),
            stdout=subprocess.PIPE,
        )
        printed, _ = await process.communicate()
    size, verified, growth = printed.decode().split()
    assert (int(size), verified) == (LARGE, "True")
    assert len(file.asked) == len(cuts) + 1
    assert file.sent <= 1.05 * LARGE
    assert int(growth) < 64 * 2**20, f"memory grew by {growth} bytes"
    assert [path.name for path in tmp_path.iterdir()] == ["r.cdf"]
    (tmp_path / "r.cdf").unlink()
