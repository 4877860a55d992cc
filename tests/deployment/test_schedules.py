"""Schedules: the server makes their runs, and a worker or a serving process completes them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from prefect import get_client
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.schedules import IntervalSchedule, RRuleSchedule
from prefect.states import Crashed, Scheduled

from prefect_expres.deployment import due_runs
from prefect_expres.sandbox.serving import SandboxServer
from tests.deployment.postgresql import HOMES, PostgreSQL
from tests.support.command_line import run
from tests.support.processes import SELDOM, Child, PrefectServer, flows_going_to, until
from tests.support.quick import QUICK_RUN

BEGUN = [StateType.PENDING, StateType.RUNNING]
ENDED = [StateType.COMPLETED, StateType.FAILED, StateType.CRASHED]
EVERY = timedelta(seconds=10)
WORKER = ["-m", "prefect", "worker", "start", "--pool", "expres", "--type", "process"]
SERVING = ["-m", "prefect_expres.deployments.serve"]

pytestmark = pytest.mark.timeout(400)


@contextmanager
def database(kind: str, server: PrefectServer) -> Iterator[None]:
    """Give a server its database."""
    if kind == "sqlite":
        yield
        return
    if not HOMES:
        pytest.skip("postgresql is not installed; apt-get install postgresql brings it")
    with PostgreSQL() as database:
        server.environment["PREFECT_SERVER_DATABASE_CONNECTION_URL"] = database.url
        yield


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def deployed(
    request: pytest.FixtureRequest, prepared_home: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PrefectServer]:
    """Run a server on each database, and deploy there as users do."""
    folder = tmp_path_factory.mktemp("schedules")
    prepared = prepared_home if request.param == "sqlite" else None
    server = PrefectServer(folder / "home", prepared)
    with (
        database(request.param, server),
        server,
        flows_going_to(server),
        SandboxServer(folder / "sandbox", command=QUICK_RUN) as sandbox,
    ):
        words = ["-m", "prefect_expres.cli.main", "deploy", "--url", sandbox.url]
        with server.runs(words, folder / "deploy.log") as command:
            assert command.end() == 0, command.output
        yield server


@pytest.fixture
def client(deployed: PrefectServer) -> Iterator[SyncPrefectClient]:
    """Talk to the server."""
    with get_client(sync_client=True) as client:
        yield client


def completed(client: SyncPrefectClient, runner: Child) -> FlowRun:
    """Give housekeeping a schedule of some seconds, and wait until a run of it has ended."""
    deployment = client.read_deployment_by_name("housekeeping/housekeeping").id
    schedule = IntervalSchedule(interval=EVERY, anchor_date=datetime.now(UTC))
    (made,) = client.create_deployment_schedules(deployment, [(schedule, True)])
    ours = DeploymentFilter(id=DeploymentFilterId(any_=[deployment]))
    ended = FlowRunFilterState(type=FlowRunFilterStateType(any_=ENDED))
    before = {run.id for run in client.read_flow_runs(deployment_filter=ours)}

    def fresh() -> list[FlowRun]:
        runs = client.read_flow_runs(
            deployment_filter=ours, flow_run_filter=FlowRunFilter(state=ended)
        )
        return [run for run in runs if run.auto_scheduled and run.id not in before]

    first = until(fresh, "a run of the schedule", runner, 200, SELDOM)[0]
    client.delete_deployment_schedule(deployment, made.id)
    # A run that is killed with its runner would hold the only slot of the deployment for minutes.
    begun = FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=BEGUN)))
    until(
        lambda: not client.read_flow_runs(deployment_filter=ours, flow_run_filter=begun),
        "the end of the other runs",
        runner,
        every=SELDOM,
    )
    return first


def diagnosis(folder: Path) -> dict[str, Any]:
    """Give what the doctor finds of the schedules."""
    found = run("doctor", "--output", folder, "--json").found
    (schedules,) = (each for each in found if each["what"] == "schedules")
    assert schedules["verdict"] == "ok" or schedules["fix"]
    return schedules


def test_the_doctor_looks_at_schedules(
    deployed: PrefectServer,
    client: SyncPrefectClient,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It tells runs that ended badly, that nobody begins, and that the server does not make."""
    monkeypatch.setenv("EXPRES_URL", "http://127.0.0.1:9")
    assert diagnosis(tmp_path)["seen"] == "active for forecast, housekeeping"
    forecast = client.read_deployment_by_name("forecast/forecast")
    daily = DeploymentFilter(id=DeploymentFilterId(any_=[forecast.id]))
    until(
        lambda: client.read_flow_runs(deployment_filter=daily, limit=1),
        "the daily runs of the forecast",
        deployed.process,
        every=SELDOM,
    )

    early = datetime.now(UTC) - timedelta(minutes=20)
    begun = client.create_flow_run_from_deployment(
        forecast.id, state=Scheduled(scheduled_time=early)
    )
    found = diagnosis(tmp_path)
    assert found["verdict"] == "fail"
    assert f"forecast since {early:%Y-%m-%d %H:%M} UTC" in found["seen"]
    assert "prefect worker start --pool expres" in found["fix"]

    client.set_flow_run_state(begun.id, Crashed(), force=True)
    found = diagnosis(tmp_path)
    assert (found["verdict"], "forecast Crashed" in found["seen"]) == ("warn", True)

    for each in forecast.schedules:
        client.delete_deployment_schedule(forecast.id, each.id)
    over = RRuleSchedule(rrule="DTSTART:20200101T000000\nFREQ=DAILY;COUNT=1")
    client.create_deployment_schedules(forecast.id, [(over, True)])
    monkeypatch.setattr(due_runs, "MADE_WITHIN", timedelta(0))
    found = diagnosis(tmp_path)
    assert (found["verdict"], "no runs to come of forecast" in found["seen"]) == ("fail", True)
    assert "3.9.1 or later" in found["fix"]


@pytest.mark.parametrize(
    ("command", "ready"),
    [(WORKER, "started!"), (SERVING, "are being served")],
    ids=["worker", "serve"],
)
def test_scheduled_runs_are_made_and_completed(
    deployed: PrefectServer,
    client: SyncPrefectClient,
    command: list[str],
    ready: str,
    tmp_path: Path,
) -> None:
    """The server makes the runs of a schedule of seconds, and they end well."""
    with deployed.runs(command, tmp_path / "runner.log") as runner:
        runner.says(ready)
        ended = completed(client, runner)
        assert ended.state_name == "Completed", runner.output
