"""A simulation outlasts restarts of its service and of Prefect's server."""

import asyncio
import json
import signal
from pathlib import Path
from typing import Any

import pytest
from prefect.client.orchestration import SyncPrefectClient

from prefect_expres.errors import JobFailed
from prefect_expres.execution.manifest import SimulationResult
from prefect_expres.flows.simulate import simulate
from prefect_expres.uws import Phase
from tests.support.processes import USER, Child, PrefectServer, Sandbox, until
from tests.support.runs import CALLERS, assert_whole, simulation

pytestmark = pytest.mark.timeout(300)
ENDED_BY_RESTART = "The service was restarted while the job executed"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
async def test_service_restarts(
    sandbox_process: Sandbox,
    configuration: dict[str, Any],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    number: signal.Signals,
) -> None:
    """What waits in the queue completes; what executes fails, or is run again if it may be."""

    def started(orders: str, **more: Any) -> asyncio.Task[SimulationResult]:
        parameters = simulation(sandbox_process, configuration, orders, tmp_path, **more)
        return asyncio.create_task(simulate(**parameters))

    async def waiting(*phases: Phase) -> None:
        """Wait until the service and the waits for its jobs have come to these phases."""

        def look() -> bool:
            told = all(caplog.text.count(f"{each} after") >= phases.count(each) for each in phases)
            return told and sorted(sandbox_process.phases()) == sorted(phases)

        await asyncio.to_thread(until, look, f"{phases}", sandbox_process.process)

    failing, renewed = started("sleep=60"), started("sleep=20", attempts=2)
    await waiting(Phase.EXECUTING, Phase.EXECUTING)
    queued = started("")
    await waiting(Phase.EXECUTING, Phase.EXECUTING, Phase.QUEUED)
    await asyncio.to_thread(sandbox_process.stop, number)
    await asyncio.to_thread(sandbox_process.start)
    with pytest.raises(JobFailed, match=ENDED_BY_RESTART) as caught:
        await failing
    assert caught.value.stdout == "the run has begun"
    assert (await queued).phases[-1].phase == "COMPLETED"
    assert (await renewed).job_url != caught.value.job_url
    assert sorted(sandbox_process.phases()) == ["COMPLETED", "COMPLETED", "ERROR", "ERROR"]
    assert sandbox_process.created_count() == 4


def test_prefect_server_is_gone_for_good(
    prepared_home: Path, sandbox_process: Sandbox, configuration: dict[str, Any], tmp_path: Path
) -> None:
    """The results come home, and the command says what happened and ends."""
    content = {**configuration, "SIMU": configuration["SIMU"] | {"NAME": "sleep=3"}}
    (tmp_path / "io.json").write_text(json.dumps(content))
    words = ["simulate", str(tmp_path / "io.json"), "--url", sandbox_process.url]
    command = ["-m", "prefect_expres.cli.main", *words, "--output", str(tmp_path / "results")]
    user = dict(zip(("EXPRES_USER", "EXPRES_TOKEN"), USER, strict=True))
    with (
        PrefectServer(tmp_path / "home", prepared_home) as server,
        Child(command, tmp_path / "command.log", server.environment | user) as child,
    ):
        until(lambda: sandbox_process.phases() == ["EXECUTING"], "the job", child)
        server.process.signal(signal.SIGKILL)
        assert child.end(90) == 0, child.output
    assert "Prefect's server does not answer any more" in child.output
    assert "Traceback" not in child.output
    assert_whole(tmp_path / "results")


def test_prefect_server_restarts(
    prepared_home: Path, sandbox_process: Sandbox, configuration: dict[str, Any], tmp_path: Path
) -> None:
    """The job ends while the server is away: its results come home, and the run completes."""
    parameters = simulation(sandbox_process, configuration, "sleep=3", tmp_path / "results")
    command = [CALLERS, "sync_script", json.dumps(parameters)]
    with (
        PrefectServer(tmp_path / "home", prepared_home) as server,
        server.runs(command, tmp_path / "script.log") as script,
    ):
        until(lambda: sandbox_process.phases() == ["EXECUTING"], "the job", script)
        server.stop()
        script.says("COMPLETED after")
        server.start()
        assert script.end() == 0, script.output
        assert_whole(tmp_path / "results")
        with SyncPrefectClient(server.api_url) as client:
            (run,) = client.read_flow_runs()
        assert run.state_name == "Completed"
