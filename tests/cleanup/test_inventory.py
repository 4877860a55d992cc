"""What stands under an output URL."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import fsspec
import pytest

from prefect_expres.cleanup.inventory import take_inventory
from prefect_expres.cli.demo import free_port
from prefect_expres.errors import StorageError
from prefect_expres.execution.manifest import Manifest, keep_manifest
from prefect_expres.storage import StoredFile, write_whole

FINGERPRINTS = {
    name: hashlib.sha256(name.encode()).hexdigest() for name in ("io", "europa", "ganymede")
}


async def keep(output: str, name: str) -> str:
    """Keep a complete simulation of one file, and give its folder's name."""
    fingerprint = FINGERPRINTS[name]
    folder = f"{name}-earth-20180913.{fingerprint[:12]}"
    file = await write_whole(f"{output}/{folder}", "expres.cdf", name.encode())
    await keep_manifest(f"{output}/{folder}", manifest(fingerprint, file))
    return folder


def manifest(fingerprint: str, file: StoredFile) -> Manifest:
    """Give the manifest of a simulation of one file."""
    return Manifest(
        label="io",
        fingerprint=fingerprint,
        branch="master",
        run_id="",
        job_url="",
        owner=None,
        created=datetime(2026, 11, 24, tzinfo=UTC),
        execution_duration=600,
        package_version="0",
        phases=(),
        files=(file,),
        cdf=file.name,
    )


@pytest.mark.parametrize("system", ["file", "memory"])
async def test_complete_incomplete_and_broken_are_told_apart(system: str, tmp_path: Path) -> None:
    """A folder without a manifest is incomplete, one whose files do not fit it is broken."""
    output = str(tmp_path / "out") if system == "file" else f"memory://{tmp_path.name}"
    complete, broken = await keep(output, "io"), await keep(output, "europa")
    await write_whole(f"{output}/{broken}", "expres.cdf", b"cut")
    await write_whole(f"{output}/io-earth-20180914.0123456789ab", "expres.cdf.part", b"1234")
    await write_whole(f"{output}/io-earth-20180915.0123456789ab", "manifest.json", b"{")
    await write_whole(f"{output}/forecasts", "windows.csv", b"12345")
    await write_whole(f"{output}/forecasts", "none.ics", b"")

    found = await take_inventory(output)
    assert found.complete == {FINGERPRINTS["io"]: complete}
    assert found.find(FINGERPRINTS["io"][:12]) == (FINGERPRINTS["io"], complete)
    assert found.find(FINGERPRINTS["io"][1:13]) is found.find("0123456789ab") is None
    assert found.incomplete == ("io-earth-20180914.0123456789ab",)
    assert sorted(found.broken) == sorted([broken, "io-earth-20180915.0123456789ab"])
    system_, root = fsspec.core.url_to_fs(output)
    assert found.bytes == sum(each["size"] for each in system_.find(root, detail=True).values())


async def test_nothing_stands_where_nothing_is(tmp_path: Path) -> None:
    """An output that is not there yet is empty, and is not made."""
    found = await take_inventory(str(tmp_path / "none"))
    assert (found.bytes, found.complete, found.incomplete, found.broken) == (0, {}, (), ())
    assert not list(tmp_path.iterdir())


async def test_every_file_of_the_manifest_must_be_there_in_its_size(tmp_path: Path) -> None:
    """One that is missing, or a byte too long, breaks the simulation; one more file does not."""
    output = str(tmp_path)
    whole, missing, long = [await keep(output, name) for name in ("io", "europa", "ganymede")]
    (tmp_path / missing / "expres.cdf").unlink()
    (tmp_path / long / "expres.cdf").write_bytes(b"ganymede.")
    (tmp_path / whole / "notes.txt").write_text("mine")
    found = await take_inventory(output)
    assert list(found.complete.values()) == [whole]
    assert found.broken == tuple(sorted([missing, long]))


async def test_only_folders_of_simulations_count(tmp_path: Path) -> None:
    """Their names end with twelve digits of a fingerprint; they may lie at any depth."""
    deep = await keep(str(tmp_path / "2026" / "campaign"), "io")
    for name in ("io.0123456789a", "io.0123456789abc", "io.0123456789aG", "0123456789ab"):
        await write_whole(str(tmp_path / name), "expres.cdf", b"1")
    found = await take_inventory(str(tmp_path))
    assert found.complete == {FINGERPRINTS["io"]: f"2026/campaign/{deep}"}
    assert (found.incomplete, found.broken) == ((), ())


async def test_incomplete_folders_are_told_in_order(tmp_path: Path) -> None:
    """By name, on a file system that lists them as they came."""
    output = f"memory://{tmp_path.name}"
    names = [f"io-{day}.0123456789ab" for day in (3, 1, 2)]
    for name in names:
        await write_whole(f"{output}/{name}", "expres.cdf", b"1")
    assert (await take_inventory(output)).incomplete == tuple(sorted(names))


async def test_a_host_that_is_away_is_told() -> None:
    """It is not taken for an output without simulations."""
    with pytest.raises(StorageError, match="cannot be read: Connection refused"):
        await take_inventory(f"ftp://127.0.0.1:{free_port()}/results")
