"""A cancelled or interrupted simulation stops its job on the service."""

import json
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from prefect_expres.flows.simulate import simulate
from tests.support.processes import Child, PrefectServer, Sandbox, until
from tests.support.runs import CALLERS, DeployedRun, deploy, deploy_file, simulation

pytestmark = pytest.mark.timeout(300)


@pytest.mark.parametrize(("keep_running", "phase"), [(False, "ABORTED"), (True, "EXECUTING")])
def test_cancelled_under_a_worker(
    worker: Child,
    sandbox_process: Sandbox,
    configuration: dict[str, Any],
    tmp_path: Path,
    keep_running: bool,  # noqa: FBT001 - pytest gives it by name
    phase: str,
) -> None:
    """Cancelling the flow run aborts its job, unless it is to be kept running."""
    parameters = simulation(
        sandbox_process, configuration, "sleep=90", tmp_path, keep_running=keep_running
    )
    run = DeployedRun.start(deploy(simulate, "cancelled"), parameters, worker)
    until(lambda: sandbox_process.phases() == ["EXECUTING"], "the job", worker)
    run.cancel()
    run.ends("Cancelled")
    assert sandbox_process.phases() == [phase]


def test_cancelled_flow_of_ones_own(
    worker: Child,
    sandbox_process: Sandbox,
    saved_service: str,
    configuration: dict[str, Any],
    tmp_path: Path,
) -> None:
    """Cancelling a sync flow that called simulate aborts the job, too."""
    given = {"service": saved_service}
    parameters = simulation(sandbox_process, configuration, "sleep=90", tmp_path) | given
    deployment = deploy_file("tests/support/callers.py:science", "cancelled")
    run = DeployedRun.start(deployment, {"simulation": parameters}, worker)
    until(lambda: sandbox_process.phases() == ["EXECUTING"], "the job", worker)
    run.cancel()
    run.ends("Cancelled")
    assert sandbox_process.phases() == ["ABORTED"]


def test_cancelled_where_it_is_served(
    server: PrefectServer, sandbox_process: Sandbox, configuration: dict[str, Any], tmp_path: Path
) -> None:
    """A flow that is served instead of deployed stops its job just so."""
    command = [CALLERS, "served", json.dumps("served")]
    with server.runs(command, tmp_path / "served.log") as serving:
        serving.says("is being served")
        parameters = simulation(sandbox_process, configuration, "sleep=90", tmp_path)
        run = DeployedRun.start("simulate/served", parameters, serving)
        until(lambda: sandbox_process.phases() == ["EXECUTING"], "the job", serving)
        run.cancel()
        run.ends("Cancelled")
        assert sandbox_process.phases() == ["ABORTED"]


@pytest.mark.parametrize(
    ("caller", "traces"),
    [
        ("sync_script", 1),  # of the KeyboardInterrupt
        ("async_script", 2),  # its own asyncio.run shows what it cancelled, too
        ("notebook", 1),
    ],
)
def test_interrupted(
    server: PrefectServer,
    sandbox_process: Sandbox,
    saved_service: str,
    configuration: dict[str, Any],
    tmp_path: Path,
    caller: str,
    traces: int,
) -> None:
    """Ctrl-C aborts the job, ends the script soon, and shows no traces but of the interrupt."""
    parameters = simulation(sandbox_process, configuration, "sleep=90", tmp_path)
    if caller == "notebook":
        parameters["service"] = saved_service
    command = [CALLERS, caller, json.dumps(parameters)]
    with server.runs(command, tmp_path / "script.log") as script:
        script.says("EXECUTING after")
        interrupted = script.signal(signal.SIGINT)
        assert script.end() == -signal.SIGINT
        assert time.monotonic() - interrupted < 45
        assert sandbox_process.phases() == ["ABORTED"]
        assert script.output.count("Traceback") == traces, script.output
        # The flow run itself did it, not only the hook that comes after.
        assert script.output.index("is ABORTED") < script.output.index("Running hook")


def test_interrupted_before_the_start(
    server: PrefectServer, sandbox_process: Sandbox, configuration: dict[str, Any], tmp_path: Path
) -> None:
    """A job that was created but not started is deleted: OPUS can never delete an aborted one."""
    parameters = simulation(sandbox_process, configuration, "sleep=90", tmp_path)
    command = [CALLERS, "sync_script", json.dumps(parameters)]
    with server.runs(command, tmp_path / "script.log") as script:
        until(lambda: sandbox_process.phases() == ["PENDING"], "the job", script)
        script.signal(signal.SIGINT)
        assert script.end() == -signal.SIGINT
        assert (sandbox_process.created_count(), sandbox_process.phases()) == (1, [])
