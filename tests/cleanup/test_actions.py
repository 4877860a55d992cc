"""What is done with each job of ours, and what is never touched: without Prefect."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from prefect_expres.cleanup.actions import Housekeeper, Review
from prefect_expres.cleanup.inventory import Inventory, take_inventory
from prefect_expres.cleanup.jobs import OurJob, find_our_jobs
from prefect_expres.cleanup.rules import Action, JobDecision, Rules
from prefect_expres.execution import Submission, find_verified
from prefect_expres.execution.manifest import PhaseTime
from prefect_expres.expres import SimulationRequest
from prefect_expres.expres.run_id import RunId
from prefect_expres.uws import Phase
from tests.cleanup.case import (
    DAY,
    LIST,
    OWNER,
    Case,
)
from tests.support.virtual_jobs import CDF
from tests.support.virtual_service import BEGAN, URL
from tests.support.virtual_steps import UnseenSteps
from tests.support.virtual_time import in_virtual_time


@pytest.mark.parametrize("kind", [Review, Housekeeper, OurJob, Rules])
def test_what_was_decided_does_not_change(kind: Any) -> None:
    """A decision that is shown is the one that was taken."""
    assert kind.__dataclass_params__.frozen
    assert JobDecision.model_config["frozen"]
    assert Inventory.model_config["frozen"]


@in_virtual_time
async def test_a_completed_job_is_collected_and_not_deleted(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """However old it is; the manifest tells the service's own times."""
    case = Case(tmp_path / "out")
    job = case.job(simulation, Phase.COMPLETED, 100.0)
    (review,) = await case.review()
    decision = review.decision
    folder = f"{case.output}/{simulation.folder}"
    assert (decision.action, decision.done, decision.error) == (
        Action.COLLECT,
        f"collected into {folder}",
        None,
    )
    assert (decision.label, decision.job_url) == ("io", f"{URL}/{job.id}")
    assert (decision.phase, decision.days) == (Phase.COMPLETED, 100.0)
    assert decision.until == BEGAN + timedelta(days=14)
    assert review.collected is not None
    result, view = review.collected
    assert result == (await find_verified(folder, simulation.fingerprint)).model_copy(
        update={"found": False}
    )
    assert (result.run_id, result.job_url) == (job.run_id, f"{URL}/{job.id}")
    assert (result.execution_duration, result.label) == (600, "io")
    assert result.phases == (PhaseTime(phase="COMPLETED", seconds=1800.0),)
    assert view.windows is None
    assert (Path(folder) / "io.cdf").read_bytes() == CDF
    assert case.writes == []
    assert case.steps.downloaded == [
        Submission(
            job_id=job.id,
            job_url=f"{URL}/{job.id}",
            run_id=job.run_id,
            ours=False,
            phase=Phase.COMPLETED,
        )
    ]


@pytest.mark.parametrize(("told", "seconds"), [("", 0), ("599.9", 599)])
@in_virtual_time
async def test_the_execution_duration_is_the_services(
    simulation: SimulationRequest, tmp_path: Path, told: str, seconds: int
) -> None:
    """In whole seconds; no time is none."""
    case = Case(tmp_path)
    case.job(simulation, Phase.COMPLETED).execution_duration = told
    (review,) = await case.review()
    assert review.collected is not None
    assert review.collected[0].execution_duration == seconds


@pytest.mark.parametrize(
    ("phase", "action"), [(Phase.ABORTED, Action.DELETE), (Phase.COMPLETED, Action.COLLECT)]
)
@in_virtual_time
async def test_the_job_counts_as_it_is_read(
    simulation: SimulationRequest, tmp_path: Path, phase: Phase, action: Action
) -> None:
    """What has changed since the list was read is seen."""
    case = Case(tmp_path)
    job = case.job(simulation, Phase.QUEUED)
    jobs, _ = await find_our_jobs(case.steps, [LIST], case.find_owners)
    job.phase = phase
    inventory = await take_inventory(case.output)
    keeper = Housekeeper(case.steps, case.output, Rules(BEGAN, 14.0), inventory, dry_run=True)
    (review,) = [review async for review in keeper.review(jobs)]
    assert (review.decision.phase, review.decision.action) == (phase, action)


