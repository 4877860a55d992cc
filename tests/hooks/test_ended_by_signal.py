"""How long a process that a signal ends waits for a service that is away: in virtual time.

A person waits 5 seconds at most for the end of what was interrupted. On a busy machine a process
takes longer for its own work, so that the seconds of a real one cannot be held to this; those that
it waits for the service can.
"""

import asyncio
import logging
import socket
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from prefect.client.schemas.objects import FlowRun

from prefect_expres.execution import Attempts, ClientSteps, RunOptions
from prefect_expres.expres import Configuration, SimulationRequest
from prefect_expres.expres.run_id import owner_of
from prefect_expres.hooks import stop_jobs_of
from prefect_expres.prefect_support.current_run import note_own_run
from tests.hooks.found_lists import Blocks
from tests.support.listening import Told
from tests.support.virtual_service import VirtualService
from tests.support.virtual_time import in_virtual_time

MOST_SECONDS = 5.0
IN_FLIGHT = 8
AWAY: dict[str, dict[str, Any]] = {
    "silent": {"status": 503, "seconds": 1000.0},
    "busy": {"status": 503, "retry-after": "60"},
    "broken": {"status": None},
}
"""How a service is away."""


def requests(configuration: dict[str, Any]) -> list[SimulationRequest]:
    """Give as many simulations as a campaign has in flight."""
    contents = (
        configuration | {"SIMU": configuration["SIMU"] | {"NAME": f"job {number}"}}
        for number in range(IN_FLIGHT)
    )
    return [SimulationRequest.build(Configuration.from_mapping(each)) for each in contents]


@pytest.mark.parametrize("trouble", AWAY.values(), ids=AWAY)
@pytest.mark.parametrize("started", [0.2, 50.0])
@in_virtual_time
async def test_all_runs_of_a_process_end_together(
    configuration: dict[str, Any], tmp_path: Path, trouble: dict[str, Any], started: float
) -> None:
    """Each asks for its jobs at once, and none waits for another: half of the time is left."""
    service, told, owner = VirtualService(executing=1e9), Told(), owner_of(uuid4())
    async with service.client() as client:
        steps = ClientSteps(client, tell=told)
        runs = [
            asyncio.create_task(
                Attempts(each, str(tmp_path), steps, RunOptions(owner), told).finish()
            )
            for each in requests(configuration)
        ]
        await asyncio.sleep(started)
        service.trouble("", times=1e9, **trouble)
        for each in runs:
            each.cancel()
        ended = await asyncio.gather(*runs, return_exceptions=True)
    assert {type(each) for each in ended} == {asyncio.CancelledError}
    assert service.now() - started <= MOST_SECONDS / 2
    assert "could not be stopped" in told.warnings[0]


@in_virtual_time
async def test_the_hook_asks_for_the_other_half(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the process that ends; it has as many seconds as the run had."""
    loop = asyncio.get_running_loop()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        parameters = {"service": {"base_url": address}}
        run = FlowRun(id=uuid4(), flow_id=uuid4(), parameters=parameters)
        monkeypatch.setenv("PREFECT__RUNTIME__FLOW_RUN__ID", str(run.id))
        note_own_run()
        began = loop.time()
        await stop_jobs_of(run, Blocks().load, logging.getLogger("tests.hooks"), set())
        assert 0 < loop.time() - began <= MOST_SECONDS / 2
