"""What comes before a job is asked for: a published result in its place, or a look that refuses."""

from pathlib import Path

import pytest

from prefect_expres.errors import NothingVisible, StorageError
from prefect_expres.execution import PublishedSource, TakenResult, find_verified
from prefect_expres.expres import SimulationRequest
from prefect_expres.storage import write_whole
from tests.execution.repeated import WINDOW, Runs
from tests.support.virtual_jobs import CDF
from tests.support.virtual_time import in_virtual_time

SOURCE = PublishedSource(
    archive="https://vo.example.org/tap",
    table="expres.epn_core",
    obs_id="io",
    granule_uid="io-cdf",
    access_url="https://vo.example.org/io.cdf",
    checked=("checksum",),
)


class Calls:
    """Notes what is asked of an archive and of a look at the request, and what they answer."""

    def __init__(self, *, published: bool = False, refused: bool = False) -> None:
        self.published = published
        self.refused = refused
        self.taken: list[tuple[SimulationRequest, str]] = []
        self.looked_at: list[SimulationRequest] = []

    async def take(self, request: SimulationRequest, folder: str) -> TakenResult | None:
        """Take the result, if it is published."""
        self.taken.append((request, folder))
        if not self.published:
            return None
        file = await write_whole(folder, "published.cdf", CDF)
        return TakenResult(SOURCE, [file], ("time", "configuration"))

    async def beforehand(self, request: SimulationRequest) -> None:
        """Look at the request."""
        self.looked_at.append(request)
        if self.refused:
            raise NothingVisible("nothing to be seen")


@pytest.mark.parametrize("exclusive", [False, True])
@in_virtual_time
async def test_a_published_result_stands_in_for_a_run(
    simulation: SimulationRequest, tmp_path: Path, *, exclusive: bool
) -> None:
    """No service is asked, nothing is looked at; the manifest tells where it was taken from."""
    runs, calls = Runs(simulation, str(tmp_path)), Calls(published=True)
    result, view = await runs.run(take=calls.take, beforehand=calls.beforehand, exclusive=exclusive)
    assert (calls.taken, calls.looked_at) == ([(simulation, result.folder)], [])
    assert runs.service.requests == []
    assert view is not None
    assert (result.published, result.job_url) == (SOURCE, SOURCE.access_url)
    assert (result.run_id, result.owner, result.phases) == ("", None, ())
    assert (result.cdf, result.compared) == ("published.cdf", ("time", "configuration"))
    assert result.windows == (WINDOW,)
    assert [file.name for file in result.files] == ["published.cdf", "io.json", "io.png"]
    found = await find_verified(result.folder, simulation.fingerprint)
    assert found is not None
    assert (found.published, found.job_url) == (SOURCE, SOURCE.access_url)


@in_virtual_time
async def test_what_is_not_published_is_looked_at_and_run(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """Once: what is found later needs neither."""
    runs, calls = Runs(simulation, str(tmp_path)), Calls()
    result, _ = await runs.run(take=calls.take, beforehand=calls.beforehand)
    assert result.published is None
    assert result.job_url.endswith("/j001")
    assert (calls.taken, calls.looked_at) == ([(simulation, result.folder)], [simulation])
    again, _ = await runs.run(take=calls.take, beforehand=calls.beforehand)
    assert again.found
    assert (len(calls.taken), len(calls.looked_at)) == (1, 1)


@in_virtual_time
async def test_a_look_that_refuses_ends_the_simulation(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """Before the service is asked."""
    runs, calls = Runs(simulation, str(tmp_path)), Calls(refused=True)
    with pytest.raises(NothingVisible):
        await runs.run(beforehand=calls.beforehand)
    assert runs.service.requests == []
    assert await find_verified(f"{tmp_path}/{simulation.folder}", simulation.fingerprint) is None


@pytest.mark.parametrize("exclusive", [False, True])
@in_virtual_time
async def test_separate_calls_take_a_published_result_too(
    simulation: SimulationRequest, tmp_path: Path, *, exclusive: bool
) -> None:
    """Nothing has to be begun; what was found before needs no archive, unless it is exclusive."""
    runs, calls = Runs(simulation, str(tmp_path)), Calls(published=True)
    run = runs.stepwise(("io.json", None), calls.take, exclusive=exclusive, execution_duration=700)
    assert await run.find() is True
    assert run.result is not None
    assert calls.taken == [(simulation, run.result.folder)]
    assert (run.result.published, run.result.execution_duration) == (SOURCE, 700)
    assert run.view is not None
    assert run.view.windows == (WINDOW,)
    assert runs.made_from == [["io.json"]]
    assert await run.bring_home() is run.result
    again = runs.stepwise(take=calls.take, exclusive=exclusive)
    assert await again.find() is True
    assert len(calls.taken) == 1 + exclusive
    assert runs.service.requests == []


@in_virtual_time
async def test_separate_calls_run_what_is_not_published(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """The manifest tells what the run was given."""
    runs, calls = Runs(simulation, str(tmp_path)), Calls()
    run = runs.stepwise(("io.json", None), calls.take)
    assert await run.find() is False
    assert calls.taken == [(simulation, f"{tmp_path}/{simulation.folder}")]
    await run.begin()
    assert (await run.bring_home()).published is None
    assert runs.made_from == [["io.json"]]


@in_virtual_time
async def test_nothing_is_taken_into_a_folder_that_cannot_be_written(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """The archive is not asked, in one call or in several."""
    runs, calls = Runs(simulation, str(tmp_path)), Calls(published=True)
    (tmp_path / simulation.folder).write_bytes(b"")
    with pytest.raises(StorageError):
        await runs.run(take=calls.take)
    with pytest.raises(StorageError):
        await runs.stepwise(take=calls.take).find()
    assert calls.taken == []
