"""Files on an object store: whole or not there, resumed and verified as on a disk."""

import asyncio
import hashlib
from typing import Any

import fsspec
import pytest

from prefect_expres.errors import ChecksumMismatch, Interrupted
from prefect_expres.storage import write_whole
from prefect_expres.storage.atomic import Part
from prefect_expres.uws import ResultRef, UWSClient, download
from tests.support.range_server import LargeFile, serving
from tests.uws.test_resume import fetched

SIZE = 12_000_000


def objects(url: str) -> list[str]:
    """Give the names of all objects below a URL."""
    system, path = fsspec.core.url_to_fs(url)
    system.invalidate_cache()
    return [name.removeprefix(f"{path}/") for name in system.find(path)]


def uploads_under_way(url: str) -> list[Any]:
    """Give the uploads in the bucket that were begun and neither ended nor taken back."""
    system, path = fsspec.core.url_to_fs(url)
    answer = system.call_s3("list_multipart_uploads", Bucket=path.partition("/")[0])
    return list(answer.get("Uploads", []))


async def test_small_file_is_written_whole(bucket: str) -> None:
    """The file has its name and its content, and nothing lies beside it."""
    folder = f"{bucket}/small"
    stored = await write_whole(folder, "io.json", b"{}")
    await write_whole(folder, "io.json", b"{ }")
    assert stored.url == f"{folder}/io.json"
    assert objects(folder) == ["io.json"]
    with fsspec.open(stored.url) as file:
        assert file.read() == b"{ }"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("index.html", "text/html"),
        ("windows.ics", "text/calendar"),
        ("result.cdf.gz", "binary/octet-stream"),
    ],
)
async def test_a_browser_is_told_what_a_file_is(bucket: str, name: str, kind: str) -> None:
    """It shows a page and opens a calendar, and what is not known or packed is left alone."""
    stored = await write_whole(f"{bucket}/kinds", name, b"content")
    system, path = fsspec.core.url_to_fs(stored.url)
    assert system.info(path)["ContentType"] == kind


@pytest.mark.parametrize("announced", [True, False])
async def test_cut_download_goes_on_where_it_ended(bucket: str, *, announced: bool) -> None:
    """Only the rest is asked for, and the object is there once, whole, under its name."""
    folder = f"{bucket}/cut-{announced}"
    file = LargeFile(SIZE, cuts=[4_000_000, 9_000_000])
    stored = await fetched(file, folder, file.hash() if announced else None)
    assert file.asked == [None, "4000000", "9000000"]
    assert file.sent == SIZE
    assert (stored.url, stored.verified) == (f"{folder}/r.cdf", announced)
    assert objects(folder) == ["r.cdf"]
    with fsspec.open(stored.url) as written:
        content = hashlib.sha1(written.read(), usedforsecurity=False)
    assert content.hexdigest() == file.hash()


async def test_what_is_not_right_leaves_nothing(bucket: str) -> None:
    """After a wrong hash there is no object, no part and no upload under way."""
    folder = f"{bucket}/wrong"
    with pytest.raises(ChecksumMismatch):
        await fetched(LargeFile(SIZE), folder, "0" * 40)
    with pytest.raises(Interrupted):
        await fetched(LargeFile(SIZE, cuts=[1_000_000] * 60, etags=[None], ranges=False), folder)
    assert objects(folder) == []
    assert uploads_under_way(bucket) == []


async def test_cancelled_download_leaves_nothing(bucket: str) -> None:
    """A download that is cancelled while bytes come takes back what it had begun."""
    folder = f"{bucket}/cancelled"
    arrived = asyncio.Event()

    async def look(name: str, received: int, expected: int | None) -> None:
        if received > SIZE // 2:
            arrived.set()
            await asyncio.Event().wait()

    file = LargeFile(SIZE)
    async with serving(file) as url, UWSClient(f"{url}/rest/ExPRES") as client:
        result = ResultRef(id="r", href=f"{url}/store?ID=1", hash=file.hash())
        under_way = asyncio.create_task(
            download(client, result, folder, name="r.cdf", on_bytes=look)
        )
        await arrived.wait()
        under_way.cancel()
        with pytest.raises(asyncio.CancelledError):
            await under_way
    assert objects(folder) == []
    assert uploads_under_way(bucket) == []


async def test_nobody_sees_a_file_that_is_not_whole(bucket: str) -> None:
    """While a part is being written its final name is not there; then it is there at once."""
    folder = f"{bucket}/growing"
    part = await Part.open(folder, "r.cdf")
    await part.write(b"x" * SIZE)
    assert "r.cdf" not in objects(folder)
    await part.keep()
    assert objects(folder) == ["r.cdf"]
