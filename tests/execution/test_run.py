"""A simulation from its request to its manifest, and how a complete one is found again."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest

import prefect_expres
from prefect_expres.execution import (
    Event,
    Finished,
    Manifest,
    PhaseTime,
    PublishedSource,
    ResultView,
    RunOptions,
    SimulationResult,
    Submission,
    TakenResult,
    find_verified,
    folder_of,
)
from prefect_expres.execution.events import JobChosen
from prefect_expres.execution.manifest import MANIFEST, read_manifest
from prefect_expres.execution.set_aside import Mismatch
from prefect_expres.expres import SimulationRequest
from prefect_expres.storage import write_whole
from prefect_expres.uws import Phase
from tests.execution.repeated import WINDOW, Runs
from tests.support.virtual_jobs import CDF
from tests.support.virtual_time import in_virtual_time


@in_virtual_time
async def test_the_manifest_tells_what_was_run(observed: SimulationRequest, tmp_path: Path) -> None:
    """With what, where and when, and the hash of every file in the folder."""
    runs = Runs(observed, f"{tmp_path}/")
    before = datetime.now(UTC)
    result, view = await runs.run(execution_duration=900)
    folder = f"{tmp_path}/{observed.folder}"
    assert folder_of(observed, f"{tmp_path}//") == folder == result.folder
    (job,) = runs.service.jobs.values()
    assert view is not None
    assert runs.viewed == [("io.cdf", folder)]
    assert (result.label, result.fingerprint) == ("io", observed.fingerprint)
    assert (result.branch, result.execution_duration) == ("master", 900)
    assert (result.run_id, result.job_url) == (job.run_id, f"http://127.0.0.1/rest/ExPRES/{job.id}")
    assert result.owner is None
    assert before - timedelta(seconds=1) <= result.created <= datetime.now(UTC)
    assert result.package_version == prefect_expres.__version__
    assert [each.phase for each in result.phases] == ["EXECUTING", "COMPLETED"]
    assert (result.cdf, result.quicklook) == ("io.cdf", "io.png")
    assert (result.calendar, result.catalogue) == (None, None)
    assert result.windows == (WINDOW,)
    assert result.found is False
    assert runs.told.of(JobChosen) == [JobChosen("io", result.job_url)]
    assert result.url_of("io.cdf") == f"{folder}/io.cdf"
    assert result.manifest_url == f"{folder}/{MANIFEST}"
    assert [file.name for file in result.files] == ["io.cdf", "io.json", "earth.csv", "io.png"]
    assert [result.check_of(file) for file in result.files] == [
        *("no hash from the service", "input", "input", "own file"),
    ]
    hashed = result.files[0].model_copy(update={"verified": True})
    assert result.check_of(hashed) == "service's hash verified"
    kept = {path.name: path.read_bytes() for path in Path(folder).iterdir()}
    manifest = kept.pop(MANIFEST)
    assert manifest.startswith(b'{\n  "label": "io",\n')
    assert manifest.endswith(b"}\n")
    assert Manifest.model_validate_json(manifest) == Manifest(
        **result.model_dump(exclude={"folder", "found"})
    )
    assert json.loads(manifest)["files"][0]["sha256"] == hashlib.sha256(CDF).hexdigest()
    assert kept == {
        "io.cdf": CDF,
        "io.json": observed.configuration.to_json(),
        "earth.csv": observed.ephemeris,
        "io.png": b"a picture",
    }


@in_virtual_time
async def test_a_complete_simulation_is_taken_as_found(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """Nothing is asked of the service; what the result tells is the same."""
    runs = Runs(simulation, str(tmp_path))
    first, _ = await runs.run()
    asked = len(runs.service.requests)
    found, view = await runs.run()
    assert view is None
    assert found == first.model_copy(update={"found": True})
    assert len(runs.service.requests) == asked
    assert runs.told.steps("found") == [
        f"The identical simulation was found and verified in {first.folder}"
    ]


@pytest.mark.parametrize("name", ["io.cdf", "io.json", "io.png", MANIFEST])
@pytest.mark.parametrize("what", ["changed", "gone"])
@in_virtual_time
async def test_every_file_is_verified(
    simulation: SimulationRequest, tmp_path: Path, name: str, what: str
) -> None:
    """One byte of one file, or its absence, is enough to download the results anew."""
    runs = Runs(simulation, str(tmp_path))
    first, _ = await runs.run()
    path = tmp_path / simulation.folder / name
    if what == "gone":
        path.unlink()
    else:
        content = path.read_bytes()
        path.write_bytes(content[:-2] + b"x" + content[-1:])
    assert await find_verified(first.folder, simulation.fingerprint) is None
    again, _ = await runs.run()
    assert not again.found
    assert len(runs.service.jobs) == 1, "the job of the identical simulation is found"
    assert await find_verified(first.folder, simulation.fingerprint) is not None


@in_virtual_time
async def test_a_manifest_of_another_simulation_is_not_taken(
    simulation: SimulationRequest, observed: SimulationRequest, tmp_path: Path
) -> None:
    """All of the fingerprint counts, not only what stands in the folder's name."""
    runs = Runs(simulation, str(tmp_path))
    first, _ = await runs.run()
    other = simulation.fingerprint[:12] + observed.fingerprint[12:]
    assert await find_verified(first.folder, other) is None
    assert await find_verified(str(tmp_path / "none"), simulation.fingerprint) is None


