"""A wait goes on through bad days, and tells a lost job from a service that is away."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from prefect_expres.errors import JobLost, JobNotFound, ServerFault, WaitTimeout
from prefect_expres.net.deadline import Deadline, within
from prefect_expres.sandbox import SandboxServer
from prefect_expres.uws import Phase, Upload, UWSClient, wait_for
from tests.support.proxy import Fault, fault_proxy
from tests.support.schedules import HurriedClock
from tests.support.scripted_service import JOBS_URL, Answer, ScriptedService
from tests.support.uws_documents import job_document
from tests.support.virtual_time import LoopClock, in_virtual_time

BAD_DAYS = {
    "500": [Fault("status", status=500)] * 5,
    "502": [Fault("status", status=502)] * 8,
    "503 with Retry-After": [Fault("status", status=503, retry_after=2)] * 3,
    "429": [Fault("status", status=429)] * 8,
    "dropped": [Fault("reset"), Fault("lost"), Fault("cut", part=0.3)] * 2,
    "gone for a moment": [Fault("status", status=404)] * 4,
}


@asynccontextmanager
async def executing(
    sandbox: SandboxServer, configuration: dict[str, Any], seconds: float
) -> AsyncIterator[tuple[UWSClient, str]]:
    """Give a client and the id of a job that executes so long."""
    changed = configuration | {"SIMU": configuration["SIMU"] | {"NAME": f"sleep={seconds}"}}
    upload = Upload("io.json", json.dumps(changed).encode(), "application/json")
    async with UWSClient(sandbox.jobs_url(), clock=HurriedClock(20.0)) as client:
        job_id = await client.create({"runId": "w", "branch": "master"}, {"config": upload})
        await client.start(job_id)
        yield client, job_id


@pytest.mark.parametrize("day", BAD_DAYS)
async def test_bad_answers_do_not_end_a_healthy_run(
    sandbox: SandboxServer, configuration: dict[str, Any], day: str
) -> None:
    """Errors and broken connections while polling pass; the job's end is seen."""
    async with (
        executing(sandbox, configuration, 0.5) as (_, job_id),
        fault_proxy(sandbox.url, [Fault("pass"), *BAD_DAYS[day]]) as proxy,
        UWSClient(f"{proxy.url}/rest/ExPRES", clock=HurriedClock(20.0)) as client,
    ):
        job = await wait_for(client, job_id, timeout=600)
        assert job.phase is Phase.COMPLETED
    assert sum(proxy.injected.values()) > 1


async def test_service_that_only_fails_is_told(
    sandbox: SandboxServer, configuration: dict[str, Any]
) -> None:
    """A service that answers 500 for ever ends the wait with its own words."""
    async with (
        executing(sandbox, configuration, 60) as (_, job_id),
        fault_proxy(sandbox.url, [Fault("pass")] + [Fault("status", status=500)] * 99) as proxy,
        UWSClient(f"{proxy.url}/rest/ExPRES", clock=HurriedClock(100.0)) as client,
    ):
        with pytest.raises(ServerFault, match="500"):
            await wait_for(client, job_id, timeout=10_000)


async def test_lost_job_is_told_apart(
    sandbox: SandboxServer, configuration: dict[str, Any]
) -> None:
    """A job that existed and is deleted is lost; one that never was is not found."""
    async with executing(sandbox, configuration, 60) as (client, job_id):
        waiting = asyncio.create_task(wait_for(client, job_id, timeout=600))
        await asyncio.sleep(0.3)
        await client.delete(job_id)
        with pytest.raises(JobLost, match=r"does not know the job .* any more"):
            await waiting
        with pytest.raises(JobNotFound):
            await wait_for(client, "none", timeout=600)


async def test_new_job_is_given_a_moment(
    sandbox: SandboxServer, configuration: dict[str, Any]
) -> None:
    """404 right after the create is no loss, for the start and for the wait."""
    faults = [Fault("status", status=404)] * 2
    async with (
        executing(sandbox, configuration, 0.1) as (_, job_id),
        fault_proxy(sandbox.url, faults) as proxy,
        UWSClient(f"{proxy.url}/rest/ExPRES", clock=HurriedClock(20.0)) as client,
    ):
        assert await client.start(job_id) is not Phase.PENDING
    async with (
        fault_proxy(sandbox.url, faults) as proxy,
        UWSClient(f"{proxy.url}/rest/ExPRES", clock=HurriedClock(20.0)) as client,
    ):
        assert (await wait_for(client, job_id, timeout=600)).phase is Phase.COMPLETED


async def test_what_a_wait_hangs_on_is_told(service: ScriptedService, client: UWSClient) -> None:
    """To who has set a deadline around it; errors that come again are not told at once."""
    lines: list[str] = []

    async def tell(line: str) -> None:
        lines.append(line)

    service.on("GET /j1", 503, 503, job_document("j1", "<phase>COMPLETED</phase>"))
    with within(Deadline(client.clock, 600, tell)):
        await wait_for(client, "j1", timeout=60)
    (line,) = lines
    assert line.startswith(f"Waiting since 0 s, at most 600 s: {JOBS_URL}/j1")
    assert "503" in line


@in_virtual_time
async def test_deadline_holds_for_a_request_that_is_not_answered() -> None:
    """The time to wait is over, whatever the service may still say."""
    service = ScriptedService()
    service.on("GET /j1", Answer(delay=5000.0))
    client = UWSClient(JOBS_URL, transport=service, clock=LoopClock())
    with pytest.raises(WaitTimeout, match="is still never seen after 20 s"):
        await wait_for(client, "j1", timeout=20)
    assert LoopClock().now() == pytest.approx(20, abs=0.1)


@in_virtual_time
async def test_service_is_not_asked_to_wait_beyond_the_deadline() -> None:
    """A WAIT has whole seconds: in the last one, the job is read when the time is over."""
    service = ScriptedService()
    service.on("GET /j1", job_document("j1", "<phase>EXECUTING</phase>"))
    client = UWSClient(JOBS_URL, transport=service, clock=LoopClock())
    with pytest.raises(WaitTimeout):
        await wait_for(client, "j1", timeout=0.9)
    assert set(service.asked) == {"GET /j1"}
    assert len(service.asked) <= 3


@in_virtual_time
async def test_job_is_not_looked_at_shortly_before_the_deadline() -> None:
    """No wait follows for which the look would be of use."""
    service = ScriptedService()
    service.on("GET /j1", Answer(job_document("j1", "<phase>EXECUTING</phase>"), delay=1.0))
    client = UWSClient(JOBS_URL, transport=service, clock=LoopClock())
    with pytest.raises(WaitTimeout):
        await wait_for(client, "j1", timeout=1.2)
    assert service.asked == ["GET /j1?WAIT=1", "GET /j1"]
