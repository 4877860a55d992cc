"""What the tests of the cache need: a Prefect server for their flows."""

import pytest

from tests.support.processes import PrefectServer


@pytest.fixture(scope="session", autouse=True)
def on_server(server: PrefectServer) -> PrefectServer:
    """Have every test of this folder run its flows on the shared server."""
    return server
