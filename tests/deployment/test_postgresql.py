"""Prefect on PostgreSQL: the same flows, the same deployments."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from prefect_expres.blocks import ExpresService
from prefect_expres.flows.campaign import campaign
from prefect_expres.flows.simulate import simulate
from prefect_expres.sandbox.serving import SandboxServer
from tests.deployment.postgresql import HOMES, PostgreSQL
from tests.support.campaign_files import plan_of, quick_sandbox_for_campaigns
from tests.support.processes import SELDOM, PrefectServer, flows_going_to, until

pytestmark = [
    pytest.mark.timeout(400),
    pytest.mark.skipif(
        not HOMES, reason="postgresql is not installed; apt-get install postgresql brings it"
    ),
]


@pytest.fixture(scope="module")
def database() -> Iterator[PostgreSQL]:
    """Run a PostgreSQL server."""
    with PostgreSQL() as database:
        yield database


@pytest.fixture(scope="module")
def server(
    database: PostgreSQL, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PrefectServer]:
    """Run a Prefect server on PostgreSQL; flows in this process run on it."""
    server = PrefectServer(tmp_path_factory.mktemp("postgresql") / "home")
    server.environment["PREFECT_SERVER_DATABASE_CONNECTION_URL"] = database.url
    with server, flows_going_to(server):
        yield server


async def test_simulation_runs_on_postgresql(
    server: PrefectServer,
    database: PostgreSQL,
    engine_sandbox: SandboxServer,
    configuration: dict[str, Any],
    tmp_path: Path,
) -> None:
    """A simulation completes, and PostgreSQL holds its run."""
    service = ExpresService(base_url=engine_sandbox.url)
    result = await simulate(configuration, service, output=str(tmp_path), label="on-postgresql")
    assert not result.found
    found = database.ask("SELECT state_type FROM flow_run WHERE name = 'on-postgresql'")
    assert found == "COMPLETED"


async def test_campaign_runs_on_postgresql(
    server: PrefectServer, database: PostgreSQL, configuration: dict[str, Any], tmp_path: Path
) -> None:
    """A small campaign completes under the limit of jobs, and PostgreSQL holds its runs."""
    plan = plan_of(tmp_path, configuration, 12, lambda number: f"sleep={number / 100}")
    with quick_sandbox_for_campaigns(tmp_path, active_jobs=8) as sandbox:
        service = ExpresService(base_url=sandbox.url)
        result = await campaign(plan, service, output=str(tmp_path / "results"), in_flight=4)
    assert (result.completed, result.failed) == (12, 0)
    runs = "SELECT count(*) FROM task_run WHERE name LIKE 'run-%' AND state_type = 'COMPLETED'"
    until(
        lambda: database.ask(runs) == "12",
        "the states of 12 task runs",
        server.process,
        every=SELDOM,
    )
