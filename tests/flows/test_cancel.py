"""A cancelled or interrupted simulation stops its job on the service."""

from pathlib import Path
from typing import Any

import pytest
from prefect_expres.flows.simulate import simulate
from processes import Child, Sandbox, until
from runs import DeployedRun, deploy, simulation

pytestmark = pytest.mark.timeout(120)


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
