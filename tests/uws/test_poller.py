"""Many jobs are waited for with one list request an interval, on a real service."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from prefect_expres.errors import AuthenticationFailed, JobLost, Unreachable, WaitTimeout
from prefect_expres.sandbox import SandboxServer
from prefect_expres.uws import JobListPoller, Observation, Phase, Upload, UWSClient
from tests.support.proxy import Fault, FaultProxy, fault_proxy
from tests.support.schedules import HurriedClock


async def started(sandbox: SandboxServer, configuration: dict[str, Any], orders: list[str]) -> Any:
    """Create and start jobs that obey orders; give their ids."""
    ids = []
    async with UWSClient(sandbox.jobs_url()) as client:
        for order in orders:
            changed = configuration | {"SIMU": configuration["SIMU"] | {"NAME": order}}
            upload = Upload("io.json", json.dumps(changed).encode(), "application/json")
            job_id = await client.create({"runId": "b", "branch": "master"}, {"config": upload})
            await client.start(job_id)
            ids.append(job_id)
    return ids


@asynccontextmanager
async def poller_behind_proxy(
    sandbox: SandboxServer, faults: list[Fault] | None = None, speed: float = 20.0
) -> AsyncIterator[tuple[JobListPoller, FaultProxy]]:
    """Give a poller behind a proxy that counts requests and injects faults."""
    async with (
        fault_proxy(sandbox.url, faults or []) as proxy,
        JobListPoller(f"{proxy.url}/rest/ExPRES", clock=HurriedClock(speed)) as poller,
    ):
        yield poller, proxy


def requests(proxy: FaultProxy, pattern: str) -> int:
    """Count the GET requests whose path matches."""
    return len(re.findall(rf"^GET {pattern} HTTP".encode(), proxy.received, re.MULTILINE))


async def test_one_list_request_an_interval(
    sandbox: SandboxServer, configuration: dict[str, Any]
) -> None:
    """Each job's end is told with its phases, and only then it is read by itself."""
    ids = await started(sandbox, configuration, ["sleep=0.3", "sleep=0.6", "fail", "sleep=0.9"])
    seen: dict[str, list[Phase]] = {job_id: [] for job_id in ids}

    async def finished(job_id: str) -> Phase:
        async def show(observation: Observation) -> None:
            seen[job_id].append(observation.job.phase)

        return (await poller.finished(job_id, timeout=600, on_progress=show)).phase

    async with poller_behind_proxy(sandbox) as (poller, proxy):
        ends = await asyncio.gather(*map(finished, ids))
        readings = poller.readings
    assert ends == ["COMPLETED", "COMPLETED", "ERROR", "COMPLETED"]
    assert all(phases[-1] == end for phases, end in zip(seen.values(), ends, strict=True))
    assert requests(proxy, r"/rest/ExPRES(\?\S*)?") == readings > 1
    assert requests(proxy, r"/rest/ExPRES/\S+") == len(ids)


async def test_a_reading_begins_after_it_is_asked_for(
    quick_opus: SandboxServer, configuration: dict[str, Any]
) -> None:
    """A caller sees what was done before its call; simultaneous callers share one answer."""
    async with poller_behind_proxy(quick_opus) as (poller, _):
        first, second = await asyncio.gather(poller.named_jobs(), poller.named_jobs())
        assert first == second == ()
        (job_id,) = await started(quick_opus, configuration, [""])
        assert [ref.id for ref in await poller.named_jobs()] == [job_id]
        assert await poller.named_jobs([Phase.ABORTED]) == ()
        assert poller.readings == 3


async def test_waits_outlast_a_service_that_is_away(
    quick_opus: SandboxServer, configuration: dict[str, Any]
) -> None:
    """Those who wait go on; those who look are told after a while."""
    (job_id,) = await started(quick_opus, configuration, ["sleep=1"])
    async with poller_behind_proxy(quick_opus, [Fault("reset")] * 12, speed=100.0) as (poller, _):
        waiting = asyncio.ensure_future(poller.finished(job_id, timeout=6000))
        with pytest.raises(Unreachable):
            await poller.named_jobs()
        assert (await waiting).phase is Phase.COMPLETED


