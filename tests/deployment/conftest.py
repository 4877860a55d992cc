"""A Prefect server for each file, on which every test finds nothing registered."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.processes import PrefectServer, flows_on_server

REGISTERED = {
    "deployments": "id",
    "automations": "id",
    "work_pools": "name",
    "block_documents": "id",
    "v2/concurrency_limits": "id",
}
"""What is registered, and what each of it is deleted by."""


@pytest.fixture(scope="module")
def server_of_file(
    prepared_home: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PrefectServer]:
    """Run a server; this process talks to it, too."""
    with flows_on_server(tmp_path_factory.mktemp("deployment") / "home", prepared_home) as server:
        yield server


@pytest.fixture
def server(server_of_file: PrefectServer) -> PrefectServer:
    """Give the server, on which nothing is registered."""
    with httpx.Client(
        base_url=server_of_file.api_url, trust_env=False, verify=False, timeout=30
    ) as client:
        for kind, key in REGISTERED.items():
            found = client.post(f"{kind}/filter", json={"limit": 200}).raise_for_status().json()
            for each in found:
                client.delete(f"{kind}/{each[key]}").raise_for_status()
    return server_of_file
