"""The flow `housekeeping` on a real Prefect server and a sandbox whose jobs have grown old."""

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from prefect import flow, get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey
from prefect.runtime import flow_run

from prefect_expres.cleanup.rules import Action, JobDecision
from prefect_expres.errors import AccessError, JobFailed
from prefect_expres.expres.run_id import owner_of
from prefect_expres.flows.housekeeping import HousekeepingResult, housekeeping
from prefect_expres.flows.simulate import simulate
from prefect_expres.sandbox.dialects import DialectName
from prefect_expres.uws import Phase, Timestamp, wait_for
from tests.flows.aging import (
    AgingSandbox,
    create,
    named,
    new_owner,
    ordered,
    owner_in,
    simulate_and_lose,
)
from tests.support.runs import assert_whole


@pytest.fixture
def aging(tmp_path: Path) -> AgingSandbox:
    """Give a sandbox in the dialect of OPUS."""
    return AgingSandbox(tmp_path / "sandbox")


def by_id(result: HousekeepingResult) -> dict[str, JobDecision]:
    """Give what was done by the job's id."""
    return {decision.job_url.rpartition("/")[2]: decision for decision in result.decisions}


def listing(folder: Path) -> Iterator[tuple[str, int, int]]:
    """List all below a folder with sizes and times of change."""
    for path in sorted(folder.rglob("*")):
        status = path.stat()
        yield str(path), status.st_size, status.st_mtime_ns


async def _artifact(key: str) -> str:
    """Give the latest artifact of a key."""
    wanted = ArtifactFilter(key=ArtifactFilterKey(any_=[key]))
    async with get_client() as client:
        found = await client.read_artifacts(artifact_filter=wanted)
    return str(max(found, key=lambda each: each.created or datetime.min.replace(tzinfo=UTC)).data)


@pytest.mark.parametrize("dialect", ["opus", "standard"])
def test_a_dry_run_tells_and_a_run_does(
    dialect: DialectName, configuration: dict[str, Any], tmp_path: Path
) -> None:
    """Old jobs are collected, then deleted; jobs of others stay; a dry run changes nothing."""
    aging, home = AgingSandbox(tmp_path / "sandbox", dialect), tmp_path / "home"
    contents = {orders: ordered(configuration, orders) for orders in ("a", "b", "c", "fail")}
    with aging.open():
        kept = simulate(contents["a"], aging.service, output=str(home))
        away = simulate_and_lose(aging.service, contents["b"], tmp_path / "away")
        with pytest.raises(JobFailed) as failure:
            simulate(contents["fail"], aging.service, output=str(home))
        stray = create(aging.service, contents["c"], named(contents["c"], owner_in(kept)))
        other = create(aging.service, contents["c"], named(contents["c"], new_owner()))
        nameless = create(aging.service, contents["c"], "my-run")
    ids = [result.job_url.rpartition("/")[2] for result in (kept, away)]
    failed = failure.value.job_url.rpartition("/")[2]
    aging.age(20)
    before, files = aging.jobs(), list(listing(home))

    with aging.open() as server:
        created = server.created_count()
        dry = housekeeping(aging.service, str(home))
        assert dry.dry_run
        assert {job_id: decision.action for job_id, decision in by_id(dry).items()} == {
            ids[0]: Action.DELETE,
            ids[1]: Action.COLLECT,
            failed: Action.DELETE,
            stray: Action.DELETE,
        }
        assert not [decision for decision in dry.decisions if decision.done or decision.error]
        assert dry.others == 2
        assert (aging.jobs(), list(listing(home))) == (before, files)
        assert server.created_count() == created

        done = housekeeping(aging.service, str(home), dry_run=False)
        assert [(c.action, c.why) for c in done.decisions] == [
            (c.action, c.why) for c in dry.decisions
        ]
        assert aging.jobs().keys() == {ids[1], other, nameless}
        assert len(done.inventory.complete) == 2
        again = simulate(contents["b"], aging.service, output=str(home))
        assert again.found
        assert (again.run_id, again.windows) == (away.run_id, away.windows)
        assert server.created_count() == created

        last = housekeeping(aging.service, str(home), dry_run=False)
        assert [decision.done for decision in last.decisions] == ["deleted"]
        assert aging.jobs().keys() == {other, nameless}

    table = json.loads(asyncio.run(_artifact("housekeeping-jobs")))
    assert [(row["job"], row["done"]) for row in table] == [(away.job_url, "deleted")]
    assert "2 complete simulations" in asyncio.run(_artifact("housekeeping"))


