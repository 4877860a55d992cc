"""Flows that are made of single tasks: from end to end, cancelled, and killed under a worker."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from prefect import get_client
from prefect.client.schemas.filters import LogFilter, LogFilterFlowRunId
from pydantic import SecretStr

from prefect_expres.blocks import ExpresService
from prefect_expres.uws import Phase
from prefect_expres.uws.xml import read_jobs
from tests.support import loopback
from tests.support.processes import SELDOM, USER, Child, Sandbox, until
from tests.support.runs import DeployedRun, deploy_file, reference
from tests.support.single_tasks import in_async, in_sync

pytestmark = pytest.mark.timeout(300)
FLOWS = "tests/support/single_tasks.py"


def ordered(configuration: dict[str, Any], orders: str) -> dict[str, Any]:
    """Give a configuration whose run on the service does as it is ordered."""
    return configuration | {"SIMU": configuration["SIMU"] | {"NAME": orders}}


def guests_phases(sandbox: Sandbox) -> list[Phase]:
    """Give the phases of the guests' jobs."""
    answer = loopback.get(f"{sandbox.url}/rest/ExPRES", timeout=30)
    return [job.phase for job in read_jobs(answer.raise_for_status().content)]


def log_of(run: DeployedRun) -> str:
    """Give the log of a flow run, as Prefect's server keeps it."""
    wanted = LogFilter(flow_run_id=LogFilterFlowRunId(any_=[run.id]))
    with get_client(sync_client=True) as client:
        return "\n".join(line.message for line in client.read_logs(wanted))


def test_sync_flow_from_end_to_end(
    sandbox_process: Sandbox, saved_service: str, configuration: dict[str, Any], tmp_path: Path
) -> None:
    """A sync flow has the values of all tasks, and its job is its own."""
    output = str(tmp_path / "files")
    service = ExpresService.load(saved_service)
    assert in_sync(ordered(configuration, "sleep=0.2"), service, output) == 3
    assert sandbox_process.phases() == ["COMPLETED"]
    assert any(path.suffix == ".cdf" for path in Path(output).iterdir())


async def test_async_flow_from_end_to_end(
    sandbox_process: Sandbox, configuration: dict[str, Any]
) -> None:
    """An async flow awaits them, names the job by its URL, and keeps the files elsewhere."""
    service = ExpresService(base_url=sandbox_process.url)
    given = ordered(configuration, "sleep=0.2")
    assert await in_async(given, service, "memory://single-tasks") == 3
    assert guests_phases(sandbox_process) == ["COMPLETED"]


@pytest.mark.parametrize("flow", ["in_sync", "in_async"])
def test_cancelled_under_a_worker(
    worker: Child,
    sandbox_process: Sandbox,
    saved_service: str,
    configuration: dict[str, Any],
    tmp_path: Path,
    flow: str,
) -> None:
    """Cancelling the flow run aborts its job."""
    parameters = {
        "configuration": ordered(configuration, "sleep=90"),
        "where": reference(saved_service),
        "output": str(tmp_path / "files"),
    }
    run = DeployedRun.start(deploy_file(f"{FLOWS}:{flow}", "cancelled"), parameters, worker)
    until(lambda: sandbox_process.phases() == ["EXECUTING"], "the job", worker)
    run.cancel()
    run.ends("Cancelled")
    until(lambda: sandbox_process.phases() == ["ABORTED"], "the abort", worker)


async def test_cancelled_where_the_token_is(
    sandbox_process: Sandbox, configuration: dict[str, Any], tmp_path: Path
) -> None:
    """A token that is saved nowhere stops the job as long as the process has it."""
    service = ExpresService(base_url=sandbox_process.url, user=USER[0], token=SecretStr(USER[1]))
    running = asyncio.create_task(
        in_async(ordered(configuration, "sleep=90"), service, str(tmp_path / "files"))
    )
    await asyncio.to_thread(
        until, lambda: sandbox_process.phases() == ["EXECUTING"], "the job", sandbox_process.process
    )
    running.cancel()
    await asyncio.wait([running])
    assert running.cancelled()
    assert sandbox_process.phases() == ["ABORTED"]


def test_killed_with_a_slug(
    worker: Child,
    sandbox_process: Sandbox,
    saved_service: str,
    configuration: dict[str, Any],
    tmp_path: Path,
) -> None:
    """The hook resolves a slug, as deployment files have it, in a parameter of any name."""
    parameters = {
        "configuration": ordered(configuration, "sleep=90"),
        "where": {"$ref": {"block_document_slug": f"expres-service/{saved_service}"}},
        "output": str(tmp_path / "files"),
    }
    run = DeployedRun.start(deploy_file(f"{FLOWS}:in_async", "killed"), parameters, worker)
    until(lambda: sandbox_process.phases() == ["EXECUTING"], "the job", worker)
    run.kill()
    run.ends("Crashed")
    until(lambda: sandbox_process.phases() == ["ABORTED"], "the abort", worker)


@pytest.mark.parametrize(("made", "phases"), [("guest", guests_phases), ("saved", Sandbox.phases)])
def test_killed_with_a_service_made_inside(
    worker: Child,
    sandbox_process: Sandbox,
    saved_service: str,
    configuration: dict[str, Any],
    made: str,
    phases: Callable[[Sandbox], list[Phase]],
) -> None:
    """The hook finds what the task recorded: the address of a guest's service, or the block."""
    parameters = {
        "configuration": ordered(configuration, "sleep=90"),
        "made": made,
        "base_url": sandbox_process.url,
    }
    run = DeployedRun.start(deploy_file(f"{FLOWS}:made_inside", made), parameters, worker)
    until(lambda: phases(sandbox_process) == ["EXECUTING"], "the job", worker)
    run.kill()
    run.ends("Crashed")
    until(lambda: phases(sandbox_process) == ["ABORTED"], "the abort", worker)


def test_killed_with_a_token_made_inside(
    worker: Child, sandbox_process: Sandbox, configuration: dict[str, Any]
) -> None:
    """Nobody else has the token: the log names the job that may be running, and says why."""
    parameters = {
        "configuration": ordered(configuration, "sleep=30"),
        "made": "token",
        "base_url": sandbox_process.url,
    }
    run = DeployedRun.start(deploy_file(f"{FLOWS}:made_inside", "token"), parameters, worker)
    until(lambda: sandbox_process.phases() == ["EXECUTING"], "the job", worker)
    run.kill()
    run.ends("Crashed")
    (job,) = sandbox_process.jobs()
    told = f"may be still running: {sandbox_process.url}/rest/ExPRES/{job.id}. Their service has"
    until(lambda: told in log_of(run), "the log line", worker, every=SELDOM)
    assert USER[1] not in log_of(run)
    assert USER[1] not in run.read().model_dump_json()