@in_virtual_time
async def test_a_job_without_times_is_collected_without_phases(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """Nothing is made up."""
    for times in ({"started": None}, {"ended": None}):
        case = Case(tmp_path / next(iter(times)))
        job = case.job(simulation, Phase.COMPLETED, 100.0)
        for name, moment in times.items():
            setattr(job, name, moment)
        (review,) = await case.review()
        assert review.collected is not None
        assert review.collected[0].phases == ()


@in_virtual_time
async def test_what_is_verified_is_deleted_when_it_is_old(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """A day before that it is left."""
    case = Case(tmp_path)
    await case.collect(simulation)
    job = case.job(simulation, Phase.COMPLETED, 13.9)
    (review,) = await case.review()
    assert (review.decision.action, case.writes) == (Action.LEAVE, [])
    job.ended = -14.1 * DAY
    (review,) = await case.review()
    assert (review.decision.action, review.decision.done) == (Action.DELETE, "deleted")
    assert review.decision.until is None
    assert case.service.deleted == [job.id]


@in_virtual_time
async def test_what_is_not_verified_is_never_deleted(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """A file of the right name and size with one other byte: its results are collected anew."""
    case = Case(tmp_path)
    await case.collect(simulation)
    file = tmp_path / simulation.folder / "io.cdf"
    file.write_bytes(b"x" + CDF[1:])
    case.job(simulation, Phase.COMPLETED)
    (review,) = await case.review(dry_run=True)
    assert review.decision.action is Action.COLLECT
    (review,) = await case.review()
    assert review.decision.done == f"collected into {case.output}/{simulation.folder}"
    assert case.service.deleted == []
    assert file.read_bytes() == CDF


@in_virtual_time
async def test_failed_jobs_and_strays_are_deleted_when_they_are_old(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """What runs, or is young, is left."""
    case = Case(tmp_path)
    old = [case.job(simulation, phase).id for phase in (Phase.ERROR, Phase.ABORTED, Phase.PENDING)]
    case.job(simulation, Phase.ERROR, 1.0)
    case.job(simulation, Phase.PENDING, 0.1)
    case.service.plant(
        simulation,
        run_id=str(RunId.new("io", simulation.fingerprint, OWNER)),
        phase=Phase.QUEUED,
        created=-100 * DAY,
    )
    await case.review()
    assert sorted(case.service.deleted) == sorted(old)
    assert not any("/parameters" in line for _, line in case.service.requests)


@in_virtual_time
async def test_a_dry_run_changes_nothing(simulation: SimulationRequest, tmp_path: Path) -> None:
    """It says the same, and only reads."""
    case = Case(tmp_path / "out")
    failed = case.job(simulation, Phase.ERROR)
    case.job(simulation, Phase.COMPLETED)
    dry = await case.review(dry_run=True)
    assert (case.writes, list(tmp_path.iterdir())) == ([], [])
    assert [review.collected for review in dry] == [None, None]
    assert [review.decision.done for review in dry] == [None, None]
    real = await case.review()
    assert [review.decision.model_copy(update={"done": None}) for review in real] == [
        review.decision for review in dry
    ]
    assert case.service.deleted == [failed.id]


@in_virtual_time
async def test_what_fails_with_one_job_does_not_stop_the_others(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """Each failure is told with its job."""
    case = Case(tmp_path)
    unread = case.job(simulation, Phase.ERROR, 30.0)
    kept = case.job(simulation, Phase.ERROR, 29.0)
    last = case.job(simulation, Phase.ERROR, 28.0)
    case.service.trouble(f"GET /{unread.id}", 403, "not yours", times=1e9)
    case.service.trouble(f"DELETE /{kept.id}", 403, "no", times=1e9)
    first, second, third = [review.decision for review in await case.review()]
    assert (first.action, first.why, first.phase) == (
        Action.LEAVE,
        "it could not be read",
        Phase.ERROR,
    )
    assert (first.error or "").startswith("AuthenticationFailed: ")
    assert (first.days, first.done) == (None, None)
    assert (second.action, second.done) == (Action.DELETE, None)
    assert (second.error or "").startswith("AuthenticationFailed: ")
    assert (third.done, third.error) == ("deleted", None)
    assert case.service.deleted == [last.id]


@in_virtual_time
async def test_results_that_cannot_be_had_now_are_kept_on_the_service(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """Two weeks from now, wherever the service's clock is; the failure is told."""
    case = Case(tmp_path)
    case.steps = UnseenSteps({LIST: case.service}, len(CDF) - 1)
    job = case.job(simulation, Phase.COMPLETED)
    job.destruction = "2026-11-25T12:00:00Z"
    (review,) = await case.review()
    assert (review.decision.error or "").startswith("TooLarge: ")
    assert review.decision.done == "kept until 2026-12-09T02:00:00Z"
    assert job.destruction == "2026-12-09T02:00:00Z"
    assert review.collected is None
    assert not await find_verified(f"{tmp_path}/{simulation.folder}", simulation.fingerprint)


@in_virtual_time
async def test_results_that_last_long_enough_need_no_more_time(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """The failure alone is told."""
    case = Case(tmp_path)
    case.steps = UnseenSteps({LIST: case.service}, len(CDF) - 1)
    job = case.job(simulation, Phase.COMPLETED)
    job.destruction = "2026-12-08T12:00:00Z"
    (review,) = await case.review()
    assert (review.decision.error or "").startswith("TooLarge: ")
    assert (review.decision.done, case.writes) == (None, [])


@in_virtual_time
async def test_a_service_that_keeps_no_longer_is_told(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """After the failure of the download, what the service says is told, too."""
    case = Case(tmp_path)
    case.steps = UnseenSteps({LIST: case.service}, len(CDF) - 1)
    job = case.job(simulation, Phase.COMPLETED)
    job.destruction = "2026-11-25T12:00:00Z"
    case.service.trouble("POST /.*/destruction", 303)
    (review,) = await case.review()
    job.destruction = "2026-12-08T12:00:00Z"
    (unkept,) = await case.review()
    assert (unkept.decision.error or "").startswith("TooLarge: ")
    assert review.decision.error == (
        f"{unkept.decision.error}. The service keeps it until 2026-11-25T12:00:00Z only; "
        "it is wanted until 2026-12-08 12:00"
    )
    assert review.decision.done is None


@in_virtual_time
async def test_a_job_without_results_is_not_kept_longer(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """There is nothing to be had later."""
    case = Case(tmp_path)
    job = case.job(simulation, Phase.COMPLETED)
    job.results, job.destruction = {}, "2026-11-25T12:00:00Z"
    (review,) = await case.review()
    assert (review.decision.error or "").startswith("ResultsMissing: ")
    assert (review.decision.done, case.writes) == (None, [])


@in_virtual_time
async def test_a_collected_job_is_kept_as_long_as_it_is_wanted(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """A job that ended four days ago, for ten more."""
    case = Case(tmp_path)
    await case.collect(simulation)
    job = case.job(simulation, Phase.COMPLETED, 4.0)
    job.destruction = "2026-12-04T11:59:59Z"
    (review,) = await case.review()
    assert review.decision.action is Action.EXTEND
    assert review.decision.until == BEGAN + timedelta(days=10)
    assert review.decision.done == "kept until 2026-12-05T02:00:00Z"
    (review,) = await case.review()
    assert (review.decision.action, review.decision.done) == (Action.LEAVE, None)
