"""A service with few threads: a WAIT holds one, and a job needs one to report its end."""

import asyncio
import time
from pathlib import Path

import httpx
import pytest

from prefect_expres.sandbox import SandboxServer
from prefect_expres.sandbox.behaviour import Behaviour
from prefect_expres.sandbox.dialects import DialectName
from prefect_expres.sandbox.threads import Threads
from tests.support.quick import QUICK_RUN
from tests.support.service_user import ServiceUser
from tests.support.virtual_time import in_virtual_time


async def seconds_of(client: httpx.AsyncClient, path: str, delay: float = 0.0) -> float:
    """Ask something after a delay, and give the seconds until it was answered."""
    await asyncio.sleep(delay)
    began = time.monotonic()
    await client.get(path, timeout=30)
    return time.monotonic() - began


@pytest.mark.parametrize(("threads", "starved"), [(1, True), (2, False), (None, False)])
async def test_wait_holds_a_thread(tmp_path: Path, threads: int | None, *, starved: bool) -> None:
    """With one thread, a WAIT keeps everybody waiting; the job's own report is late, too."""
    with SandboxServer(tmp_path, command=QUICK_RUN, behaviour=Behaviour(threads=threads)) as server:
        with ServiceUser(server.url, "ann") as ann:
            job_id = ann.run("sleep=0.5")
            ann.until(job_id, "EXECUTING")
        async with httpx.AsyncClient(base_url=server.jobs_url(), auth=("ann", "token")) as client:
            wait, look = await asyncio.gather(
                seconds_of(client, f"/{job_id}?WAIT=3"),
                seconds_of(client, f"/{job_id}/phase", delay=0.2),
            )
            answer = await client.get(f"/{job_id}")
    assert (wait >= 3) is starved
    assert (look >= 2.5) is starved
    # The end was reported at once, or as soon as the wait was over.
    assert "COMPLETED" in answer.text or starved


async def test_thread_is_held_though_the_client_has_gone(tmp_path: Path) -> None:
    """To break off a WAIT does not end it on the service."""
    with SandboxServer(tmp_path, command=QUICK_RUN, behaviour=Behaviour(threads=1)) as server:
        with ServiceUser(server.url, "ann") as ann:
            job_id = ann.run("sleep=60")
            ann.until(job_id, "EXECUTING")
        async with httpx.AsyncClient(base_url=server.jobs_url(), auth=("ann", "token")) as client:
            with pytest.raises(httpx.ReadTimeout):
                await client.get(f"/{job_id}?WAIT=2", timeout=0.3)
            assert await seconds_of(client, f"/{job_id}/phase") >= 1.2


@pytest.mark.parametrize(("dialect", "sleeps_on"), [("opus", True), ("standard", False)])
async def test_wait_for_a_job_that_is_deleted(
    tmp_path: Path, dialect: DialectName, *, sleeps_on: bool
) -> None:
    """OPUS sleeps on to the end of the wait, and then tells the job as it was."""
    with SandboxServer(tmp_path, dialect, command=QUICK_RUN) as server:
        with ServiceUser(server.url, "ann") as ann:
            job_id = ann.run("sleep=60")
            ann.until(job_id, "EXECUTING")
        async with httpx.AsyncClient(base_url=server.jobs_url(), auth=("ann", "token")) as client:
            wait = asyncio.create_task(client.get(f"/{job_id}?WAIT=2", timeout=30))
            await asyncio.sleep(0.3)
            began = time.monotonic()
            await client.delete(f"/{job_id}")
            answer = await wait
    assert (time.monotonic() - began >= 1.2) is sleeps_on
    assert answer.status_code == (200 if sleeps_on else 404)
    assert ("EXECUTING" in answer.text) is sleeps_on


@in_virtual_time
async def test_who_comes_first_is_served_first() -> None:
    """Requests that find no thread free wait in turn."""
    threads = Threads(2)
    served: list[int] = []

    async def request(number: int) -> None:
        async with threads.one():
            served.append(number)
            await asyncio.sleep(1)

    await asyncio.gather(*(request(number) for number in range(5)))
    assert served == [0, 1, 2, 3, 4]
    assert asyncio.get_running_loop().time() == pytest.approx(3)
