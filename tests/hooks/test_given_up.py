"""How long the process of a flow run waits at its end, and that it does not ask in vain again."""

import asyncio
import logging
from typing import Any
from uuid import uuid4

import pytest
from prefect.client.schemas.objects import FlowRun

from prefect_expres.blocks import ExpresService
from prefect_expres.execution.stop import ANSWER_SECONDS, give_up
from prefect_expres.expres import Configuration, SimulationRequest
from prefect_expres.expres.run_id import RunId, owner_of
from prefect_expres.hooks import STOP_SECONDS, stop_jobs_of
from prefect_expres.prefect_support.current_run import note_own_run
from prefect_expres.sandbox.serving import SandboxServer
from prefect_expres.uws import Phase
from tests.hooks.found_lists import Blocks
from tests.support.virtual_http import serving
from tests.support.virtual_service import VirtualService
from tests.support.virtual_time import in_virtual_time

LOGGER = logging.getLogger("tests.hooks")


def note(run: FlowRun, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a flow run be one of this process."""
    monkeypatch.setenv("PREFECT__RUNTIME__FLOW_RUN__ID", str(run.id))
    note_own_run()


@pytest.mark.parametrize(
    ("own", "given_up", "asked"), [(True, False, True), (False, True, True), (True, True, False)]
)
async def test_only_what_was_asked_in_vain_is_not_asked_again(
    quick_opus: SandboxServer,
    monkeypatch: pytest.MonkeyPatch,
    *,
    own: bool,
    given_up: bool,
    asked: bool,
) -> None:
    """The run must be this process's own: a worker looks after the runs of others."""
    service = ExpresService(base_url=quick_opus.url)
    run = FlowRun(id=uuid4(), flow_id=uuid4(), parameters={"service": service})
    async with service.get_client() as client:
        await client.create({"runId": str(RunId.new("io", "0" * 12, owner_of(run.id)))})
        if own:
            note(run, monkeypatch)
        if given_up:
            give_up(owner_of(run.id))
        await stop_jobs_of(run, Blocks().load, LOGGER, set())
        assert bool(await client.jobs()) is not asked


@pytest.mark.parametrize(
    ("own", "listed", "aborted", "took"),
    [
        (True, ANSWER_SECONDS - 0.5, 10.0, None),
        (True, ANSWER_SECONDS + 0.5, 0.0, ANSWER_SECONDS),
        (False, ANSWER_SECONDS + 0.5, 10.0, None),
        (True, 1.0, 100.0, STOP_SECONDS),
        (False, 100.0, 0.0, STOP_SECONDS),
    ],
)
@in_virtual_time
async def test_a_service_that_answers_is_waited_for(
    configuration: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    *,
    own: bool,
    listed: float,
    aborted: float,
    took: float | None,
) -> None:
    """In the run's own process only if it answers at once; and no longer than Prefect lets it."""
    simulation = SimulationRequest.build(Configuration.from_mapping(configuration), label="io")
    loop, service = asyncio.get_running_loop(), VirtualService()
    async with serving(service) as url:
        run = FlowRun(id=uuid4(), flow_id=uuid4(), parameters={"service": {"base_url": url}})
        name = RunId.new("io", simulation.fingerprint, owner_of(run.id))
        executing = {"phase": Phase.EXECUTING, "started": 0.0, "executing": 1e9}
        job = service.plant(simulation, run_id=str(name), **executing)
        service.trouble("GET $", 200, delivered=True, seconds=listed)
        service.trouble("POST /.*/phase$", 200, delivered=True, seconds=aborted)
        if own:
            note(run, monkeypatch)
        began, away = loop.time(), set[str]()
        await stop_jobs_of(run, Blocks().load, LOGGER, away)
        assert loop.time() - began == pytest.approx(took or listed + aborted, abs=0.1)
    assert (job.phase is Phase.ABORTED) is (took is None)
    assert away == (set() if took is None else {url})
    assert [f"{url} does not answer" in line for line in caplog.messages] == [True] * len(away)