@in_virtual_time
async def test_a_manifest_with_a_path_in_it_is_not_taken(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """A file's name does not lead out of its folder."""
    runs = Runs(simulation, str(tmp_path))
    first, _ = await runs.run()
    (tmp_path / "elsewhere").write_bytes(CDF)
    outside = first.files[0].model_copy(update={"name": "../elsewhere"})
    known = first.model_dump(exclude={"folder", "found", "files"})
    for files, found in (((*first.files, outside), False), (first.files, True)):
        content = Manifest(**known, files=files).model_dump_json().encode()
        await write_whole(first.folder, MANIFEST, content)
        verified = await find_verified(first.folder, simulation.fingerprint)
        assert (verified is not None) is found


@in_virtual_time
async def test_exclusive_takes_nothing_as_found(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """Who wants a new run gets a new job, and its manifest replaces the old one."""
    runs = Runs(simulation, str(tmp_path))
    first, _ = await runs.run()
    runs.service.jobs["j001"].run_id = "another-flow-run"
    again, view = await runs.run(exclusive=True)
    assert view is not None
    assert again.job_url != first.job_url
    manifest = read_manifest(first.folder)
    assert manifest is not None
    assert manifest.job_url == again.job_url
    assert runs.told.steps("found") == []


@in_virtual_time
async def test_a_manifest_tells_what_it_was_made_from(
    observed: SimulationRequest, tmp_path: Path
) -> None:
    """Files that were given are named; what came from no file is kept beside the results."""
    runs = Runs(observed, str(tmp_path))
    result, _ = await runs.run()
    given = ("runs/io.json", Path("earth.csv"))
    await runs.run(given, exclusive=True)
    await runs.run(({"SIMU": {}}, "earth.csv"), exclusive=True)
    folder = Path(result.folder)
    kept = [f"file://{folder / name}" for name in ("io.json", "earth.csv")]
    assert [list(each) for each in runs.made_from] == [kept, list(given), [kept[0], "earth.csv"]]


@in_virtual_time
async def test_an_input_replaces_a_result_of_its_name(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """The manifest has the file once, as it is, so that the simulation is found again."""
    runs = Runs(simulation, str(tmp_path))
    job = runs.service.plant(simulation, phase=Phase.COMPLETED)
    job.results = job.results | {"io.json": b"what the service made of it"}
    result, _ = await runs.run()
    assert result.job_url.endswith(job.id)
    assert sorted(file.name for file in result.files) == ["io.cdf", "io.json", "io.png"]
    assert await find_verified(result.folder, simulation.fingerprint) is not None


@in_virtual_time
async def test_the_cdf_file_is_known_by_its_name(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """Wherever it is listed, in small letters or not: it is compared, viewed and named."""
    runs = Runs(simulation, str(tmp_path))
    results = {"a.log": b"done", "IO.CDF": CDF, "z.log": b"done"}
    runs.service.plant(simulation, phase=Phase.COMPLETED, results=results)
    result, _ = await runs.run()
    assert (result.cdf, runs.viewed) == ("IO.CDF", [("IO.CDF", result.folder)])
    assert "time" in result.compared
    assert await find_verified(result.folder, simulation.fingerprint) is not None


@in_virtual_time
async def test_without_an_ephemeris_there_is_one_source(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """The configuration."""
    runs = Runs(simulation, str(tmp_path))
    await runs.run(("io.json", None))
    assert runs.made_from == [["io.json"]]


def test_a_manifest_that_cannot_be_understood_is_none(tmp_path: Path) -> None:
    """Neither rubbish nor the manifest of something else is taken for one."""
    assert read_manifest(str(tmp_path)) is None
    (tmp_path / MANIFEST).write_bytes(b'{"label": 1}')
    assert read_manifest(str(tmp_path)) is None


def test_what_was_told_does_not_change() -> None:
    """Events, options, submissions, manifests and the reasons of mismatches are values."""
    for event in (*get_args(Event), RunOptions, Finished, TakenResult):
        assert event.__dataclass_params__.frozen
    for model in (
        *(Manifest, Mismatch, PhaseTime, PublishedSource, ResultView, SimulationResult),
        Submission,
    ):
        assert model.model_config["frozen"]


@in_virtual_time
async def test_the_root_of_a_file_system_may_be_the_output(simulation: SimulationRequest) -> None:
    """Its slashes are not those that an address may end with: it would be a folder here."""
    runs = Runs(simulation, "memory://")
    first, _ = await runs.run()
    assert first.folder == f"memory://{simulation.folder}"
    assert (await runs.run())[0].found
