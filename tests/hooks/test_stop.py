"""What hooks do with a flow run's jobs, on a service over HTTP and without a Prefect server."""

import asyncio
import logging
import socket
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from prefect.client.schemas.filters import FlowRunFilter
from prefect.client.schemas.objects import FlowRun

from prefect_expres.blocks import ExpresService
from prefect_expres.cli.demo import free_port
from prefect_expres.execution import RunOptions, ensure_started
from prefect_expres.execution.steps import create
from prefect_expres.expres import Configuration, SimulationRequest
from prefect_expres.expres.run_id import owner_of
from prefect_expres.hooks import STOP_SECONDS, read_family, stop_jobs_of
from prefect_expres.sandbox.serving import SandboxServer
from prefect_expres.uws import Phase
from tests.support.virtual_time import in_virtual_time

LOGGER = logging.getLogger("tests.hooks")


async def load(reference: dict[str, Any]) -> object:
    """Find no block."""
    raise ValueError(reference)


def flow_run(**fields: Any) -> FlowRun:
    """Make a flow run as Prefect's client gives it."""
    return FlowRun(id=uuid4(), flow_id=uuid4(), **fields)


@pytest.fixture(autouse=True)
def lines(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """Take down the log."""
    with caplog.at_level(logging.INFO, LOGGER.name):
        yield caplog


async def _job(service: ExpresService, run: FlowRun, content: dict[str, Any], name: str) -> str:
    """Create a job of a flow run that sleeps when it is started."""
    content = content | {"SIMU": content["SIMU"] | {"NAME": f"sleep=60 {name}"}}
    request = SimulationRequest.build(Configuration.from_mapping(content))
    async with service.get_client() as client:
        submission = await create(client, request, RunOptions(owner_of(run.id), exclusive=True))
        if name == "started":
            await ensure_started(client, submission, timeout=60)
    return submission.job_id


@pytest.mark.parametrize("keep_running", [False, True])
async def test_jobs_of_the_run_are_stopped(
    quick_opus: SandboxServer,
    configuration: dict[str, Any],
    lines: pytest.LogCaptureFixture,
    keep_running: bool,  # noqa: FBT001 - pytest's
) -> None:
    """The run's own jobs are stopped or kept, a pending one is deleted, another's is left."""
    service = ExpresService(base_url=quick_opus.url)
    run = flow_run(parameters={"at": service, "keep_running": keep_running})
    started = await _job(service, run, configuration, "started")
    pending = await _job(service, run, configuration, "pending")
    other = await _job(service, flow_run(), configuration, "other")
    away: set[str] = set()
    await stop_jobs_of(run, load, LOGGER, away)
    async with service.get_client() as client:
        left = {job.id: job.phase for job in await client.jobs()}
    assert left.keys() == {started, other}
    assert (left[started] is Phase.ABORTED) is not keep_running
    assert left[other] is Phase.PENDING
    assert f"{service.jobs_url('ExPRES')}/{pending} is deleted" in lines.messages
    assert (f"{service.jobs_url('ExPRES')}/{started} is ABORTED" in lines.messages) is not (
        keep_running
    )
    assert not away


@in_virtual_time
async def test_service_that_is_away_is_asked_once(lines: pytest.LogCaptureFixture) -> None:
    """A service that does not answer is told of once for a family, and others are still asked."""
    gone = f"http://127.0.0.1:{free_port()}"
    run = flow_run(parameters={"service": {"base_url": gone}})
    away: set[str] = set()
    await stop_jobs_of(run, load, LOGGER, away)
    assert away == {gone}
    assert [record.levelname for record in lines.records] == ["WARNING"]
    assert f"{gone}/rest/ExPRES did not answer" in lines.messages[0]
    await stop_jobs_of(run, load, LOGGER, away)
    assert len(lines.records) == 1


@in_virtual_time
async def test_service_that_never_answers_is_given_up(lines: pytest.LogCaptureFixture) -> None:
    """A service that takes the connection and says nothing is away, too, after some seconds."""
    loop = asyncio.get_running_loop()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        run = flow_run(parameters={"service": {"base_url": address}})
        away: set[str] = set()
        began = loop.time()
        await stop_jobs_of(run, load, LOGGER, away)
        assert loop.time() - began == pytest.approx(STOP_SECONDS, abs=1)
    assert away == {address}
    assert f"{address} does not answer" in lines.messages[0]


@pytest.mark.parametrize("away", [True, False])
async def test_others_are_asked_when_one_fails(
    quick_opus: SandboxServer,
    configuration: dict[str, Any],
    away: bool,  # noqa: FBT001 - pytest's
) -> None:
    """One that is known to be away, or refuses, does not keep the hook from the next."""
    gone = f"http://127.0.0.1:{free_port()}" if away else f"{quick_opus.url}/nowhere"
    run = flow_run(parameters={"a": {"base_url": gone}, "b": {"base_url": quick_opus.url}})
    service = ExpresService(base_url=quick_opus.url)
    await _job(service, run, configuration, "pending")
    await stop_jobs_of(run, load, LOGGER, {gone} if away else set())
    async with service.get_client() as client:
        assert await client.jobs() == ()


async def test_refusal_is_told_and_the_next_list_is_asked(
    quick_opus: SandboxServer, lines: pytest.LogCaptureFixture
) -> None:
    """A list that is refused is told of; it does not make the service away, nor end the hook."""
    run = flow_run(
        parameters={
            "a": {"base_url": f"{quick_opus.url}/nowhere"},
            "b": {"$ref": {"block_document_id": "1"}},
            "c": {"base_url": quick_opus.url},
        }
    )
    away: set[str] = set()
    await stop_jobs_of(run, load, LOGGER, away)
    assert not away
    assert [record.levelname for record in lines.records] == ["WARNING", "WARNING"]
    assert any("could not be stopped" in line for line in lines.messages)


class FlowRuns:
    """The flow runs of a Prefect server, by the flow run that called them."""

    def __init__(self, fresh: FlowRun, called: dict[UUID, list[FlowRun]]) -> None:
        self._fresh = fresh
        self._called = called
        self.filters: list[FlowRunFilter] = []

    async def read_flow_run(self, flow_run_id: UUID) -> FlowRun:
        """Read the one that has ended."""
        assert flow_run_id == self._fresh.id
        return self._fresh

    async def read_flow_runs(
        self, *, flow_run_filter: FlowRunFilter, offset: int, **_: Any
    ) -> list[FlowRun]:
        """Read what was called, on one page."""
        self.filters.append(flow_run_filter)
        assert flow_run_filter.parent_flow_run_id is not None
        parents = flow_run_filter.parent_flow_run_id.any_ or []
        return [] if offset else [run for id_ in parents for run in self._called.get(id_, [])]


async def test_family_is_all_that_was_called() -> None:
    """Children and their children belong to it; the run's own labels are read afresh."""
    run = flow_run()
    fresh = run.model_copy(update={"labels": {"a": "b"}})
    child, other, *grandchildren = [flow_run() for _ in range(4)]
    called = {run.id: [child, other], child.id: grandchildren[:1], other.id: grandchildren[1:]}
    server = FlowRuns(fresh, called)
    family = await read_family(server, run)  # type: ignore[arg-type] - as much of the client
    assert [each.id for each in family] == [each.id for each in (run, child, other, *grandchildren)]
    assert family[0].labels == {"a": "b"}
    first = server.filters[0]
    assert first.deployment_id is not None
    assert first.deployment_id.is_null_ is True
    assert first.state is not None
    assert first.state.type is not None
    assert [kind.value for kind in first.state.type.not_any_ or []] == ["COMPLETED"]
