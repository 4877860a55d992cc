"""Whose jobs are touched, and what their flow runs have: without Prefect."""

from pathlib import Path

import pytest

from prefect_expres.cleanup.actions import Housekeeper
from prefect_expres.cleanup.inventory import take_inventory
from prefect_expres.cleanup.jobs import find_our_jobs
from prefect_expres.cleanup.rules import Action, Rules
from prefect_expres.expres import SimulationRequest
from prefect_expres.expres.run_id import RunId
from prefect_expres.uws import Phase
from tests.cleanup.case import (
    DAY,
    LIST,
    OTHER_LIST,
    OWNER,
    UNKNOWN,
    Case,
    FlowRun,
    another,
)
from tests.support.virtual_service import BEGAN, VirtualService
from tests.support.virtual_steps import UnseenSteps
from tests.support.virtual_time import in_virtual_time


@in_virtual_time
async def test_what_its_flow_run_has_is_collected(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """Results that stand verified where the flow run wanted them are not fetched again."""
    elsewhere = Case(tmp_path / "campaign")
    await elsewhere.collect(simulation)
    case = Case(tmp_path / "out")
    case.owner = FlowRun(output=f"{elsewhere.output}/")
    job = case.job(simulation, Phase.COMPLETED)
    (review,) = await case.review()
    assert review.decision.done == "deleted"
    assert case.service.deleted == [job.id]
    assert not (tmp_path / "out").exists()


@in_virtual_time
async def test_a_job_keeps_the_name_that_it_was_listed_with(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """Some services do not repeat it in the job's own document; the manifest tells it."""
    case = Case(tmp_path)
    job = case.job(simulation, Phase.COMPLETED)
    jobs, _ = await find_our_jobs(case.steps, [LIST], case.find_owners)
    name, job.run_id = job.run_id, ""
    inventory = await take_inventory(case.output)
    keeper = Housekeeper(case.steps, case.output, Rules(BEGAN, 14.0), inventory, dry_run=False)
    (review,) = [review async for review in keeper.review(jobs)]
    assert review.collected is not None
    assert review.collected[0].run_id == name


@pytest.mark.parametrize("what", ["changed", "no output"])
@in_virtual_time
async def test_what_its_flow_run_has_is_verified(
    simulation: SimulationRequest, tmp_path: Path, what: str
) -> None:
    """Where it is not whole, or not told, it is collected."""
    elsewhere = Case(tmp_path / "campaign")
    await elsewhere.collect(simulation)
    case = Case(tmp_path / "out")
    case.owner = FlowRun(output=None if what == "no output" else elsewhere.output)
    (tmp_path / "campaign" / simulation.folder / "io.json").write_bytes(b"{}")
    case.job(simulation, Phase.COMPLETED)
    (review,) = await case.review()
    assert review.collected is not None
    assert review.collected[0].folder == f"{case.output}/{simulation.folder}"
    assert case.service.deleted == []


@in_virtual_time
async def test_the_jobs_of_a_flow_run_that_has_not_ended_are_left(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """It starts and collects them itself."""
    case = Case(tmp_path)
    case.owner = FlowRun(ended=False)
    case.job(simulation, Phase.PENDING)
    case.job(another(simulation, "young"), Phase.COMPLETED, 0.5)
    reviews = await case.review()
    assert [review.decision.action for review in reviews] == [Action.LEAVE, Action.LEAVE]
    assert case.writes == []


@pytest.mark.parametrize("what", ["forged", "not shown"])
@in_virtual_time
async def test_a_job_that_is_not_what_it_claims_is_left(
    simulation: SimulationRequest, tmp_path: Path, what: str
) -> None:
    """Other inputs than the runId tells, or none that are shown."""
    case = Case(tmp_path)
    case.owner = FlowRun(output=f"{tmp_path}/of-its-flow-run")
    job = case.job(simulation, Phase.COMPLETED)
    if what == "forged":
        job.given["config"] = another(simulation, "forged").configuration.to_json()
    else:
        case.service.trouble("GET /.*/parameters", 403, times=1e9)
    (review,) = await case.review()
    assert review.decision.action is Action.LEAVE
    assert review.decision.why == (
        "its inputs are not shown, or do not make the simulation that its runId tells"
    )
    assert (review.decision.until, review.decision.done) == (None, None)
    assert (case.writes, list(tmp_path.iterdir())) == ([], [])


@in_virtual_time
async def test_only_jobs_of_known_flow_runs_are_ours(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """Guests' jobs of the same form, and jobs of other names, are counted and not touched."""
    case = Case(tmp_path)
    ours = case.job(simulation, Phase.ERROR)
    case.service.plant(simulation, phase=Phase.ERROR, created=-99 * DAY)
    case.service.plant(simulation, run_id="by-hand", phase=Phase.ERROR, created=-99 * DAY)
    jobs, others = await find_our_jobs(case.steps, [LIST], case.find_owners)
    assert [job.ref.id for job in jobs] == [ours.id]
    assert (jobs[0].owner, jobs[0].job_list, jobs[0].name.owner) == (case.owner, LIST, OWNER)
    assert others == 2
    await case.review()
    assert case.service.deleted == [ours.id]


@in_virtual_time
async def test_in_an_account_all_jobs_of_our_form_are_ours(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """Those of the user, also where the service tells no owners; not another user's."""
    case = Case(tmp_path)
    known = case.job(simulation, Phase.ERROR)
    mine = case.service.plant(simulation, owner="ann")
    untold = case.service.plant(simulation)
    case.service.plant(simulation, owner="bob")
    case.service.plant(simulation, owner="ann", run_id="by-hand")
    jobs, others = await find_our_jobs(case.steps, [LIST], case.find_owners, "ann")
    assert {job.ref.id: job.owner for job in jobs} == {
        known.id: case.owner,
        mine.id: None,
        untold.id: None,
    }
    assert others == 2


@in_virtual_time
async def test_a_job_of_an_unknown_flow_run_in_an_account_is_reviewed(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """Nobody waits for it: it is collected, or deleted in its time."""
    case = Case(tmp_path)
    case.service.plant(
        simulation,
        owner="ann",
        run_id=str(RunId.new("io", simulation.fingerprint, UNKNOWN)),
        phase=Phase.COMPLETED,
        created=-DAY,
    )
    jobs, _ = await find_our_jobs(case.steps, [LIST], case.find_owners, "ann")
    inventory = await take_inventory(case.output)
    keeper = Housekeeper(case.steps, case.output, Rules(BEGAN, 14.0), inventory, dry_run=True)
    (review,) = [review async for review in keeper.review(jobs)]
    assert review.decision.action is Action.COLLECT


@in_virtual_time
async def test_each_job_is_reviewed_in_its_own_list(
    simulation: SimulationRequest, tmp_path: Path
) -> None:
    """The jobs of several lists are found together, and each is deleted where it is."""
    case = Case(tmp_path)
    testing = VirtualService()
    case.steps = UnseenSteps({LIST: case.service, OTHER_LIST: testing})
    first = case.job(simulation, Phase.ERROR)
    second = testing.plant(simulation, id="t001", run_id=first.run_id, phase=Phase.ERROR)
    second.created = -99 * DAY
    jobs, others = await find_our_jobs(case.steps, [LIST, OTHER_LIST], case.find_owners)
    assert [(job.job_list, job.ref.id) for job in jobs] == [(LIST, first.id), (OTHER_LIST, "t001")]
    assert others == 0
    inventory = await take_inventory(case.output)
    keeper = Housekeeper(case.steps, case.output, Rules(BEGAN, 14.0), inventory, dry_run=False)
    assert len([review async for review in keeper.review(jobs)]) == 2
    assert (case.service.deleted, testing.deleted) == ([first.id], [second.id])
