"""Flow runs are asked for by their ids, however long the history of the server is."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from prefect import flow, get_client
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.states import Completed, Running

from prefect_expres.expres.run_id import owner_of
from prefect_expres.prefect_support.flow_runs import Owner, find_owners
from tests.support.processes import PrefectServer
from tests.support.proxy import fault_proxy

HISTORY = 3000
QUERY = b"POST /api/flow_runs/filter "


@flow
def nothing(output: str) -> None:
    """Do nothing."""


@pytest.fixture(scope="module")
def history(server: PrefectServer) -> Iterator[list[UUID]]:
    """Have the server remember thousands of flow runs that have ended."""
    with get_client(sync_client=True) as client:
        first = client.create_flow_run(nothing, parameters={"output": "there"}, state=Completed())
    ids = [uuid4() for _ in range(HISTORY)]
    database = Path(server.environment["PREFECT_HOME"]) / "prefect.db"
    with contextlib.closing(sqlite3.connect(database, timeout=60)) as connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(flow_run)")]
        others = ", ".join(name for name in columns if name != "id")
        copied = (
            f"INSERT INTO flow_run (id, {others}) SELECT ?, {others} FROM flow_run WHERE id = ?"
        )
        with connection:
            connection.executemany(copied, [(str(each), str(first.id)) for each in ids])
        yield ids
        with connection:
            connection.executemany("DELETE FROM flow_run WHERE id = ?", [(str(e),) for e in ids])


@pytest.mark.parametrize(("jobs", "requests"), [(0, 0), (3, 1), (199, 1), (450, 3)])
async def test_only_the_owners_are_asked_for(
    server: PrefectServer, history: list[UUID], jobs: int, requests: int
) -> None:
    """The requests are as many as the jobs need, not as the history is long; strangers stay out."""
    asked = [owner_of(each) for each in history[:jobs]]
    async with fault_proxy(server.api_url) as proxy:
        with temporary_settings({PREFECT_API_URL: f"{proxy.url}/api"}):
            found = await find_owners(asked)
            assert proxy.received.count(QUERY) == requests
            assert found == dict.fromkeys(asked, Owner(ended=True, output="there"))
            assert await find_owners([owner_of(uuid4())]) == {}


async def test_a_flow_run_that_has_not_ended_is_told_apart(server: PrefectServer) -> None:
    """Its jobs are still in use."""
    async with get_client() as client:
        run = await client.create_flow_run(nothing, parameters={"output": 5}, state=Running())
    owner = owner_of(run.id)
    assert await find_owners([owner]) == {owner: Owner(ended=False, output=None)}
