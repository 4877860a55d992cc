"""A result that is not what was asked for: set aside, never called verified, its job left alone."""

import pickle
from pathlib import Path

import pytest

from prefect_expres.errors import ResultMismatch, StorageError
from prefect_expres.execution import find_verified
from prefect_expres.execution.set_aside import mismatched_jobs, set_aside
from prefect_expres.expres import SimulationRequest
from prefect_expres.uws import Phase
from tests.cleanup.case import Case
from tests.execution.attempted import finish
from tests.execution.repeated import Runs
from tests.execution.test_found import of_the_20th
from tests.execution.test_stepwise import run_of
from tests.support.fitting import fitting, written
from tests.support.virtual_jobs import CDF, VirtualJob
from tests.support.virtual_service import URL, VirtualService
from tests.support.virtual_time import in_virtual_time


def foreign(simulation: SimulationRequest) -> dict[str, bytes]:
    """Give the results of the same simulation of a week later."""
    cdf = written(fitting(of_the_20th(simulation).configuration))
    return {"io.cdf": cdf, "run.log": b"done"}


def giving(service: VirtualService, results: dict[str, bytes], times: float = 1e9) -> None:
    """Have the first jobs of clients give these results."""

    class Jobs(dict[str, VirtualJob]):
        def __setitem__(self, key: str, job: VirtualJob) -> None:
            if len(self) < times:
                job.results = results
            super().__setitem__(key, job)

    service.jobs = Jobs()


