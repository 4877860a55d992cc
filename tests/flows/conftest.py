"""A Prefect server and a worker for the tests of flows, and a sandbox that obeys orders."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from prefect.events.worker import EventsWorker
from prefect.logging.handlers import APILogWorker
from prefect.settings import PREFECT_API_URL, temporary_settings
from processes import USER, Child, PrefectServer, Sandbox
from pydantic import SecretStr

from prefect_expres.blocks import ExpresService

EXAMPLES = Path(__file__).parent.parent.parent / "prefect_expres" / "examples"


@pytest.fixture(scope="session", autouse=True)
def server(
    migrated_home: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PrefectServer]:
    """Run a Prefect server that all tests share; flows in this process run on it, too."""
    home = tmp_path_factory.mktemp("shared") / "home"
    with (
        PrefectServer(home, migrated_home) as server,
        temporary_settings({PREFECT_API_URL: server.api_url}),
    ):
        yield server
        APILogWorker.instance().drain()
        EventsWorker.drain_all()


@pytest.fixture(scope="session")
def worker(server: PrefectServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Child]:
    """Run a worker of the work pool ``processes``."""
    command = ["-m", "prefect", "worker", "start", "--pool", "processes", "--type", "process"]
    with server.runs(command, tmp_path_factory.mktemp("worker") / "log") as worker:
        worker.says("started!")
        yield worker


@pytest.fixture
def sandbox_process(tmp_path: Path) -> Iterator[Sandbox]:
    """Serve a sandbox in a process of its own, with an engine that obeys orders."""
    with Sandbox(tmp_path / "sandbox") as sandbox:
        yield sandbox


@pytest.fixture
def saved_service(sandbox_process: Sandbox) -> str:
    """Save the service as a block, and give its name."""
    user, token = USER
    service = ExpresService(base_url=sandbox_process.url, user=user, token=SecretStr(token))
    service.save("sandbox", overwrite=True)
    return "sandbox"
