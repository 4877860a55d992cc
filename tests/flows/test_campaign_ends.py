"""Campaigns that are cancelled, and campaigns whose results are looked at elsewhere."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from prefect_expres.blocks import ExpresService
from prefect_expres.flows.campaign import campaign
from prefect_expres.uws import Phase
from tests.support.campaign_files import plan_of, quick_sandbox_for_campaigns
from tests.support.processes import USER, Child, Sandbox, until
from tests.support.runs import DeployedRun, deploy


def test_cancelled_campaign_stops_its_jobs(
    worker: Child, sandbox_process: Sandbox, configuration: dict[str, Any], tmp_path: Path
) -> None:
    """Cancelled from the UI, a campaign aborts what executes and deletes what is pending."""
    plan = plan_of(tmp_path, configuration, 8, lambda _: "sleep=90")
    user, token = USER
    parameters = {
        "plan": plan.model_dump(mode="json"),
        "service": {"base_url": sandbox_process.url, "user": user, "token": token},
        "output": str(tmp_path / "results"),
        "in_flight": 5,
    }
    run = DeployedRun.start(deploy(campaign, "cancelled"), parameters, worker)
    until(lambda: sandbox_process.phases().count(Phase.EXECUTING) == 2, "the jobs", worker)
    run.cancel()
    run.ends("Cancelled")
    assert all(phase.finished for phase in sandbox_process.phases())
    assert Phase.ABORTED in sandbox_process.phases()
    assert sandbox_process.created_count() <= 5


@pytest.mark.timeout(300)
async def test_results_are_looked_at_on_a_cluster(
    configuration: dict[str, Any], tmp_path: Path
) -> None:
    """With Dask the same campaign has its results looked at by other processes."""
    from distributed import Client, LocalCluster  # noqa: PLC0415 - every worker would load it
    from prefect_dask import DaskTaskRunner  # noqa: PLC0415

    plan = plan_of(tmp_path, configuration, 6, lambda _: "")
    with (
        quick_sandbox_for_campaigns(tmp_path) as sandbox,
        LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        on_dask = campaign.with_options(
            task_runner=DaskTaskRunner(address=cluster.scheduler_address)
        )
        service = ExpresService(base_url=sandbox.url)
        result = await on_dask(plan, service, output=str(tmp_path / "results"))
        executed = await asyncio.to_thread(
            client.run, lambda dask_worker: dask_worker.state.executed_count
        )
    assert (result.completed, result.failed) == (6, 0)
    assert {row.windows for row in result.rows} == {3}
    assert sum(executed.values()) == 6
