"""What the tests of flows need: a worker, and a sandbox in a process of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from prefect_expres.blocks import ExpresService
from tests.support.processes import USER, Child, PrefectServer, Sandbox


@pytest.fixture(scope="session", autouse=True)
def on_server(server: PrefectServer) -> PrefectServer:
    """Have every test of this folder run its flows on the shared server."""
    return server


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
