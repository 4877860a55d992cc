"""``prefect-expres deploy``: what it makes, that it may be repeated, and what it will not do."""

import json
from pathlib import Path
from typing import Any

import pytest
from prefect import get_client
from prefect.blocks.notifications import CustomWebhookNotificationBlock
from prefect.client.schemas.actions import DeploymentUpdate
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.sorting import FlowRunSort

from prefect_expres.blocks import ExpresService
from prefect_expres.cli.demo import free_port
from prefect_expres.deployment.definitions import shipped
from prefect_expres.deployment.register import NOTIFICATION
from prefect_expres.prefect_support.names import JOBS, JOBS_LIMIT
from prefect_expres.sandbox.serving import SandboxServer
from tests.support import loopback
from tests.support.command_line import Done, run
from tests.support.processes import (
    SELDOM,
    USER,
    Child,
    PrefectServer,
    home_environment,
    until,
)
from tests.support.runs import DeployedRun

KINDS = (
    "deployments",
    "automations",
    "work_pools",
    "block_types",
    "block_schemas",
    "block_documents",
    "v2/concurrency_limits",
)


def _run(*options: str, token: str = "") -> Done:
    """Run the command against the server that this process talks to."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("EXPRES_TOKEN", token)
        done = run("deploy", *options)
    assert not token or token not in done.out + done.err
    return done


def _deploy(*options: str, token: str = "") -> dict[str, str]:
    """Run the command, and give the outcome of each step."""
    return {step["what"]: step["outcome"] for step in _run(*options, "--json", token=token).found}


def _state(server: PrefectServer) -> dict[str, list[dict[str, Any]]]:
    """Give all that a server holds of what is deployed, times of change included."""
    found = {}
    for kind in KINDS:
        asked = {"limit": 200}
        answer = loopback.post(f"{server.api_url}/{kind}/filter", json=asked)
        found[kind] = sorted(answer.raise_for_status().json(), key=lambda each: str(each["id"]))
    return found


@pytest.mark.timeout(400)
def test_it_may_be_repeated(server: PrefectServer) -> None:
    """The first time makes everything; the second says so, and changes nothing at all."""
    CustomWebhookNotificationBlock(name="alerts", url="http://127.0.0.1:9/").save("alerts")
    url = ("--url", "https://service.example", "--user", USER[0])
    options = (*url, "--notify", "custom-webhook/alerts")
    steps = _deploy(*options, token=USER[1])
    assert set(steps.values()) <= {"created", "unchanged"}
    assert {f"deployment {each.full_name}" for each in shipped().deployments} < {
        what for what, outcome in steps.items() if outcome == "created"
    }
    assert {"block type ExPRES Service", "block type ExPRES Simulation"} < steps.keys()
    with get_client(sync_client=True) as client:
        client.read_block_type_by_slug("expres-simulation")
        limit = client.read_global_concurrency_limit_by_name(JOBS_LIMIT)
        assert limit.limit == JOBS
        (automation,) = client.read_automations_by_name(NOTIFICATION)
        assert not automation.enabled
        chosen = client.read_deployment_by_name("simulate/simulate").parameters["service"]
    assert ExpresService.load_from_ref(chosen["$ref"], _sync=True).base_url == url[1]

    before = _state(server)
    again = _deploy(*options, token=USER[1])
    assert again == dict.fromkeys(steps, "unchanged")
    assert _state(server) == before


@pytest.mark.usefixtures("server")
def test_saved_token_is_not_overwritten_by_accident() -> None:
    """Another service under the same name needs a word of its own."""
    url = ("--url", "https://service.example")
    _deploy(*url, "--user", USER[0], token=USER[1])
    refused = _run(*url)
    assert refused.code != 0
    assert "--replace-service" in " ".join(refused.err.split())
    saved = ExpresService.load("expres")
    assert saved.token is not None
    assert saved.token.get_secret_value() == USER[1]
    steps = _deploy(*url, "--replace-service")
    assert steps["service expres"] == "updated"
    assert ExpresService.load("expres").token is None


def test_nothing_runs_by_itself_without_a_service(server: PrefectServer) -> None:
    """Schedules and triggers are switched on when the service is known."""

    def switches() -> list[bool]:
        state = _state(server)
        schedules = [each for found in state["deployments"] for each in found["schedules"]]
        return [each["active"] for each in schedules] + [
            each["enabled"] for each in state["automations"]
        ]

    assert _deploy()["service expres"] == "left out"
    assert switches()
    assert not any(switches())
    _deploy("--url", "https://service.example")
    assert all(switches())


def test_server_that_is_away_is_named(tmp_path: Path) -> None:
    """The error says what to look at."""
    away = {"PREFECT_API_URL": f"http://127.0.0.1:{free_port()}/api"}
    command = ["-m", "prefect_expres.cli.main", "deploy"]
    with Child(command, tmp_path / "log", home_environment(tmp_path) | away) as deploy:
        assert deploy.end() != 0
        assert "PREFECT_API_URL" in deploy.output


@pytest.mark.timeout(400)
def test_completed_job_is_analysed(
    server: PrefectServer,
    engine_sandbox: SandboxServer,
    configuration: dict[str, Any],
    tmp_path: Path,
) -> None:
    """A job that completes starts the analysis, which writes a calendar of an observatory."""
    _deploy("--url", engine_sandbox.url)
    command = ["-m", "prefect", "worker", "start", "--pool", "expres"]
    with (
        server.runs(command, tmp_path / "worker.log") as worker,
        get_client(sync_client=True) as client,
    ):
        analysis = client.read_deployment_by_name("analyse/analyse")
        given = analysis.parameters | {"output": str(tmp_path / "seen")}
        client.update_deployment(analysis.id, DeploymentUpdate(parameters=given))
        parameters = {"configuration": configuration, "output": str(tmp_path / "out")}
        DeployedRun.start("simulate/simulate", parameters, worker).ends("Completed")

        def analyses() -> list[FlowRun]:
            runs = client.read_flow_runs(sort=FlowRunSort.ID_DESC, limit=10)
            return [each for each in runs if each.deployment_id == analysis.id]

        (analysed,) = until(analyses, "the analysis", worker, every=SELDOM)
        DeployedRun(analysed.id, worker).ends("Completed")
    manifest = json.loads(next((tmp_path / "out").rglob("manifest.json")).read_text())
    assert analysed.parameters["job_url"] == manifest["job_url"]
    (calendar,) = (tmp_path / "seen").glob("nenufar-*.ics")
    assert calendar.read_bytes().startswith(b"BEGIN:VCALENDAR")
