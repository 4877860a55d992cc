"""The result of a flow run is there for other processes, and what it was given arrives."""

import json
from pathlib import Path
from typing import Any

import pytest
from prefect import Flow
from prefect.filesystems import LocalFileSystem

from prefect_expres.flows.campaign import campaign
from prefect_expres.flows.forecast import forecast
from prefect_expres.flows.housekeeping import housekeeping
from prefect_expres.flows.simulate import simulate
from tests.support.campaign_files import plan_of
from tests.support.processes import USER, Child, PrefectServer, Sandbox
from tests.support.runs import deploy, simulation

pytestmark = pytest.mark.timeout(400)
ASKING = str(Path(__file__).parent.parent / "support" / "asking.py")


def ask(
    server: PrefectServer,
    flow: Flow[..., Any],
    given: dict[str, Any],
    log: Path,
    pool: str = "processes",
    **more: str,
) -> dict[str, Any]:
    """Ask for a run in a process of its own, and give what it was told."""
    deploy(flow, "travelling", pool)
    command = [ASKING, f"{flow.name}/travelling", json.dumps(given)]
    with Child(command, log, server.environment | more) as process:
        assert process.end(200) == 0, process.output
        line = process.output.rpartition("GIVEN ")[2].splitlines()[0]
    told: dict[str, Any] = json.loads(line)
    return told


def test_results_of_simulations(
    server: PrefectServer,
    worker: Child,
    sandbox_process: Sandbox,
    saved_service: str,
    configuration: dict[str, Any],
    tmp_path: Path,
) -> None:
    """Whole, small and without the token; the service is given by its name or as the block."""
    given = simulation(sandbox_process, configuration, "", tmp_path / "results")
    kept = set(_storage(server).iterdir()) if _storage(server).exists() else set()
    told = ask(server, simulate, given | {"service": saved_service}, tmp_path / "named.log")
    manifest = json.loads(next((tmp_path / "results").rglob("manifest.json")).read_text())
    assert told["type"] == "SimulationResult", told
    assert told["content"]["fingerprint"] == manifest["fingerprint"]
    contents = [each.read_bytes() for each in set(_storage(server).iterdir()) - kept]
    assert len(contents) == 1, "the tasks keep nothing"
    assert not any(USER[1].encode() in each or len(each) > 2**16 for each in contents)
    del given["service"]
    again = ask(server, simulate, given | {"saved": saved_service}, tmp_path / "block.log")
    assert again["content"]["found"] is True


def _storage(server: PrefectServer) -> Path:
    return Path(server.environment["PREFECT_HOME"]) / "storage"


def test_results_of_many_simulations(
    server: PrefectServer,
    worker: Child,
    sandbox_process: Sandbox,
    saved_service: str,
    configuration: dict[str, Any],
    tmp_path: Path,
) -> None:
    """A campaign, a forecast and housekeeping give theirs, too."""
    plan = plan_of(tmp_path, configuration, 1, lambda _: "").model_dump(mode="json")
    where = {"service": saved_service, "output": str(tmp_path / "results")}
    days = {"observatory": "NenuFAR", "days": 1, "moons": ["Io"], "start": "2026-12-01"}
    for flow, given, kind in (
        (campaign, {"plan": plan}, "CampaignResult"),
        (forecast, days, "Forecast"),
        (housekeeping, {}, "HousekeepingResult"),
    ):
        assert ask(server, flow, where | given, tmp_path / "log")["type"] == kind


def test_errors_of_simulations(
    server: PrefectServer,
    worker: Child,
    sandbox_process: Sandbox,
    configuration: dict[str, Any],
    tmp_path: Path,
) -> None:
    """A job that failed is told as such; a token that would be masked is refused, with the way."""
    given = simulation(sandbox_process, configuration, "fail", tmp_path / "results")
    unsaved = given.pop("service")
    told = ask(server, simulate, given | {"service": sandbox_process.url}, tmp_path / "guest.log")
    assert told["error"] == "JobFailed", told
    assert "the run failed as it was told to" in told["message"]
    told = ask(server, simulate, given | {"unsaved": unsaved}, tmp_path / "unsaved.log")
    assert told["error"] == "PrefectHTTPStatusError", told
    assert "Save it with .save(NAME)" in told["message"]
    assert sandbox_process.jobs() == []


def test_result_on_another_machine(
    server: PrefectServer,
    sandbox_process: Sandbox,
    saved_service: str,
    configuration: dict[str, Any],
    tmp_path: Path,
) -> None:
    """Who asks has another home; both have the block of a folder that they share."""
    LocalFileSystem(basepath=str(tmp_path / "shared")).save("results", overwrite=True)
    shared = {"PREFECT_RESULTS_DEFAULT_STORAGE_BLOCK": "local-file-system/results"}
    given = simulation(sandbox_process, configuration, "", tmp_path / "results")
    given["service"] = saved_service
    command = ["-m", "prefect", "worker", "start", "--pool", "sharing", "--type", "process"]
    with Child(command, tmp_path / "worker.log", server.environment | shared) as worker:
        worker.says("started!")
        home = shared | {"PREFECT_HOME": str(tmp_path / "home")}
        told = ask(server, simulate, given, tmp_path / "log", "sharing", **home)
    assert told["type"] == "SimulationResult", told
