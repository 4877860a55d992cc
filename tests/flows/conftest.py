"""A real Prefect server for the tests of flows, and a sandbox with the real engine."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from prefect.testing.utilities import prefect_test_harness

from prefect_expres.sandbox.serving import SandboxServer

EXAMPLES = Path(__file__).parent.parent.parent / "prefect_expres" / "examples"


@pytest.fixture(scope="session", autouse=True)
def _prefect() -> Iterator[None]:
    """Run a Prefect server with a database of its own for the whole session."""
    with prefect_test_harness(server_startup_timeout=120):
        yield


@pytest.fixture(scope="session")
def engine_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxServer]:
    """Serve a sandbox that runs the real engine."""
    with SandboxServer(tmp_path_factory.mktemp("sandbox")) as server:
        yield server
