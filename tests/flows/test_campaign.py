"""Campaigns: many simulations at once, as the service and Prefect's server see them."""

import asyncio
import hashlib
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from prefect import get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterId,
    TaskRunFilter,
    TaskRunFilterName,
)

from prefect_expres.blocks import ExpresService
from prefect_expres.campaigns.index import CampaignManifest
from prefect_expres.campaigns.plan import FilesPlan, RoutinePlan
from prefect_expres.errors import AccessError, ConfigurationError, TooManyFailures
from prefect_expres.execution.manifest import Manifest
from prefect_expres.flows.campaign import campaign
from prefect_expres.uws import UWSClient
from tests.support.campaign_files import plan_of, quick_sandbox_for_campaigns
from tests.support.proxy import fault_proxy

COUNT = 60
FAILING = 3


def fails(number: int) -> bool:
    """Say which runs are told to fail: one in twenty."""
    return number % 20 == 7


def orders(number: int) -> str:
    """Give a run its orders."""
    return "fail" if fails(number) else "sleep=0.1"


def asked_for(received: bytes) -> Counter[str]:
    """Count the requests by their method and path; filters have no part in it."""
    lines = re.findall(rb"^(\w+) (\S+) HTTP", received, re.MULTILINE)
    return Counter(f"{verb.decode()} {path.decode().split('?')[0]}" for verb, path in lines)


async def states_of(flow_run: str, names: list[str]) -> Counter[str]:
    """Count the states of the task runs of these names."""
    async with get_client() as client:
        runs = await client.read_task_runs(
            flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=[flow_run])),
            task_run_filter=TaskRunFilter(name=TaskRunFilterName(any_=names)),
            limit=200,
        )
    return Counter(str(run.state_name) for run in runs)


@pytest.mark.timeout(600)
async def test_sixty_simulations(configuration: dict[str, Any], tmp_path: Path) -> None:
    """All but those that fail come home, by one list request a tick; a rerun does the rest."""
    plan = plan_of(tmp_path, configuration, COUNT, orders)
    output = tmp_path / "results"
    with quick_sandbox_for_campaigns(tmp_path, active_jobs=8) as sandbox:
        async with fault_proxy(sandbox.url) as proxy:
            service = ExpresService(base_url=proxy.url)
            result = await campaign(plan, service, output=str(output), in_flight=12)
            requests = asked_for(proxy.received)
        assert sandbox.created_count() == sandbox.started_count() == COUNT
        names = [f"run-{number:03}" for number in range(COUNT)]
        failed = [name for number, name in enumerate(names) if fails(number)]
        assert (result.completed, result.failed, result.found) == (COUNT - FAILING, FAILING, 0)
        assert [row.label for row in result.failures] == failed
        assert all("the run failed as it was told to" in str(row.error) for row in result.failures)

        assert requests["GET /rest/ExPRES"] < 1.2 * result.list_requests
        jobs = [path for path in requests if re.fullmatch(r"GET /rest/ExPRES/\w+(/phase)?", path)]
        assert {requests[path] for path in jobs} == {1}, "one look after the start, one at the end"

        whole = {path.parent.name for path in output.glob("*/manifest.json")}
        assert whole == {Path(str(row.folder)).name for row in result.rows if row.folder}
        assert len(whole) == COUNT - FAILING
        assert pq.read_table(output / "index.parquet").column("label").to_pylist() == names
        manifest = CampaignManifest.model_validate_json((output / "index.json").read_bytes())
        for file in manifest.files:
            content = (output / file.name).read_bytes()
            assert hashlib.sha256(content).hexdigest() == file.sha256
        features = json.loads((output / "catalogue.tfcat.json").read_bytes())["features"]
        assert len(features) == len({each["id"] for each in features}) == 3 * (COUNT - FAILING)
        assert not list((output / ".campaigns").iterdir())
        assert await states_of(result.campaign, names) == {
            "Completed": COUNT - FAILING,
            "Failed": FAILING,
        }

        again = await campaign(
            plan, ExpresService(base_url=sandbox.url), output=str(output), in_flight=12
        )
        assert (again.completed, again.failed, again.found) == (0, FAILING, COUNT - FAILING)
        assert sandbox.created_count() == sandbox.started_count() == COUNT + FAILING


