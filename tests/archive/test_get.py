"""Bring published simulations home: what is checked, what is refused, and what stays."""

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

import fsspec
import pytest

from prefect_expres.archive import (
    Archive,
    ArchiveClient,
    BroughtHome,
    get_published,
    search_archive,
)
from prefect_expres.archive.home import bring_home
from prefect_expres.errors import (
    ArchiveError,
    ArchiveMismatch,
    ChecksumMismatch,
)
from tests.support.listening import Told
from tests.support.no_pause import NoPause
from tests.support.tap_server import TapService

DAY = date(2018, 9, 13)
OBS_ID = "expres_earth_jupiter_io_jrm09_lossc-wid1deg_3kev_rx_20180913_v14"


def changed(tap: TapService, **facts: Any) -> None:
    """Change what the row of the CDF file says."""
    tap.change(lambda row: row | facts if row["granule_gid"] == "spectrum" else row)


async def test_files_come_home_checked_with_a_manifest(
    tap: TapService, archive: Archive, tmp_path: Path
) -> None:
    """Each has its hash, and the manifest says where it is from and what was checked."""
    told = Told()
    home = await get_published(OBS_ID, f"{tmp_path}/", archive=archive, tell=told)
    folder = tmp_path / OBS_ID
    manifest = (folder / "published.json").read_bytes()
    assert BroughtHome.model_validate_json(manifest) == home
    assert (manifest[:5], manifest[-2:]) == (b'{\n  "', b"}\n")
    assert {path.name for path in folder.iterdir()} == {
        "published.json",
        *(f"{OBS_ID}{end}" for end in (".cdf", ".png", ".ics", ".json", ".tfcat.json")),
    }
    for file in home.files:
        content = (folder / file.name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == file.sha256
        assert (file.verified, file.url) == (True, f"file://{folder / file.name}")
        assert file.granule.access_url == f"{tap.files}/earth/2018/09/{file.name}"
    checked = {file.name.partition(".")[2]: file.checked for file in home.files}
    everything = ("checksum", "size", "time", "frequency", "observer", "source")
    assert checked["cdf"] == everything
    assert checked["json"] == ("checksum", "size")
    assert (home.archive, home.obs_id, home.cdf) == (archive, OBS_ID, f"{OBS_ID}.cdf")
    assert told.warnings == []
    assert told.steps("get") == [f"5 files of {OBS_ID} are in {folder}"]


async def test_the_root_of_a_file_system_may_be_the_output(
    tap: TapService, archive: Archive
) -> None:
    """What is there is below it, and not beside the program."""
    home = await get_published(OBS_ID, "memory://", archive=archive)
    assert home.folder == f"memory://{OBS_ID}"
    memory = fsspec.filesystem("memory")
    assert len(memory.ls(f"/{OBS_ID}")) == 6
    memory.rm(f"/{OBS_ID}", recursive=True)


async def test_names_that_are_not_those_of_expres_are_not_compared(
    tap: TapService, archive: Archive, tmp_path: Path
) -> None:
    """Such a table does not say from where the emission comes, in a form that can be compared."""
    changed(tap, obs_id="run", granule_uid="g", file_name="data.cdf")
    home = await get_published("run", str(tmp_path), archive=archive)
    assert home.files[0].checked == ("checksum", "size", "time", "frequency", "observer")


async def test_what_a_table_does_not_tell_is_not_claimed(
    tap: TapService, archive: Archive, tmp_path: Path
) -> None:
    """The form of the file, and what the row says, are compared all the same."""
    tap.hidden = {"access_md5", "access_estsize"}
    home = await get_published(OBS_ID, str(tmp_path), archive=archive)
    assert home.files[0].checked == ("time", "frequency", "observer", "source")
    assert not home.files[0].verified


@pytest.mark.parametrize(
    ("unknown", "kind"),
    [
        ("time_min", "time"),
        ("time_max", "time"),
        ("spectral_range_min", "frequency"),
        ("spectral_range_max", "frequency"),
    ],
)
async def test_half_a_range_is_not_compared(
    tap: TapService, archive: Archive, tmp_path: Path, unknown: str, kind: str
) -> None:
    """The rest is."""
    changed(tap, **{unknown: None})
    home = await get_published(OBS_ID, str(tmp_path), archive=archive)
    everything = {"checksum", "size", "time", "frequency", "observer", "source"}
    assert set(home.files[0].checked) == everything - {kind}


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"time_min": 2458375.5, "time_max": 2458376.5}, "time: 2018-09-13 00:00:00 to"),
        ({"spectral_range_max": 1e9}, "frequency: .* the table says .* to 1000 MHz"),
        ({"access_estsize": 400_000}, "the table says 400000 kbyte"),
        (
            {"file_name": "expres_juno_jupiter_io_jrm09_lossc-wid1deg_3kev_rx_20180913_v14.cdf"},
            "observer: Earth; the table says juno",
        ),
        (
            {"file_name": "expres_earth_jupiter_europa_jrm09_lossc-wid1deg_3kev_20180913_v1.cdf"},
            "source: Io; the table says europa",
        ),
    ],
    ids=["time", "frequency", "size", "observer", "moon"],
)
async def test_a_file_that_is_not_what_its_row_says_is_not_kept(
    tap: TapService, archive: Archive, tmp_path: Path, facts: dict[str, Any], words: str
) -> None:
    """The message tells what the file shows, and what the table says."""
    changed(tap, **facts)
    with pytest.raises(ArchiveMismatch, match=words):
        await get_published(OBS_ID, str(tmp_path), archive=archive)
    assert list((tmp_path / OBS_ID).iterdir()) == []


