"""A flow run that was killed: its job is stopped by a hook, or taken up by the next run."""

import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from prefect_expres.flows.simulate import simulate
from tests.support.processes import Child, PrefectServer, Sandbox, until
from tests.support.runs import (
    CALLERS,
    DeployedRun,
    assert_whole,
    deploy,
    deploy_file,
    reference,
    simulation,
)

pytestmark = pytest.mark.timeout(300)


def test_killed_under_a_worker(
    worker: Child,
    sandbox_process: Sandbox,
    saved_service: str,
    configuration: dict[str, Any],
    tmp_path: Path,
) -> None:
    """The hook loads the saved service and aborts the job of a flow run that was killed."""
    given = {"service": reference(saved_service)}
    parameters = simulation(sandbox_process, configuration, "sleep=90", tmp_path) | given
    run = DeployedRun.start(deploy(simulate, "killed"), parameters, worker)
    until(lambda: sandbox_process.phases() == ["EXECUTING"], "the job", worker)
    run.kill()
    run.ends("Crashed")
    until(lambda: sandbox_process.phases() == ["ABORTED"], "the abort", worker)


def test_killed_flow_of_ones_own(
    worker: Child,
    sandbox_process: Sandbox,
    saved_service: str,
    configuration: dict[str, Any],
    tmp_path: Path,
) -> None:
    """The hook on a flow that called simulate finds the called run, and stops its job."""
    given = {"service": saved_service}
    parameters = simulation(sandbox_process, configuration, "sleep=90", tmp_path) | given
    deployment = deploy_file("tests/support/callers.py:science", "killed")
    run = DeployedRun.start(deployment, {"simulation": parameters}, worker)
    until(lambda: sandbox_process.phases() == ["EXECUTING"], "the job", worker)
    run.kill()
    run.ends("Crashed")
    until(lambda: sandbox_process.phases() == ["ABORTED"], "the abort", worker)


def _creating(sandbox: Sandbox, output: Path) -> bool:
    """The job is created and not started."""
    return sandbox.phases() == ["PENDING"]


def _waiting(sandbox: Sandbox, output: Path) -> bool:
    """The job runs."""
    return sandbox.phases() == ["EXECUTING"]


def _downloading(sandbox: Sandbox, output: Path) -> bool:
    """A large result is under way."""
    return any(part.stat().st_size > 2**20 for part in output.rglob("run.log.*.part"))


@pytest.mark.parametrize(
    ("step", "orders"), [(_creating, ""), (_waiting, "sleep=4"), (_downloading, "log=400")]
)
def test_killed_script_is_run_again(
    server: PrefectServer,
    sandbox_process: Sandbox,
    configuration: dict[str, Any],
    tmp_path: Path,
    step: Callable[[Sandbox, Path], bool],
    orders: str,
) -> None:
    """Whatever it was doing, the next run ends with whole results of the one and only job."""
    output = tmp_path / "results"
    parameters = simulation(sandbox_process, configuration, orders, output)
    command = [CALLERS, "sync_script", json.dumps(parameters)]
    with server.runs(command, tmp_path / "killed.log") as script:
        until(lambda: step(sandbox_process, output), step.__doc__ or "", script)
        script.signal(signal.SIGKILL)
        assert script.end() == -signal.SIGKILL
    left = sandbox_process.phases()
    with server.runs(command, tmp_path / "again.log") as script:
        assert script.end(90) == 0, script.output
    assert len(left) == sandbox_process.created_count() == sandbox_process.started_count() == 1
    assert sandbox_process.phases() == ["COMPLETED"]
    assert_whole(output)