async def test_no_more_in_flight_than_allowed(
    configuration: dict[str, Any], tmp_path: Path
) -> None:
    """Whenever one looks, at most so many jobs are on the service and not finished."""
    plan = plan_of(tmp_path, configuration, 9, lambda _: "sleep=0.3")
    with quick_sandbox_for_campaigns(tmp_path, parallel=9) as sandbox:
        service = ExpresService(base_url=sandbox.url)
        running = asyncio.ensure_future(
            campaign(plan, service, output=str(tmp_path / "results"), in_flight=3)
        )
        seen = []
        async with UWSClient(sandbox.jobs_url()) as client:
            while not running.done():
                jobs = await client.jobs()
                seen.append(sum(not job.phase.finished for job in jobs))
                await asyncio.sleep(0.02)
        assert (await running).completed == 9
    assert max(seen) == 3


async def test_all_are_run_again_if_nothing_is_reused(
    configuration: dict[str, Any], tmp_path: Path
) -> None:
    """Neither complete results nor jobs of the identical simulations stand in for new runs."""
    plan = plan_of(tmp_path, configuration, 3, lambda _: "")
    output = tmp_path / "results"
    with quick_sandbox_for_campaigns(tmp_path) as sandbox:
        service = ExpresService(base_url=sandbox.url)
        for reuse, completed, created in (("verified", 3, 3), ("verified", 0, 3), ("never", 3, 6)):
            result = await campaign(plan, service, output=str(output), reuse=reuse)
            assert (result.completed, result.found) == (completed, 3 - completed)
            assert sandbox.created_count() == created


async def test_too_many_failures_end_it(configuration: dict[str, Any], tmp_path: Path) -> None:
    """No further simulation is begun then; those under way end, and all is indexed."""
    plan = plan_of(tmp_path, configuration, 30, lambda number: "fail" if number < 20 else "")
    output = tmp_path / "results"
    with quick_sandbox_for_campaigns(tmp_path) as sandbox:
        service = ExpresService(base_url=sandbox.url)
        with pytest.raises(TooManyFailures, match="max_failures, then run it again") as caught:
            await campaign(plan, service, output=str(output), in_flight=2, max_failures=3)
        assert sandbox.created_count() < 20
    manifest = CampaignManifest.model_validate_json((output / "index.json").read_bytes())
    assert manifest.failed == caught.value.failed >= 4
    assert caught.value.not_begun == 30 - manifest.failed - manifest.completed > 0


async def test_routine_simulations_share_their_ephemeris(tmp_path: Path) -> None:
    """A routine plan runs every moon, day and value, each from the observer's computed place."""
    plan = RoutinePlan.model_validate(
        {
            "first": "2018-09-13",
            "last": "2018-09-14",
            "moons": ["Io", "Europa"],
            "grid": {"SOURCE.*.ACCEL": [1, 3]},
        }
    )
    output = tmp_path / "results"
    with quick_sandbox_for_campaigns(tmp_path) as sandbox:
        service = ExpresService(base_url=sandbox.url)
        result = await campaign(plan, service, output=str(output), in_flight=4)
        labels = [row.label for row in result.rows]
        assert labels[:4] == [
            "io-earth-20180913-accel-1",
            "io-earth-20180913-accel-3",
            "europa-earth-20180913-accel-1",
            "europa-earth-20180913-accel-3",
        ]
        assert result.completed == sandbox.created_count() == len(set(labels)) == 8
    async with get_client() as client:
        computed = await client.read_task_runs(
            flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=[result.campaign])),
            task_run_filter=TaskRunFilter(name=TaskRunFilterName(like_="Compute ephemeris")),
        )
    assert len(computed) == 2, "one for each day"
    for path in output.glob("*/manifest.json"):
        manifest = Manifest.model_validate_json(path.read_bytes())
        assert f"earth-jupiter-{manifest.label[-16:-8]}.csv" in {f.name for f in manifest.files}


async def test_nothing_is_sent_for_a_wrong_plan(tmp_path: Path) -> None:
    """A plan without files, a grid without a place, and forbidden terms are refused at once."""
    service = ExpresService(base_url="http://127.0.0.1:9")
    routine = {"first": "2018-09-13", "last": "2018-09-13"}
    with pytest.raises(ConfigurationError, match="There are no files"):
        await campaign(FilesPlan(configurations=(f"{tmp_path}/*.json",)), service)
    wrong = RoutinePlan.model_validate({**routine, "grid": {"SOURCE.*.ENERGY": [3]}})
    with pytest.raises(ConfigurationError, match="is not in the configuration"):
        await campaign(wrong, service)
    with pytest.raises(AccessError, match="Guests"):
        await campaign(RoutinePlan.model_validate(routine), service, branch="develop")
