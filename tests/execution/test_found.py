"""A simulation that stands complete: what its manifest says is checked before it is believed."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from prefect_expres.errors import StorageError
from prefect_expres.execution import find_verified, keep_manifest
from prefect_expres.execution.manifest import MANIFEST, read_manifest
from prefect_expres.expres import Configuration, SimulationRequest
from prefect_expres.storage import read_or_none, write_whole
from tests.execution.repeated import Runs
from tests.support.fitting import fitting, written
from tests.support.virtual_jobs import CDF
from tests.support.virtual_time import in_virtual_time

COMPARED = {"time", "frequency", "sources", "hemisphere", "mode", "energy", "field model"}


def rewrite(folder: str, **changes: Any) -> None:
    """Change what a manifest says."""
    path = Path(folder) / MANIFEST
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


async def plant(folder: str, content: bytes) -> None:
    """Put another CDF file in place of a result, with a manifest that fits it."""
    file = await write_whole(folder, "io.cdf", content)
    manifest = read_manifest(folder)
    assert manifest is not None
    files = (file, *manifest.files[1:])
    await keep_manifest(folder, manifest.model_copy(update={"files": files}))


def read(folder: str, name: str) -> bytes:
    """Read a file that must be there."""
    content = read_or_none(folder, name)
    assert content is not None
    return content


def of_the_20th(simulation: SimulationRequest) -> SimulationRequest:
    """Give the same simulation of a week later."""
    content = simulation.configuration.content()
    later = content["OBSERVER"] | {"SCTIME": "201809200000"}
    return SimulationRequest.build(Configuration.from_mapping(content | {"OBSERVER": later}))


def renamed(name: str) -> dict[str, Any]:
    """Give a file of a manifest under another name."""
    return {"name": name, "url": "file:///x", "size": 1, "sha256": "0"}


@pytest.mark.parametrize(
    "changes",
    [
        {"files": []},
        {"files": [renamed("../run.log")]},
        {"files": [renamed("/etc/passwd")]},
        {"cdf": "io.json"},
        {"cdf": "other.cdf"},
        {"cdf": "../io.cdf"},
        {"branch": "develop"},
        {"label": "other"},
    ],
    ids=str,
)
@in_virtual_time
async def test_what_a_manifest_cannot_mean_is_done_again(
    simulation: SimulationRequest, tmp_path: Path, changes: dict[str, Any]
) -> None:
    """It is not found, no service is blamed, and afterwards it is right."""
    runs = Runs(simulation, str(tmp_path))
    first, _ = await runs.run()
    rewrite(first.folder, **changes)
    assert await find_verified(first.folder, simulation.fingerprint) is None
    again, view = await runs.run()
    assert view is not None
    assert (again.found, again.cdf) == (False, "io.cdf")
    assert runs.told.warnings == []
    assert await find_verified(first.folder, simulation.fingerprint) is not None


@in_virtual_time
async def test_files_named_twice_and_itself_are_not_believed(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """No manifest of ours does that."""
    first, _ = await Runs(simulation, str(tmp_path)).run()
    files = [file.model_dump() for file in first.files]
    (Path(first.folder) / "IO.cdf").write_bytes(CDF)
    for more in (files[0], files[0] | {"name": "IO.cdf"}, files[0] | {"name": MANIFEST}):
        rewrite(first.folder, files=[*files, more])
        assert await find_verified(first.folder, simulation.fingerprint) is None
    rewrite(first.folder, files=files)
    assert await find_verified(first.folder, simulation.fingerprint) is not None


@pytest.mark.parametrize("name", ["io.cdf", "io.json"])
@in_virtual_time
async def test_a_folder_in_place_of_a_file_is_not_the_file(
    simulation: SimulationRequest, tmp_path: Path, name: str
) -> None:
    """It is said to be missing, not raised as a fault."""
    first, _ = await Runs(simulation, str(tmp_path)).run()
    path = Path(first.folder) / name
    path.unlink()
    path.mkdir()
    assert await find_verified(first.folder, simulation.fingerprint) is None


@in_virtual_time
async def test_a_folder_in_place_of_the_manifest_is_told(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """Before a job is asked for, since no manifest could be written; with what to do."""
    runs = Runs(simulation, str(tmp_path))
    folder = tmp_path / simulation.folder / MANIFEST
    folder.mkdir(parents=True)
    with pytest.raises(StorageError, match=f"{folder} is a folder. Move it away"):
        await runs.run()
    assert runs.service.requests == []


@in_virtual_time
async def test_a_manifest_says_what_was_compared(
    simulation: SimulationRequest, observed: SimulationRequest, tmp_path: Path
) -> None:
    """Nothing is claimed of times that are not known: those of an ephemeris that cannot be read."""
    first, _ = await Runs(simulation, str(tmp_path)).run()
    assert set(first.compared) >= COMPARED
    found = await find_verified(first.folder, simulation.fingerprint)
    assert found is not None
    assert found.compared == first.compared
    other, _ = await Runs(observed, str(tmp_path)).run()
    assert set(other.compared) >= COMPARED - {"time"}
    assert "time" not in other.compared
    found = await find_verified(other.folder, observed.fingerprint)
    assert found is not None
    assert found.compared == other.compared


@in_virtual_time
async def test_what_is_compared_again_replaces_what_the_manifest_says(
    simulation: SimulationRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The manifest's word stands only where nothing can be compared: without the analysis extra."""
    first, _ = await Runs(simulation, str(tmp_path)).run()
    rewrite(first.folder, compared=["by another release"])
    found = await find_verified(first.folder, simulation.fingerprint)
    assert found is not None
    assert found.compared == first.compared
    monkeypatch.setitem(sys.modules, "cdflib", None)
    found = await find_verified(first.folder, simulation.fingerprint)
    assert found is not None
    assert found.compared == ("by another release",)


@pytest.fixture(params=["file", "memory", "s3"])
def output(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give an output on each kind of file system."""
    if request.param == "s3":
        return f"{request.getfixturevalue('bucket')}/{tmp_path.name}"
    return str(tmp_path) if request.param == "file" else f"memory://{tmp_path.name}"


@in_virtual_time
async def test_the_result_of_another_simulation_is_not_found(
    simulation: SimulationRequest, output: str
) -> None:
    """Its files are set aside with the reason, its job is not used again, and it is run anew."""
    runs = Runs(simulation, output)
    first, _ = await runs.run()
    foreign = written(fitting(of_the_20th(simulation).configuration))
    await plant(first.folder, foreign)
    assert await find_verified(first.folder, simulation.fingerprint) is None
    again, _ = await runs.run()
    assert not again.found
    assert again.job_url != first.job_url, "its job is not used again"
    (warning,) = runs.told.warnings
    assert "time: 2018-09-20 00:00:00 to 2018-09-20 12:00:00 UTC" in warning
    assert "asked for: 2018-09-13 00:00:00 to" in warning
    aside = f"{first.folder}/mismatched/j001"
    assert aside in warning
    assert read(aside, "io.cdf") == foreign
    assert first.job_url.encode() in read(aside, MANIFEST)
    assert json.loads(read(aside, "mismatch.json"))["job_url"] == first.job_url
    assert read(first.folder, "io.cdf") == CDF
    assert await find_verified(first.folder, simulation.fingerprint) is not None
