"""Where the flows of these tests run."""

import pytest

from tests.support.processes import PrefectServer


@pytest.fixture(scope="session", autouse=True)
def on_server(server: PrefectServer) -> PrefectServer:
    """Have every test of this folder run its flows on the shared server."""
    return server