async def test_refusal_is_told_to_all(
    quick_opus: SandboxServer, configuration: dict[str, Any]
) -> None:
    """Who may not read the list is told so, whether it looks or waits."""
    (job_id,) = await started(quick_opus, configuration, ["sleep=60"])
    async with poller_behind_proxy(quick_opus, [Fault("status", status=401)] * 99) as (poller, _):
        told = await asyncio.gather(
            poller.named_jobs(), poller.finished(job_id, timeout=600), return_exceptions=True
        )
    assert [type(fault) for fault in told] == [AuthenticationFailed] * 2


async def test_service_without_filters(
    quick_opus: SandboxServer, configuration: dict[str, Any]
) -> None:
    """Where phases cannot be asked for, the whole list is read, and filters are not tried again."""
    (job_id,) = await started(quick_opus, configuration, ["sleep=0.5"])
    async with poller_behind_proxy(quick_opus, [Fault("status", status=400)]) as (poller, proxy):
        assert (await poller.finished(job_id, timeout=600)).phase is Phase.COMPLETED
    assert requests(proxy, r"/rest/ExPRES\?\S*") == 1


class OnePhase(httpx.AsyncHTTPTransport):
    """A way to a service that takes the last of several phases for the only one."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Leave out all but the last of the phases."""
        if phases := request.url.params.get_list("PHASE"):
            request.url = request.url.copy_set_param("PHASE", phases[-1])
        return await super().handle_async_request(request)


async def test_service_that_takes_one_phase_only(
    quick_opus: SandboxServer, configuration: dict[str, Any]
) -> None:
    """Where the list of active jobs lacks one, the whole list is watched, not the single job."""
    (job_id,) = await started(quick_opus, configuration, ["sleep=1"])
    seen = []

    async def show(observation: Observation) -> None:
        seen.append(observation.job.phase)

    async with fault_proxy(quick_opus.url) as proxy:
        jobs_url = f"{proxy.url}/rest/ExPRES"
        async with JobListPoller(
            jobs_url, clock=HurriedClock(10.0), transport=OnePhase()
        ) as poller:
            job = await poller.finished(job_id, timeout=600, on_progress=show)
            assert poller.readings > 2
    assert job.phase is seen[-1] is Phase.COMPLETED
    assert requests(proxy, r"/rest/ExPRES\?\S*") == 1
    assert requests(proxy, r"/rest/ExPRES/\S+") == 2


async def test_deadline(quick_opus: SandboxServer, configuration: dict[str, Any]) -> None:
    """A job that outlasts the wait is told with its phase."""
    (job_id,) = await started(quick_opus, configuration, ["sleep=60"])
    async with poller_behind_proxy(quick_opus) as (poller, _):
        with pytest.raises(WaitTimeout, match="still EXECUTING"):
            await poller.finished(job_id, timeout=10)


async def test_lost_job(quick_opus: SandboxServer, configuration: dict[str, Any]) -> None:
    """A job that vanishes ends its wait, though nobody tells of its end."""
    (job_id,) = await started(quick_opus, configuration, ["sleep=60"])
    async with poller_behind_proxy(quick_opus) as (poller, _):
        shown = asyncio.Event()

        async def show(observation: Observation) -> None:
            shown.set()

        waiting = asyncio.ensure_future(poller.finished(job_id, timeout=600, on_progress=show))
        await shown.wait()
        await poller.delete(job_id)
        with pytest.raises(JobLost):
            await waiting


async def test_fault_of_an_observer_is_its_own(
    quick_opus: SandboxServer, configuration: dict[str, Any]
) -> None:
    """Who fails when it is told of a phase ends its own wait, and nobody else's."""
    one, other = await started(quick_opus, configuration, ["sleep=60", "sleep=0.5"])

    async def fail(observation: Observation) -> None:
        raise RuntimeError("the observer failed")

    async with poller_behind_proxy(quick_opus) as (poller, _):
        told = await asyncio.gather(
            poller.finished(one, timeout=600, on_progress=fail),
            poller.finished(other, timeout=600),
            return_exceptions=True,
        )
    assert isinstance(told[0], RuntimeError)
    assert not isinstance(told[1], BaseException)
    assert told[1].phase is Phase.COMPLETED
