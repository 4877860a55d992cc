"""The hook itself, against the answers of a Prefect server that are given byte by byte."""

import asyncio
import contextlib
import json
import socket
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from prefect import flow
from prefect.client.schemas.objects import FlowRun
from prefect.settings import (
    PREFECT_API_URL,
    PREFECT_CLIENT_CSRF_SUPPORT_ENABLED,
    PREFECT_LOGGING_TO_API_ENABLED,
    temporary_settings,
)
from prefect.states import Crashed
from pydantic import SecretStr

from prefect_expres.blocks import ExpresService
from prefect_expres.execution import RunOptions
from prefect_expres.execution.steps import create
from prefect_expres.expres import Configuration, SimulationRequest
from prefect_expres.expres.run_id import owner_of
from prefect_expres.hooks import stop_remote_jobs
from prefect_expres.prefect_support.job_lists import (
    RECORD_SECONDS,
    record_job,
    record_job_list,
    recorded_job_lists,
    recorded_jobs,
    service_known_here,
)
from prefect_expres.sandbox.serving import SandboxServer
from tests.support.raw_server import RawServer, raw_server
from tests.support.virtual_time import in_virtual_time

RUN = UUID(int=1, version=4)
FLOW = UUID(int=2, version=4)


def answers(raw: RawServer, labels: dict[str, Any]) -> None:
    """Answer as a Prefect server that knows one flow run without children."""
    known = {"id": str(RUN), "flow_id": str(FLOW), "name": "killed", "labels": labels}
    kind = "Content-Type: application/json"
    raw.add(f"/api/flow_runs/{RUN}", json.dumps(known).encode(), kind)
    raw.add("/api/flow_runs/filter", b"[]", kind)


@contextlib.contextmanager
def asking(url: str) -> Iterator[None]:
    """Have Prefect's client ask this server, and send it nothing else."""
    settings = {
        PREFECT_API_URL: f"{url}/api",
        PREFECT_CLIENT_CSRF_SUPPORT_ENABLED: False,
        PREFECT_LOGGING_TO_API_ENABLED: False,
    }
    with temporary_settings(settings):
        yield


async def test_job_of_the_recorded_list_is_stopped(
    quick_opus: SandboxServer, configuration: dict[str, Any]
) -> None:
    """From the labels that are read afresh to the job that is gone."""
    service = ExpresService(base_url=quick_opus.url)
    request = SimulationRequest.build(Configuration.from_mapping(configuration))
    async with service.get_client() as client:
        await create(client, request, RunOptions(owner_of(RUN)))
        async with raw_server() as raw:
            answers(raw, {"expres.job-list.1": service.use_of("ExPRES").model_dump_json()})
            with asking(raw.url):
                run = FlowRun(id=RUN, flow_id=FLOW, name="killed")
                await stop_remote_jobs(flow(answers), run, Crashed())
        assert await client.jobs() == ()
        asked = [path for path, _ in raw.requests]
        assert asked == [f"/api/flow_runs/{RUN}", "/api/flow_runs/filter"]


@pytest.fixture
def in_flow_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in the process of a flow run, as far as Prefect tells it by its environment."""
    monkeypatch.setenv("PREFECT__FLOW_RUN_ID", str(RUN))


@pytest.mark.usefixtures("in_flow_run")
@pytest.mark.parametrize("known", [True, False])
async def test_use_is_recorded_as_labels(
    known: bool,  # noqa: FBT001 - pytest's
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The labels go to the flow run; a server that refuses them is told of, and ends nothing."""
    service = ExpresService(base_url="https://uws.example.org")
    used = service.use_of("ExPRES")
    async with raw_server() as raw:
        status = "204 No Content" if known else "404 Not Found"
        raw.add(f"/api/flow_runs/{RUN}/labels", b"", status=status)
        with asking(raw.url):
            await record_job_list(used, service)
            await record_job("https://uws.example.org/rest/ExPRES/1")
    assert [head.split(" ")[0] for _, head in raw.requests] == ["PATCH", "PATCH"]
    assert caplog.text.count("may have to be stopped by hand") == (0 if known else 2)


@pytest.mark.usefixtures("in_flow_run")
async def test_everything_that_is_recorded_can_be_read() -> None:
    """Two lists of a service, two users of a list and two jobs do not replace each other."""
    guest = ExpresService(base_url="https://uws.example.org")
    user = ExpresService(base_url=guest.base_url, user="ann", token=SecretStr("t0ken"))
    used = [(each, each.use_of(name)) for each in (guest, user) for name in user.access.job_lists]
    jobs = [f"{guest.jobs_url('ExPRES')}/{number}" for number in (1, 2)]
    async with raw_server() as raw:
        raw.add(f"/api/flow_runs/{RUN}/labels", b"", status="204 No Content")
        with asking(raw.url):
            for service, each in used:
                await record_job_list(each, service)
                assert service_known_here(each) is service
            for job in jobs:
                await record_job(job)
    labels = {key: text for _, body in raw.bodies for key, text in json.loads(body).items()}
    assert {*recorded_job_lists(labels)} == {each for _, each in used}
    assert {*recorded_jobs(labels)} == {*jobs}
    assert len(labels) == len(used) + len(jobs)


@pytest.mark.usefixtures("in_flow_run")
@in_virtual_time
async def test_a_server_that_never_answers_delays_no_job(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It is given some seconds, and the user is told what it does not know."""
    began = asyncio.get_running_loop().time()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with asking(address):
            await record_job("https://uws.example.org/rest/ExPRES/1")
    assert asyncio.get_running_loop().time() - began == pytest.approx(RECORD_SECONDS, abs=1)
    assert "may have to be stopped by hand" in caplog.text


async def test_nothing_is_recorded_outside_flows() -> None:
    """Without a flow run there is nobody to stop its jobs, and no server is asked."""
    async with raw_server() as raw:
        with asking(raw.url):
            await record_job("https://uws.example.org/rest/ExPRES/1")
    assert raw.requests == []
