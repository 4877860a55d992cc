"""Files of an archive that are not what they should be, or would go where they should not."""

import json
from pathlib import Path
from typing import Any

import pytest

from prefect_expres.archive import Archive, ArchiveClient, BroughtHome, get_published
from prefect_expres.archive.home import bring_home
from prefect_expres.errors import ArchiveMismatch, Unreachable, UnsafeLocation
from tests.archive.test_get import OBS_ID, changed
from tests.support.listening import Told
from tests.support.no_pause import NoPause
from tests.support.tap_server import TapService


async def test_a_file_does_not_take_the_place_of_the_manifest(
    tap: TapService, archive: Archive, tmp_path: Path
) -> None:
    """Whatever the table calls it."""
    tap.change(lambda row: row | ({"file_name": "published.json"} if _is_picture(row) else {}))
    home = await get_published(OBS_ID, str(tmp_path), archive=archive)
    assert len({file.name for file in home.files} - {"published.json"}) == 5
    manifest = tmp_path / OBS_ID / "published.json"
    assert BroughtHome.model_validate_json(manifest.read_bytes()) == home


def _is_picture(row: dict[str, Any]) -> bool:
    return bool(row["granule_gid"] == "picture")


@pytest.mark.parametrize(
    "content", [b"a text", b"\xcd\xf3\0\x01\0\0\xff\xff", b""], ids=["text", "cut", "empty"]
)
async def test_a_foreign_file_is_refused(
    tap: TapService, archive: Archive, tmp_path: Path, content: bytes
) -> None:
    """What is no CDF file of ExPRES is none, whatever its name."""
    (tap.root / "foreign.cdf").write_bytes(content)
    changed(tap, access_url=f"{tap.files}/foreign.cdf", access_md5=None, access_estsize=None)
    with pytest.raises(ArchiveMismatch, match="is not what the table says"):
        await get_published(OBS_ID, str(tmp_path), archive=archive)


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data",
        "http://localhost:1/x.cdf",
        "file:///etc/passwd",
        "ftp://maser.obspm.fr/x.cdf",
        "http://elsewhere.example.org/x.cdf",
    ],
)
async def test_an_archive_does_not_choose_the_hosts_that_are_asked(
    tap: TapService, archive: Archive, tmp_path: Path, url: str
) -> None:
    """Only its own, and those that are trusted by name."""
    changed(tap, access_url=url)
    with pytest.raises(UnsafeLocation, match="is not fetched"):
        await get_published(OBS_ID, str(tmp_path), archive=archive)


async def test_a_page_in_place_of_a_file_is_refused(
    tap: TapService, archive: Archive, tmp_path: Path
) -> None:
    """It may be gone later, so that it is told as one."""
    (tap.root / "page.cdf").write_text("<html><title>Log in</title></html>")
    changed(tap, access_url=f"{tap.files}/page.cdf")
    async with ArchiveClient(archive, clock=NoPause()) as client:
        found = await client.find(OBS_ID)
        with pytest.raises(Unreachable, match="'Log in'"):
            await bring_home(client, archive, found, str(tmp_path))


@pytest.mark.parametrize(
    ("trusted", "words"),
    [(("localhost",), "its address is private"), (("a.example.org",), "it is another host")],
)
async def test_trust_in_a_name_is_no_trust_in_a_private_address(
    tap: TapService, tmp_path: Path, trusted: tuple[str, ...], words: str
) -> None:
    """Files may be elsewhere than the table, but not within the network of who asks."""
    changed(tap, access_url=f"{tap.files}/x.cdf".replace("127.0.0.1", "localhost"))
    archive = Archive(url=tap.url, trusted_hosts=trusted)
    with pytest.raises(UnsafeLocation, match=words):
        await get_published(OBS_ID, str(tmp_path), archive=archive)


async def test_a_page_in_place_of_a_file_is_left_out(
    tap: TapService, archive: Archive, tmp_path: Path
) -> None:
    """Also where the table does not say of what kind the file is."""
    (tap.root / "page.html").write_text("<!DOCTYPE html><html><title>Log in</title></html>")
    page = {"access_url": f"{tap.files}/page.html", "access_format": None}
    unknown = {"access_md5": None, "access_estsize": None}
    tap.change(lambda row: row | page | unknown if row["access_url"].endswith(".png") else row)
    told = Told()
    async with ArchiveClient(archive, clock=NoPause()) as client:
        home = await bring_home(client, archive, await client.find(OBS_ID), str(tmp_path), told)
    assert len(home.files) == 4
    (warning,) = told.warnings
    assert warning.startswith(f"The published file {OBS_ID}.png is left out")
    assert "Log in" in warning


async def test_names_lead_out_of_no_folder(
    tap: TapService, archive: Archive, tmp_path: Path
) -> None:
    """Neither those of files nor that of the simulation."""
    changed(tap, file_name="../../evil.cdf", obs_id="../../evil")
    home = await get_published("../../evil", str(tmp_path / "home"), archive=archive)
    assert [path.name for path in tmp_path.iterdir()] == ["home"]
    (folder,) = (tmp_path / "home").iterdir()
    assert {path.name for path in folder.iterdir()} == {
        *("published.json", home.cdf),
        *(file.name for file in home.files),
    }
    assert json.loads((folder / "published.json").read_text())["obs_id"] == "../../evil"
