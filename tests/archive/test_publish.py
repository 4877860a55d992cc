"""Publish simulations: the tree of files, the rows of the table, and what stays."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from prefect_expres.archive import Published, publish_simulations, simulation_folders
from prefect_expres.archive.granule import julian_date, moment_of
from prefect_expres.archive.table import parquet_of
from prefect_expres.errors import ArchiveError
from prefect_expres.execution import PublishedSource
from prefect_expres.storage.publish import LATEST, set_name
from tests.support.complete import complete_simulation
from tests.support.listening import Told
from tests.support.tap_server import publication_at

URL = "https://data.example.org/expres"
NAME = "expres_earth_jupiter_io_jrm09_lossc-wid1deg_3kev_rx_20180913_v14"


def rows_at(root: Path) -> dict[str, dict[str, Any]]:
    """Read the latest table by identifier."""
    table = pq.read_table(root / "epn_core" / LATEST / "epn_core.parquet")
    return {row["granule_uid"]: row for row in table.to_pylist()}


async def publish(runs: Path, root: Path, url: str = URL, told: Told | None = None) -> Published:
    """Publish all simulations of an output."""
    folders = simulation_folders(runs)
    return await publish_simulations(folders, publication_at(root, url), told or Told())


async def test_the_tree_is_that_of_the_repository(runs: Path, tmp_path: Path) -> None:
    """Observer, year and month; all files of a simulation have the name that ExPRES gives."""
    done = await publish(runs, tmp_path)
    assert (done.rows, done.simulations, len(done.new), done.left_out) == (15, 3, 3, ())
    month = tmp_path / "earth" / "2018" / "09"
    names = {path.name for path in month.iterdir() if "20180913" in path.name}
    ends = (".cdf", ".json", ".png", ".ics", ".tfcat.json", "_thumb.png")
    assert names == {f"{NAME}{end}" for end in ends}
    tables = tmp_path / "epn_core" / LATEST
    assert {path.name for path in tables.iterdir()} == {
        *("epn_core.vot", "epn_core.parquet", "q.rd", "published.json"),
    }
    index = (tables / "published.json").read_bytes()
    assert Published.model_validate_json(index) == done
    assert (index[:5], index[-2:]) == (b'{\n  "', b"}\n")
    for name, sha256 in done.files.items():
        assert hashlib.sha256((tables / name).read_bytes()).hexdigest() == sha256


async def test_rows_say_what_the_files_are(runs: Path, tmp_path: Path) -> None:
    """Each file exists under its address with its size and its hash."""
    await publish(runs, tmp_path)
    rows = rows_at(tmp_path)
    for row in rows.values():
        path = tmp_path / row["access_url"].removeprefix(f"{URL}/")
        content = path.read_bytes()
        assert hashlib.md5(content, usedforsecurity=False).hexdigest() == row["access_md5"]
        assert hashlib.sha256(content).hexdigest() == row["file_sha256"]
        assert abs(row["access_estsize"] * 1024 - len(content)) <= 1024
        assert row["granule_uid"] == row["file_name"] == path.name
        assert row["obs_id"] in path.name
        for name in ("thumbnail_url", "configuration_url"):
            if row[name]:
                assert (tmp_path / row[name].removeprefix(f"{URL}/")).is_file()
    row = rows[f"{NAME}.cdf"]
    assert row["time_min"] == julian_date(datetime(2018, 9, 13, tzinfo=UTC))
    assert moment_of(row["time_max"]) == datetime(2018, 9, 13, 12, tzinfo=UTC)
    assert (row["spectral_range_min"], row["spectral_range_max"]) == (1e6, 40e6)
    assert (row["target_name"], row["target_class"]) == ("Jupiter#Io", "planet#satellite")
    assert (row["instrument_host_name"], row["instrument_name"]) == ("Earth", "ExPRES")
    assert (row["processing_level"], row["dataproduct_type"]) == (5, "ds")
    assert rows[f"{NAME}.json"]["processing_level"] == 6
    assert row["configuration_url"] == f"{URL}/earth/2018/09/{NAME}.json"
    assert (row["service_title"], row["publisher"]) == ("expres", "Tests & Co")


async def test_a_thumbnail_is_small(runs: Path, tmp_path: Path) -> None:
    """As clients show it beside a row."""
    from PIL import Image  # noqa: PLC0415 - an extra

    await publish(runs, tmp_path)
    (path,) = tmp_path.rglob(f"{NAME}_thumb.png")
    with Image.open(path) as picture:
        assert picture.width == 200
        with Image.open(path.with_name(f"{NAME}.png")) as large:
            assert picture.height == round(large.height * 200 / large.width)
        assert (picture.format, picture.mode) == ("PNG", "RGB")


async def test_what_is_published_stays_and_keeps_its_dates(runs: Path, tmp_path: Path) -> None:
    """Another campaign adds its rows; the same one changes nothing but what has another file."""
    first, second, third = simulation_folders(runs)
    publication = publication_at(tmp_path, URL)
    await publish_simulations([first], publication)
    (table,) = (tmp_path / "epn_core").glob("2*/epn_core.parquet")
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    dates = ("creation_date", "modification_date", "release_date")
    rows = [row | dict.fromkeys(dates, long_ago) for row in rows_at(tmp_path).values()]
    rows[0]["file_sha256"] = "another file"
    table.write_bytes(parquet_of(rows))
    before = rows_at(tmp_path)
    inodes = {path: path.stat().st_ino for path in tmp_path.rglob("*.cdf")}
    done = await publish_simulations([first, second, third], publication)
    after = rows_at(tmp_path)
    assert (done.rows, done.simulations) == (15, 3)
    changed = rows[0]["granule_uid"]
    assert after[changed]["creation_date"] == after[changed]["release_date"] == long_ago
    assert after[changed]["modification_date"] == done.made
    assert {uid: after[uid] for uid in before if uid != changed} == {
        uid: row for uid, row in before.items() if uid != changed
    }
    assert {path: path.stat().st_ino for path in inodes} == inodes


async def test_a_new_address_is_that_of_all_rows(runs: Path, tmp_path: Path) -> None:
    """The folder may move to another server."""
    await publish(runs, tmp_path)
    publication = publication_at(tmp_path, "https://new.example.org/x")
    moved = await publish_simulations([], publication.model_copy(update={"schema_name": "other"}))
    assert moved.rows == 15
    links = ("access_url", "configuration_url", "thumbnail_url")
    for row in rows_at(tmp_path).values():
        there = [row[name] for name in links if row[name]]
        assert all(each.startswith("https://new.example.org/x/earth/2018/09/") for each in there)
        assert len(there) == (3 if row["granule_gid"] in {"spectrum", "picture"} else 2)
        assert row["service_title"] == "other"


async def test_two_simulations_of_one_name_are_both_published(
    runs: Path, tmp_path: Path, configuration: dict[str, Any]
) -> None:
    """ExPRES' names do not tell the law of the lead angle."""
    source = [each | {"LAG_MODEL": "hue2023"} for each in configuration["SOURCE"]]
    other = await complete_simulation(tmp_path / "runs", configuration | {"SOURCE": source})
    root = tmp_path / "published"
    await publish(runs, root)
    (name,) = (await publish(tmp_path / "runs", root)).new
    assert name == f"{NAME}-{other.fingerprint[:12]}"
    rows = rows_at(root)
    assert rows[f"{name}.cdf"]["fingerprint"] != rows[f"{NAME}.cdf"]["fingerprint"]
    assert (await publish(tmp_path / "runs", root)).new == (name,)
    assert len(rows_at(root)) == 20


