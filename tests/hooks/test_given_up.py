"""A process that has asked a service in vain at the end of its own run does not ask once more."""

import logging
from uuid import uuid4

import pytest
from prefect.client.schemas.objects import FlowRun

from prefect_expres.blocks import ExpresService
from prefect_expres.execution.stop import give_up
from prefect_expres.expres.run_id import RunId, owner_of
from prefect_expres.hooks import stop_jobs_of
from prefect_expres.prefect_support.current_run import note_own_run
from prefect_expres.sandbox.serving import SandboxServer
from tests.hooks.found_lists import Blocks


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
            monkeypatch.setenv("PREFECT__RUNTIME__FLOW_RUN__ID", str(run.id))
            note_own_run()
        if given_up:
            give_up(owner_of(run.id))
        await stop_jobs_of(run, Blocks().load, logging.getLogger("tests.hooks"), set())
        assert bool(await client.jobs()) is not asked