@in_virtual_time
async def test_a_mismatch_is_an_error_that_names_each_difference(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """The files are set aside, none stands under its name, and there is no manifest."""
    runs = Runs(simulation, str(tmp_path))
    giving(runs.service, foreign(simulation))
    with pytest.raises(ResultMismatch, match="is not the simulation that was asked for") as fault:
        await runs.run()
    (difference,) = fault.value.differences
    assert difference.startswith("time: 2018-09-20 00:00:00 to 2018-09-20 12:00:00 UTC, 144 times;")
    assert difference in str(fault.value)
    assert fault.value.retryable is False
    assert pickle.loads(pickle.dumps(fault.value)).differences == fault.value.differences
    folder = tmp_path / simulation.folder
    assert [path.name for path in folder.iterdir()] == ["mismatched"]
    aside = folder / "mismatched" / "j001"
    assert {path.name for path in aside.iterdir()} == {"io.cdf", "run.log", "mismatch.json"}
    assert (aside / "mismatch.json").read_text().startswith('{\n  "job_id": "j001",\n')
    assert difference in (aside / "mismatch.json").read_text()
    assert await mismatched_jobs(str(folder)) == ("j001",)
    assert await find_verified(str(folder), simulation.fingerprint) is None


@in_virtual_time
async def test_the_job_is_not_found_again(simulation: SimulationRequest, tmp_path: Path) -> None:
    """The next run creates another one, whose result is right."""
    runs = Runs(simulation, str(tmp_path))
    giving(runs.service, foreign(simulation), times=1)
    with pytest.raises(ResultMismatch):
        await runs.run()
    runs.service.requests.clear()
    result, _ = await runs.run()
    assert result.job_url.endswith("/j002")
    assert not runs.service.asked("GET /j001")
    assert (tmp_path / simulation.folder / "io.cdf").read_bytes() == CDF


@in_virtual_time
async def test_a_reason_that_cannot_be_read_hides_no_other(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """What is no reason, or of another kind, names no job."""
    for job_id in ("1", "4"):
        await set_aside(str(tmp_path), [], ResultMismatch("wrong", f"{URL}/{job_id}"))
    for name, content in (("0", b"{"), ("2", b'{"job_id": 2}'), ("3", b"")):
        (tmp_path / "mismatched" / name).mkdir()
        (tmp_path / "mismatched" / name / "mismatch.json").write_bytes(content)
    assert set(await mismatched_jobs(str(tmp_path))) == {"1", "4"}


@in_virtual_time
async def test_another_attempt_is_another_job(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """Two attempts are enough where one job in two is wrong."""
    service = VirtualService()
    giving(service, foreign(simulation), times=1)
    done = await finish(service, simulation, tmp_path, attempts=2)
    assert done.submission.job_id == "j002"
    assert "time" in done.compared


@in_virtual_time
async def test_an_adopted_job_that_is_wrong_does_not_count(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """A completed job of another flow run with our inputs and another result: a new one is run."""
    service = VirtualService()
    service.plant(simulation, phase=Phase.COMPLETED, results=foreign(simulation))
    done = await finish(service, simulation, tmp_path)
    assert done.submission.ours
    assert await mismatched_jobs(str(tmp_path)) == ("p001",)


@in_virtual_time
async def test_what_is_no_result_of_expres_is_set_aside_too(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """Else its job would be found for ever."""
    service = VirtualService()
    giving(service, {"io.cdf": b"no CDF"}, times=1)
    done = await finish(service, simulation, tmp_path, attempts=2)
    assert done.submission.job_id == "j002"
    assert (tmp_path / "mismatched" / "j001" / "io.cdf").read_bytes() == b"no CDF"


@in_virtual_time
async def test_separate_calls_verify_too(simulation: SimulationRequest, tmp_path: Path) -> None:
    """And the next run takes another job."""
    service = VirtualService()
    giving(service, foreign(simulation), times=1)
    run = run_of(service, simulation, tmp_path)
    await run.begin()
    with pytest.raises(ResultMismatch):
        await run.bring_home()
    assert run.result is None
    again = run_of(service, simulation, tmp_path)
    assert await again.find() is False
    await again.begin()
    assert (await again.bring_home()).job_url.endswith("/j002")


@in_virtual_time
async def test_housekeeping_collects_nothing_wrong(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """It tells the differences, and does not extend the life of such a job."""
    case = Case(tmp_path / "out")
    job = case.job(simulation, Phase.COMPLETED, 3.0)
    job.results = foreign(simulation)
    before = job.destruction
    (review,) = await case.review()
    assert review.collected is None
    assert "ResultMismatch" in (review.decision.error or "")
    assert "2018-09-20" in (review.decision.error or "")
    assert job.destruction == before
    assert await find_verified(f"{case.output}/{simulation.folder}", simulation.fingerprint) is None


@in_virtual_time
async def test_a_job_is_remembered_though_its_files_cannot_be_moved(tmp_path: Path) -> None:
    """Its reason is written first: else the job would be taken again."""
    with pytest.raises(StorageError, match="name too long"):
        await set_aside(str(tmp_path), ["x" * 300], ResultMismatch("wrong", f"{URL}/7"))
    assert await mismatched_jobs(str(tmp_path)) == ("7",)


@pytest.mark.parametrize(
    ("job_url", "job_id", "safe"),
    [
        (f"{URL}/a/../b", "b", "b"),
        (f"{URL}/..", "..", "__"),
        (f"{URL}/{'x' * 300}", "x" * 300, "x" * 80),
        (f"{URL}/a b*?/", "a b*?", "a_b__"),
        ("", "", "job"),
    ],
)
@in_virtual_time
async def test_a_folder_for_any_job(tmp_path: Path, job_url: str, job_id: str, safe: str) -> None:
    """The id of a job may be any text; it leads nowhere else."""
    fault = ResultMismatch("wrong", job_url, detail="time")
    (tmp_path / "io[1]").mkdir()
    folder = str(tmp_path / "io[1]")
    (tmp_path / "io[1]" / "io.cdf").write_bytes(b"x")
    aside = Path(await set_aside(folder, ["io.cdf", "gone.log"], fault))
    assert aside == Path(folder) / "mismatched" / safe
    assert (aside / "io.cdf").read_bytes() == b"x"
    assert await mismatched_jobs(folder) == (job_id,)