async def test_what_is_not_complete_is_left_out_and_told(
    runs: Path, tmp_path: Path, configuration: dict[str, Any]
) -> None:
    """The others are published."""
    broken = await complete_simulation(tmp_path / "runs", configuration)
    (Path(broken.folder) / broken.cdf).write_bytes(b"other bytes")
    told = Told()
    done = await publish_simulations(
        [broken.folder, tmp_path / "nothing", *simulation_folders(runs)],
        publication_at(tmp_path / "published", URL),
        told,
    )
    assert done.simulations == 3
    assert len(done.left_out) == len(told.warnings) == 2
    assert "not what its manifest says; run it again" in told.warnings[0]
    assert "no manifest of a complete simulation" in told.warnings[1]


async def test_what_others_have_published_is_not_published_again(
    tmp_path: Path, configuration: dict[str, Any]
) -> None:
    """It is not our own."""
    source = PublishedSource(
        archive="https://tap.example.org", table="t", obs_id="o", granule_uid="g", access_url="u"
    )
    await complete_simulation(tmp_path / "runs", configuration, published=source)
    done = await publish(tmp_path / "runs", tmp_path / "published")
    assert done.simulations == 0
    assert "it was taken from https://tap.example.org" in done.left_out[0]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("epn_core.parquet", b"no Parquet"),
        ("epn_core.parquet", b"PAR1" + b"x" * 8 + b"\x08\0\0\0PAR1"),
        ("epn_core.parquet", None),
        ("published.json", b"{}"),
    ],
    ids=["text", "damaged", "gone", "index"],
)
async def test_a_table_that_cannot_be_read_is_not_replaced(
    tmp_path: Path, name: str, content: bytes | None
) -> None:
    """Its rows would be lost."""
    publication = publication_at(tmp_path, URL)
    before = await publish_simulations([], publication)
    table = tmp_path / "epn_core" / LATEST / name
    table.unlink()
    if content is not None:
        table.write_bytes(content)
    with pytest.raises(ArchiveError, match=r"rows would be lost\. Restore it"):
        await publish_simulations([], publication)
    (still,) = (tmp_path / "epn_core").glob("2*")
    assert still.name == before.table


async def test_fourteen_tables_stay(tmp_path: Path) -> None:
    """The latest are kept, so that one can go back."""
    tables = tmp_path / "epn_core"
    for day in range(1, 21):
        older = tables / set_name(datetime(2020, 1, day, tzinfo=UTC))
        older.mkdir(parents=True)
        (older / "epn_core.vot").touch()
    done = await publish_simulations([], publication_at(tmp_path, URL))
    kept = sorted(path.name for path in tables.glob("2*"))
    assert len(kept) == 14
    assert kept[-1] == done.table
    assert kept[0].startswith("20200108")


def test_an_output_without_simulations_has_no_folders(tmp_path: Path) -> None:
    """Whether it is there or not."""
    assert simulation_folders(tmp_path) == []
    assert simulation_folders(str(tmp_path / "nothing")) == []
    (tmp_path / "manifest.json").write_text(json.dumps({}))
    assert simulation_folders(str(tmp_path)) == [str(tmp_path)]
