"""A Prefect server for each file, on which every test finds nothing registered."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from httpx import codes

from tests.support.processes import SELDOM, PrefectServer, flows_on_server, until

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
                _delete(client, f"{kind}/{each[key]}", server_of_file)
    return server_of_file


def _delete(client: httpx.Client, path: str, server: PrefectServer) -> None:
    """Delete what is registered; a server whose database is busy is asked again."""

    def gone() -> bool:
        return client.delete(path).status_code in {codes.NO_CONTENT, codes.NOT_FOUND}

    until(gone, f"the deletion of {path}", server.process, every=SELDOM)
