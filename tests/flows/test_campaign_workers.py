"""A campaign on several workers, one of which dies."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prefect import flow, get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.filters import FlowFilter, FlowFilterName
from prefect.client.schemas.objects import FlowRun
from prefect.context import FlowRunContext
from prefect.deployments import run_deployment
from prefect.states import Crashed
from pydantic import SecretStr

from prefect_expres.blocks import ExpresService
from prefect_expres.campaigns.workers import as_parameter
from prefect_expres.errors import CampaignError
from prefect_expres.execution.manifest import Manifest
from prefect_expres.expres.run_id import RunId, owner_of
from prefect_expres.flows.campaign import campaign, campaign_worker
from prefect_expres.hooks import stop_remote_jobs
from prefect_expres.prefect_support.names import WORKER_DEPLOYMENT
from prefect_expres.sandbox.serving import SandboxServer
from prefect_expres.uws import Phase, Upload
from tests.support.campaign_files import plan_of, quick_sandbox_for_campaigns
from tests.support.processes import USER, Child, PrefectServer
from tests.support.runs import deploy

COUNT = 24
POOL = "campaign-workers"


@pytest.fixture(autouse=True)
def deployed(server: PrefectServer) -> None:
    """Deploy the workers' flow, to a work pool of its own."""
    with get_client(sync_client=True) as client:
        client.create_work_pool(WorkPoolCreate(name=POOL, type="process"), overwrite=True)
    deploy(campaign_worker, WORKER_DEPLOYMENT.partition("/")[2], POOL)


@pytest.fixture
def workers(server: PrefectServer, tmp_path: Path) -> Iterator[list[Child]]:
    """Run two workers that take one flow run each."""
    command = ["-m", "prefect", "worker", "start", "--pool", POOL, "--type", "process"]
    with contextlib.ExitStack() as stack:
        children = [
            stack.enter_context(server.runs([*command, "--limit", "1"], tmp_path / f"{name}.log"))
            for name in ("one", "two")
        ]
        for child in children:
            child.says("started!")
        yield children


async def worker_runs() -> list[FlowRun]:
    """Read the flow runs of campaigns' workers."""
    name = WORKER_DEPLOYMENT.partition("/")[0]
    async with get_client() as client:
        return await client.read_flow_runs(
            flow_filter=FlowFilter(name=FlowFilterName(any_=[name])), limit=50
        )


async def busy_workers(sandbox: SandboxServer) -> list[FlowRun]:
    """Wait until both workers are at work, and the campaign is well under way."""
    while True:
        running = [run for run in await worker_runs() if run.state and run.state.is_running()]
        if len(running) == 2 and sandbox.started_count() >= COUNT // 3:
            return running
        await asyncio.sleep(0.2)


@pytest.mark.timeout(400)
async def test_one_of_two_workers_is_killed(
    workers: list[Child], configuration: dict[str, Any], tmp_path: Path
) -> None:
    """The other one finishes the campaign: every result, and not one job too many."""
    plan = plan_of(tmp_path, configuration, COUNT, lambda _: "sleep=2")
    output = tmp_path / "results"
    with quick_sandbox_for_campaigns(tmp_path, parallel=4) as sandbox:
        user, token = USER
        service = ExpresService(base_url=sandbox.url, user=user, token=SecretStr(token))
        with pytest.raises(CampaignError, match="Save the service"):
            await campaign(plan, service, output=str(output), in_flight=4, workers=2)
        await service.save("shared-sandbox", overwrite=True)
        running = asyncio.ensure_future(
            campaign(plan, service, output=str(output), in_flight=4, workers=2)
        )
        pids = [int(run.infrastructure_pid or 0) for run in await busy_workers(sandbox)]
        # The worker dies with the process of its flow run, as with the machine.
        victim = next(pid for pid in pids if _parent(pid) == workers[0].pid)
        workers[0].signal(signal.SIGKILL)
        os.kill(victim, signal.SIGKILL)
        result = await running
        assert (result.completed, result.failed) == (COUNT, 0)
        assert sandbox.created_count() == sandbox.started_count() == COUNT
    for row in result.rows:
        path = Path(str(row.folder)).joinpath("manifest.json")
        assert Manifest.model_validate_json(path.read_bytes()).label == row.label
    ends = {str(run.state_name) for run in await worker_runs()}
    assert ends <= {"Completed", "Crashed", "Cancelled"}
    assert "Crashed" in ends


async def test_more_workers_than_slots(configuration: dict[str, Any], tmp_path: Path) -> None:
    """More workers than concurrency slots are refused before anything is sent."""
    plan = plan_of(tmp_path, configuration, 1, lambda _: "")
    with pytest.raises(CampaignError, match="in_flight of at least 3"):
        await campaign(plan, ExpresService(base_url="http://127.0.0.1:9"), in_flight=2, workers=3)


async def test_workers_outlive_the_campaign_that_started_them(
    configuration: dict[str, Any], tmp_path: Path
) -> None:
    """The hook of a campaign that was killed leaves the jobs of its workers; theirs stops them."""
    plan = plan_of(tmp_path, configuration, 1, lambda _: "sleep=60")

    @flow
    async def asks(service: ExpresService) -> tuple[FlowRun, FlowRun]:
        given = {"campaign": "c", "worker": 0, "workers": 1, "output": str(tmp_path)}
        run = await run_deployment(
            WORKER_DEPLOYMENT,
            parameters={**given, "plan": plan.model_dump(), "service": as_parameter(service)},
            timeout=0,
        )
        return FlowRunContext.get().flow_run, run

    with quick_sandbox_for_campaigns(tmp_path) as sandbox:
        service = ExpresService(base_url=sandbox.url)
        parent, worker = await asks(service)
        async with service.get_client() as client:
            run_id = RunId.new("io", "0" * 12, owner_of(worker.id))
            content = (tmp_path / "runs" / "run-000.json").read_bytes()
            upload = Upload("io.json", content, "application/json")
            parameters = {"runId": str(run_id), "branch": "master"}
            job_id = await client.create(parameters, {"config": upload})
            await client.start(job_id)
            await stop_remote_jobs(campaign, parent, Crashed())
            assert not (await client.phase(job_id)).finished
            await stop_remote_jobs(campaign_worker, worker, Crashed())
            assert await client.phase(job_id) is Phase.ABORTED


def _parent(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("PPid:")[2].split()[0])
