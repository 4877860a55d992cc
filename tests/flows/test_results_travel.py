"""The result of a flow run is there for other processes, and what it was given arrives."""

import json
from pathlib import Path
from typing import Any

import pytest

from prefect_expres.flows.simulate import simulate
from tests.support.processes import Child, PrefectServer, Sandbox
from tests.support.runs import deploy, simulation

pytestmark = pytest.mark.timeout(300)
ASKING = str(Path(__file__).parent.parent / "support" / "asking.py")


def ask(
    server: PrefectServer, deployment: str, given: dict[str, Any], log: Path, **environment: str
) -> dict[str, Any]:
    """Ask for a run in a process of its own, and give what it was told."""
    command = [ASKING, deployment, json.dumps(given)]
    with Child(command, log, server.environment | environment) as process:
        assert process.end(150) == 0, process.output
        line = process.output.rpartition("GIVEN ")[2]
    told: dict[str, Any] = json.loads(line)
    return told


def test_result_of_a_simulation(
    server: PrefectServer,
    worker: Child,
    sandbox_process: Sandbox,
    saved_service: str,
    configuration: dict[str, Any],
    tmp_path: Path,
) -> None:
    """Another process is given the whole result, and the service by its name."""
    deploy(simulate, "travelling")
    given = simulation(sandbox_process, configuration, "", tmp_path / "results")
    given["service"] = saved_service
    told = ask(server, "simulate/travelling", given, tmp_path / "log")
    assert told["type"] == "SimulationResult", told
    manifest = json.loads(next((tmp_path / "results").rglob("manifest.json")).read_text())
    assert told["content"]["fingerprint"] == manifest["fingerprint"]