async def test_rounded_numbers_are_the_same(
    tap: TapService, archive: Archive, tmp_path: Path
) -> None:
    """Tables keep frequencies in single precision, and whole days."""
    tap.change(
        lambda row: (
            row
            | {
                "time_max": row["time_max"] + 0.0006,
                "spectral_range_max": row["spectral_range_max"] * 1.0001,
                "access_estsize": row["access_estsize"] + 1,
            }
        )
    )
    home = await get_published(OBS_ID, str(tmp_path), archive=archive)
    assert "size" in home.files[0].checked


async def test_a_rough_size_is_not_claimed(
    tap: TapService, archive: Archive, tmp_path: Path
) -> None:
    """The standard calls it an estimate."""
    tap.change(lambda row: row | {"access_estsize": round(row["access_estsize"] * 1.5) + 3})
    home = await get_published(OBS_ID, str(tmp_path), archive=archive)
    assert "size" not in home.files[0].checked


async def test_a_wrong_checksum_is_refused(
    tap: TapService, archive: Archive, tmp_path: Path
) -> None:
    """However often the same bytes come."""
    changed(tap, access_md5="0" * 32)
    with pytest.raises(ChecksumMismatch, match="what the service announces is wrong"):
        await get_published(OBS_ID, str(tmp_path), archive=archive)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"access_url": "{files}/gone.png"}, "404"),
        ({"access_estsize": 400_000}, "the table says 400000 kbyte"),
    ],
    ids=["gone", "size"],
)
async def test_other_files_that_do_not_come_are_told(
    tap: TapService, archive: Archive, tmp_path: Path, facts: dict[str, Any], words: str
) -> None:
    """They keep the CDF file from nothing."""
    said = {
        name: value.format(files=tap.files) if isinstance(value, str) else value
        for name, value in facts.items()
    }
    tap.change(lambda row: row | said if row["granule_gid"] == "picture" else row)
    told = Told()
    async with ArchiveClient(archive, clock=NoPause()) as client:
        home = await bring_home(client, archive, await client.find(OBS_ID), str(tmp_path), told)
    assert len(home.files) == 4
    (warning,) = told.warnings
    assert warning.startswith(f"The published file {OBS_ID}.png is left out")
    assert words in warning


async def test_a_simulation_without_a_file_is_told(
    tap: TapService, archive: Archive, tmp_path: Path
) -> None:
    """The message names what there is."""
    changed(tap, access_url=None)
    names = ", ".join(f"{OBS_ID}{end}" for end in (".cdf", ".ics", ".json", ".png", ".tfcat.json"))
    with pytest.raises(
        ArchiveError, match=f"has no CDF file with an address; the table has: {names}$"
    ):
        await get_published(OBS_ID, str(tmp_path), archive=archive)


async def test_what_was_found_can_be_brought_home(
    tap: TapService, archive: Archive, tmp_path: Path
) -> None:
    """The identifier of a search is that of a simulation."""
    found = await search_archive(DAY, archive=archive)
    home = await get_published(found.simulations[0].obs_id, str(tmp_path), archive=archive)
    assert home.obs_id == OBS_ID