def test_results_that_cannot_be_had_yet_are_kept_on_the_service(
    aging: AgingSandbox, configuration: dict[str, Any], tmp_path: Path
) -> None:
    """A download that fails has its job kept, and does not stop what comes after it."""
    home = tmp_path / "home"
    with aging.open():
        away = simulate_and_lose(aging.service, ordered(configuration, "a"), tmp_path / "away")
        kept = simulate(ordered(configuration, "b"), aging.service, output=str(home))
    aging.age(3, lasts=2)
    with aging.open():
        narrow = aging.service.model_copy(update={"largest_result": 10})
        first, second = housekeeping(narrow, str(home), dry_run=False).decisions
        assert (first.job_url, first.action) == (away.job_url, Action.COLLECT)
        assert "TooLarge" in (first.error or "")
        assert "kept until" in (first.done or "")
        assert (second.job_url, second.action, second.error) == (
            kept.job_url,
            Action.EXTEND,
            None,
        )
        for decision, days in ((first, 14), (second, 11)):
            job = aging.jobs()[decision.job_url.rpartition("/")[2]]
            assert job.destruction >= datetime.now(UTC) + timedelta(days=days, minutes=-5)
            told = Timestamp(text=str(decision.done).removeprefix("kept until "))
            assert told.order == job.destruction.timestamp()

        third, fourth = housekeeping(aging.service, str(home), dry_run=False).decisions
        assert (third.action, third.error) == (Action.COLLECT, None)
        assert (fourth.action, fourth.done) == (Action.LEAVE, None)
    for folder in home.iterdir():
        assert_whole(folder)


def test_what_its_flow_run_has_elsewhere_is_collected(
    aging: AgingSandbox, configuration: dict[str, Any], tmp_path: Path
) -> None:
    """Results that another output holds are not fetched again, and their job goes in its time."""
    with aging.open():
        elsewhere = simulate(configuration, aging.service, output=str(tmp_path / "campaign"))
    aging.age(20)
    with aging.open():
        (decision,) = housekeeping(aging.service, str(tmp_path / "home"), dry_run=False).decisions
    assert (decision.job_url, decision.done) == (elsewhere.job_url, "deleted")
    assert not (tmp_path / "home").exists()
    assert_whole(tmp_path / "campaign")


def test_a_job_that_is_not_what_it_claims_is_left(
    aging: AgingSandbox, configuration: dict[str, Any], tmp_path: Path
) -> None:
    """Somebody who copied a runId of ours cannot have other results collected in its name."""
    content = ordered(configuration, "a")
    with aging.open():
        ours = simulate_and_lose(aging.service, content, tmp_path / "away")
        forged = create(
            aging.service,
            ordered(configuration, "log=1"),
            named(ordered(configuration, "b"), owner_in(ours)),
        )

        async def run() -> None:
            async with aging.service.get_client() as client:
                await client.start(forged)
                assert (await wait_for(client, forged, timeout=60)).phase is Phase.COMPLETED

        asyncio.run(run())
        decisions = by_id(housekeeping(aging.service, str(tmp_path / "home"), dry_run=False))
    assert decisions[forged].action is Action.LEAVE
    assert "do not make the simulation" in decisions[forged].why
    assert_whole(tmp_path / "home")


def test_the_job_of_a_flow_run_that_has_not_ended_is_left(
    aging: AgingSandbox, configuration: dict[str, Any], tmp_path: Path
) -> None:
    """A PENDING job may wait for its start as long as its flow run does."""

    @flow
    def science() -> tuple[str, HousekeepingResult]:
        with aging.open():
            owner = owner_of(flow_run.id)
            waiting = create(aging.service, configuration, named(configuration, owner))
        aging.age(3)
        with aging.open():
            return waiting, housekeeping(aging.service, str(tmp_path), dry_run=False)

    waiting, result = science()
    assert by_id(result)[waiting].action is Action.LEAVE
    assert waiting in aging.jobs()
    with aging.open():
        later = housekeeping(aging.service, str(tmp_path), dry_run=False)
    assert by_id(later)[waiting].done == "deleted"
    assert waiting not in aging.jobs()


def test_an_account_is_the_users_own_in_both_lists(
    aging: AgingSandbox, configuration: dict[str, Any], tmp_path: Path
) -> None:
    """Jobs of the user's other Prefect servers are taken only when asked for; guests cannot ask."""
    user = aging.as_user("astronomer")
    with aging.open():
        content = ordered(configuration, "a")
        here = simulate_and_lose(user, content, tmp_path / "away", branch="develop")
        elsewhere = create(user, configuration, named(configuration, new_owner()))
        create(user, configuration, "by-hand")
        others = create(aging.as_user("other"), configuration, named(configuration, new_owner()))
    aging.age(2)
    with aging.open():
        careful = housekeeping(user, str(tmp_path / "home"))
        assert [decision.job_url for decision in careful.decisions] == [here.job_url]
        assert careful.others == 2
        whole = housekeeping(user, str(tmp_path / "home"), whose="account", dry_run=False)
        assert by_id(whole)[elsewhere].done == "deleted"
        assert by_id(whole)[here.job_url.rpartition("/")[2]].action is Action.COLLECT
        assert whole.others == 1
        assert others in aging.jobs()
        with pytest.raises(AccessError, match="Guests share one job list"):
            housekeeping(aging.service, str(tmp_path / "home"), whose="account")
    assert_whole(tmp_path / "home")


def test_the_run_is_named_by_whether_it_changes_anything(
    aging: AgingSandbox, tmp_path: Path
) -> None:
    """The list of flow runs tells dry runs from others."""
    with aging.open():
        names = []
        for dry_run in (True, False):
            state = housekeeping(
                aging.service, str(tmp_path / "home"), dry_run=dry_run, return_state=True
            )
            with get_client(sync_client=True) as client:
                names.append(client.read_flow_run(state.state_details.flow_run_id).name)
    assert names == ["housekeeping-dry-run", "housekeeping"]
