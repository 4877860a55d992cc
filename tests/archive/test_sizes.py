"""The sizes that a table tells are estimates: what counts as right, as rough, and as wrong."""

from pathlib import Path

import pytest

from prefect_expres.archive import Archive, ArchiveClient, get_published
from prefect_expres.archive.granule import Granule
from prefect_expres.archive.home import fetch_granule
from prefect_expres.errors import ArchiveMismatch, StorageError, TooLarge
from tests.archive.test_get import OBS_ID, changed
from tests.support.raw_server import raw_server
from tests.support.tap_server import TapService


@pytest.mark.parametrize(
    ("size", "stated", "checked"),
    [
        (3000, 4, ("size",)),
        (2999, 4, ()),
        (3000, 7, ()),
        (2999, 7, None),
        (4096, 3, ("size",)),
        (4097, 3, ()),
        (8192, 3, ()),
        (8193, 3, None),
        (1, 1, ("size",)),
        (3000, 0, ()),
        (3000, -3, ()),
        (3000, None, ()),
    ],
)
async def test_a_size_is_right_to_a_kbyte_and_wrong_beyond_twice_it(
    tap: TapService,
    archive: Archive,
    tmp_path: Path,
    size: int,
    stated: int | None,
    checked: object,
) -> None:
    """Whether a thousand bytes are meant or 1024; without an estimate nothing is compared."""
    (tap.root / "sized.txt").write_bytes(b"x" * size)
    row = Granule(
        granule_uid="g",
        obs_id="o",
        access_url=f"{tap.files}/sized.txt",
        access_estsize=stated,
    )
    found: object = None
    async with ArchiveClient(archive) as client:
        try:
            found = (await fetch_granule(client, row, str(tmp_path), "sized.txt")).checked
        except ArchiveMismatch as fault:
            words = f"sized.txt has {size} bytes, but the table says {stated} kbyte"
            assert words in str(fault)  # noqa: PT017 - some sizes raise nothing
    assert found == checked


async def test_room_for_all_files_is_needed_before_they_are_fetched(
    tap: TapService, archive: Archive, tmp_path: Path
) -> None:
    """As much as the table says, or a folder that can be made at all."""
    changed(tap, access_estsize=2**31 - 1, access_url=f"{tap.files}/gone.cdf")
    with pytest.raises(StorageError, match=r"the results need about 2199023\.\d MB"):
        await get_published(OBS_ID, str(tmp_path), archive=archive)
    (tmp_path / "file").touch()
    changed(tap, access_estsize=None)
    with pytest.raises(StorageError, match="file"):
        await get_published(OBS_ID, str(tmp_path / "file"), archive=archive)


async def test_no_file_is_larger_than_a_limit(tmp_path: Path) -> None:
    """It is told before the first byte is read."""
    async with raw_server() as server:
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {2**31 + 1}\r\n\r\n"
        url = server.add_raw("/large.nc", head.encode())
        row = Granule(granule_uid="g", obs_id="o", access_url=url)
        async with ArchiveClient(Archive(url=f"{server.url}/tap")) as client:
            with pytest.raises(
                TooLarge, match=f"announces {2**31 + 1} bytes; the limit is {2**31}"
            ):
                await fetch_granule(client, row, str(tmp_path), "large.nc")
