"""A simulation outlasts restarts of its service and of Prefect's server."""

import asyncio
import json
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from prefect.client.orchestration import SyncPrefectClient
from prefect_expres.flows.simulate import simulate
from processes import HERE, PrefectServer, Sandbox, until
from runs import simulation

from prefect_expres.errors import JobFailed

pytestmark = pytest.mark.timeout(150)
ENDED_BY_RESTART = "The service was restarted while the job executed"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
async def test_service_restarts(
    sandbox_process: Sandbox, configuration: dict[str, Any], tmp_path: Path, number: signal.Signals
) -> None:
    """What waits in the queue completes; what executes fails, or is run again if it may be."""

    def started(orders: str, **more: Any) -> asyncio.Task[Any]:
        return asyncio.create_task(
            simulate(**simulation(sandbox_process, configuration, orders, tmp_path, **more))
        )

    async def reached(*phases: str) -> None:
        child = sandbox_process.process
        await asyncio.to_thread(
            until, lambda: sorted(sandbox_process.phases()) == sorted(phases), f"{phases}", child
        )

    failing = started("sleep=9")
    renewed = started("sleep=8", attempts=2)
    await reached("EXECUTING", "EXECUTING")
    queued = started("sleep=1")
    await reached("EXECUTING", "EXECUTING", "QUEUED")
    sandbox_process.stop(number)
    await asyncio.to_thread(sandbox_process.start)
    with pytest.raises(JobFailed, match=ENDED_BY_RESTART) as caught:
        await failing
    assert caught.value.stdout == "the run has begun"
    assert (await queued).job_url in {
        f"{sandbox_process.url}/rest/ExPRES/{job.id}" for job in sandbox_process.jobs()
    }
    assert (await renewed).files
    assert sandbox_process.created_count() == 4


def test_prefect_server_restarts(
    migrated_home: Path,
    sandbox_process: Sandbox,
    configuration: dict[str, Any],
    tmp_path: Path,
) -> None:
    """The simulation completes, and so does its flow run."""
    with PrefectServer(tmp_path / "home", migrated_home) as server:
        parameters = simulation(sandbox_process, configuration, "sleep=20", tmp_path / "out")
        command = [str(HERE / "callers.py"), "sync_script", json.dumps(parameters)]
        with server.runs(command, tmp_path / "script.log") as script:
            until(lambda: sandbox_process.phases() == ["EXECUTING"], "the job", script)
            server.stop()
            time.sleep(3)
            server.start()
            assert script.end() == 0, script.output
        with SyncPrefectClient(server.api_url) as client:
            (run,) = client.read_flow_runs()
            assert run.state_name == "Completed"
        print(script.output)
