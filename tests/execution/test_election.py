"""All who run a simulation choose one job, on real sandboxes over HTTP."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from prefect_expres.errors import WaitTimeout
from prefect_expres.execution import (
    Election,
    Event,
    RunOptions,
    Submission,
    ensure_started,
    stop_jobs,
)
from prefect_expres.expres import Configuration, SimulationRequest
from prefect_expres.expres.run_id import RunId, owner_of
from prefect_expres.sandbox import SandboxServer
from prefect_expres.sandbox.behaviour import Behaviour
from prefect_expres.uws import JobRef, Phase, UWSClient, wait_for
from tests.support.quick import QUICK_RUN
from tests.support.schedules import HurriedClock, brought_home
from tests.support.service_user import ServiceUser

HURRY = 20.0


def simulation(configuration: dict[str, Any], orders: str) -> SimulationRequest:
    """Give a simulation whose run does as it is ordered."""
    content = configuration | {"SIMU": configuration["SIMU"] | {"NAME": orders}}
    return SimulationRequest.build(Configuration.from_mapping(content))


@pytest.fixture
def request_(configuration: dict[str, Any]) -> SimulationRequest:
    """Give a simulation that takes a moment."""
    return simulation(configuration, "sleep=0.5")


@pytest.fixture
async def client(sandbox: SandboxServer) -> AsyncIterator[UWSClient]:
    """Give a guest's client whose pauses are short."""
    async with UWSClient(sandbox.jobs_url(), clock=HurriedClock(HURRY)) as client:
        yield client


@pytest.fixture
def guest(sandbox: SandboxServer) -> Iterator[ServiceUser]:
    """Give another guest, who speaks plain HTTP."""
    with ServiceUser(sandbox.url) as user:
        yield user


def new_owner() -> str:
    """Stand for another flow run."""
    return owner_of(uuid4())


async def chosen(
    client: UWSClient, request: SimulationRequest, owner: str | None = None, **asked: Any
) -> Submission:
    """Choose a job."""
    given = {name: asked.pop(name) for name in ("excluded", "tell") if name in asked}
    asked = {"execution_duration": 60, "timeout": 600.0} | asked
    return await Election(
        client, request, RunOptions(owner or new_owner(), **asked), **given
    ).submit()


def planted(guest: ServiceUser, request: SimulationRequest, **fields: Any) -> str:
    """Create a job that claims to be the simulation, with inputs of any kind."""
    name = RunId.new(request.label, request.fingerprint, new_owner())
    content = fields.pop("content", request.configuration.to_json())
    files = {"config": ("io.json", content, "application/json")}
    data = {"runId": str(name), "branch": "master"} | fields
    answer = guest.http.post(guest.list_path, data=data, files=files)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"]).rpartition("/")[2]


async def test_running_and_completed_jobs_are_found(
    sandbox: SandboxServer, client: UWSClient, request_: SimulationRequest
) -> None:
    """Who asks while the job runs, or after it has completed, gets the same job."""
    first = await chosen(client, request_)
    assert (first.ours, first.phase) == (True, Phase.PENDING)
    await ensure_started(client, first, timeout=60)
    running = await chosen(client, request_)
    assert (running.job_id, running.ours) == (first.job_id, False)
    assert running.phase in {Phase.QUEUED, Phase.EXECUTING}
    await wait_for(client, first.job_id, timeout=600)
    completed = await chosen(client, request_)
    assert (completed.job_id, completed.phase) == (first.job_id, Phase.COMPLETED)
    assert sandbox.created_count() == 1


async def test_those_who_ask_at_once_agree(
    sandbox: SandboxServer, request_: SimulationRequest
) -> None:
    """Ten who create a job in the same second agree on one, and nine withdraw theirs."""

    async def ask() -> Submission:
        async with UWSClient(sandbox.jobs_url()) as client:
            return await chosen(client, request_)

    everybodys = await asyncio.gather(*(ask() for _ in range(10)))
    assert len({submission.job_id for submission in everybodys}) == 1
    assert sum(submission.ours for submission in everybodys) == 1
    assert sandbox.created_count() > 1
    async with UWSClient(sandbox.jobs_url()) as client:
        assert len(await client.jobs()) == 1


async def test_equal_times_are_settled_by_a_later_list(
    sandbox: SandboxServer, guest: ServiceUser, configuration: dict[str, Any]
) -> None:
    """Jobs of the same second that come after the first look count: nobody decides before them."""
    for number in range(3):
        request = simulation(configuration, f"sleep=60 tie{number}")
        await asyncio.sleep(1.05 - time.time() % 1.0)
        planted(guest, request)
        async with UWSClient(sandbox.jobs_url()) as client:
            asking = asyncio.create_task(chosen(client, request))
            await asyncio.sleep(0.2)
            for _ in range(8):
                await asyncio.to_thread(planted, guest, request)
            submission = await asking
            same = [job for job in await client.jobs() if _is_of(job, request)]
        assert submission.job_id == min(same, key=lambda job: job.age).id


def _is_of(job: JobRef, request: SimulationRequest) -> bool:
    name = RunId.parse(job.run_id)
    return name is not None and request.fingerprint.startswith(name.fingerprint)


async def test_winner_whose_creator_died_is_started_by_others(
    sandbox: SandboxServer, guest: ServiceUser, client: UWSClient, request_: SimulationRequest
) -> None:
    """A PENDING job of the same simulation whose creator is gone is started, not doubled."""
    left = planted(guest, request_)
    submission = await chosen(client, request_)
    assert (submission.job_id, submission.ours) == (left, False)
    assert await ensure_started(client, submission, timeout=60) in {Phase.QUEUED, Phase.EXECUTING}
    assert sandbox.created_count() == sandbox.started_count() == 1


async def test_forged_names_are_ignored(
    guest: ServiceUser, client: UWSClient, request_: SimulationRequest
) -> None:
    """Jobs that only claim to be the simulation are neither waited for nor touched."""
    other = json.loads(request_.configuration.to_json()) | {"MINE": 1}
    forged = [
        planted(guest, request_, content=json.dumps(other).encode()),
        planted(guest, request_, content=b"no JSON"),
        planted(guest, request_, content=b" " * 2_000_000),
        planted(guest, request_, branch="other"),
    ]
    submission = await chosen(client, request_)
    assert submission.job_id not in forged
    assert submission.ours
    assert {job.id for job in await client.jobs()} == {*forged, submission.job_id}


async def test_withdrawn_winner_leads_to_a_new_election(
    sandbox: SandboxServer, guest: ServiceUser, client: UWSClient, request_: SimulationRequest
) -> None:
    """If the winner vanishes while the list settles, the next one is chosen."""
    left = planted(guest, request_)
    async with UWSClient(sandbox.jobs_url()) as other:
        asking = asyncio.create_task(chosen(other, request_))
        await asyncio.sleep(0.5)
        await client.delete(left)
        submission = await asking
    assert submission.ours
    assert submission.job_id != left


async def test_exclusive_takes_no_other_job(
    sandbox: SandboxServer, client: UWSClient, request_: SimulationRequest
) -> None:
    """Who wants a run of its own gets it, and finds it again under the same owner only."""
    owner = new_owner()
    first = await chosen(client, request_)
    own = await chosen(client, request_, owner, exclusive=True)
    again = await chosen(client, request_, owner, exclusive=True)
    assert own.job_id == again.job_id != first.job_id
    assert again.ours
    assert sandbox.created_count() == 2


async def test_excluded_jobs_are_not_chosen(client: UWSClient, request_: SimulationRequest) -> None:
    """An excluded job is not chosen again."""
    first = await chosen(client, request_)
    await ensure_started(client, first, timeout=60)
    second = await chosen(client, request_, excluded=[first.job_id])
    assert second.job_id != first.job_id


async def test_jobs_of_an_owner_are_stopped_by_name(
    guest: ServiceUser, client: UWSClient, configuration: dict[str, Any]
) -> None:
    """The running job is aborted, the pending one deleted, others are left; twice is no harm."""
    owner, request_ = new_owner(), simulation(configuration, "sleep=60")
    running = await chosen(client, request_, owner, exclusive=True)
    await ensure_started(client, running, timeout=60)
    pending = await chosen(client, request_, owner, exclusive=True, excluded=[running.job_id])
    other = planted(guest, request_)
    assert await stop_jobs(client, owner, spare_started=True) == {pending.job_url: None}
    stopped = await stop_jobs(client, owner)
    assert stopped == {running.job_url: Phase.ABORTED}
    assert await stop_jobs(client, owner) == {}
    assert await client.phase(other) is Phase.PENDING


@pytest.fixture(params=["opus", "standard"])
def narrow(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SandboxServer]:
    """Serve a sandbox that allows one active job."""
    limit = Behaviour(active_jobs=1)
    with SandboxServer(
        tmp_path / "narrow", request.param, command=QUICK_RUN, behaviour=limit
    ) as server:
        yield server


async def test_limit_of_active_jobs_is_waited_for(
    narrow: SandboxServer, configuration: dict[str, Any], tmp_path: Path
) -> None:
    """Five simulations on a service with one slot all complete, one after the other."""

    async def bring(number: int) -> None:
        request = simulation(configuration, f"sleep=0.2 n{number}")
        async with UWSClient(narrow.jobs_url(), "ann", "t", clock=HurriedClock(HURRY)) as client:
            await brought_home(client, request, new_owner(), tmp_path / str(number), [])

    await asyncio.gather(*map(bring, range(5)))
    assert narrow.started_count() == 5


async def test_wait_for_a_slot_has_a_deadline(
    narrow: SandboxServer, request_: SimulationRequest
) -> None:
    """Without a slot in all the time, the error says so and what to do."""
    told: list[Event] = []

    async def tell(event: Event) -> None:
        told.append(event)

    async def start(client: UWSClient) -> None:
        submission = await chosen(client, request_, timeout=60.0, tell=tell)
        await ensure_started(client, submission, timeout=60.0, tell=tell)

    with ServiceUser(narrow.url, "ann") as ann:
        ann.run("sleep=60")
    async with UWSClient(narrow.jobs_url(), "ann", "t", clock=HurriedClock(HURRY)) as client:
        with pytest.raises(WaitTimeout, match=r"longer timeout.*Maximum number of active jobs"):
            await start(client)
    assert any("Waiting for the limit" in event.message for event in told)
