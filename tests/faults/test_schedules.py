"""Hundreds of random fault schedules: the simulation runs once and its results arrive whole."""

import asyncio
import hashlib
import random
import traceback
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from lxml import etree

from prefect_expres.expres import Configuration, SimulationRequest
from prefect_expres.expres.run_id import owner_of
from prefect_expres.sandbox import SandboxServer
from prefect_expres.sandbox.behaviour import Behaviour
from prefect_expres.storage import StoredFile
from prefect_expres.uws import ClientOptions, UWSClient
from tests.support.proxy import FaultProxy, fault_proxy
from tests.support.quick import QUICK_RUN
from tests.support.schedules import HurriedClock, brought_home, schedule_of
from tests.support.service_user import ServiceUser

pytestmark = pytest.mark.slow

TOKEN = "s3cret-token-of-the-user"
CDF = hashlib.sha256(bytes(range(256)) * 1200).hexdigest()
A_BATCH, BATCHES = 20, 6
HURRY = 10.0
CLIENT_TIMEOUT = 1.0


@pytest.fixture(scope="module", params=["opus", "standard"])
def service(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SandboxServer]:
    """Serve one sandbox for many schedules."""
    data = tmp_path_factory.mktemp("sandbox")
    limits = Behaviour(parallel=4, active_jobs=1000)
    with SandboxServer(data, request.param, command=QUICK_RUN, behaviour=limits) as server:
        yield server


def simulation(configuration: dict[str, Any], name: str) -> SimulationRequest:
    """Give a simulation of its own fingerprint."""
    content = configuration | {"SIMU": configuration["SIMU"] | {"NAME": f"sleep=0.05 {name}"}}
    return SimulationRequest.build(Configuration.from_mapping(content))


@asynccontextmanager
async def a_client(
    proxy: FaultProxy, user: str, hurry: float, timeout: float
) -> AsyncIterator[UWSClient]:
    """Give a client behind a proxy."""
    url = f"{proxy.url}/rest/ExPRES"
    options, clock = ClientOptions(timeout=timeout), HurriedClock(hurry)
    async with UWSClient(url, user, TOKEN, options=options, clock=clock) as client:
        yield client


async def go_through(
    seed: int, service: SandboxServer, configuration: dict[str, Any], folder: Path
) -> None:
    """Go through one schedule, and look at what it left."""
    chance = random.Random(seed)
    user, owner = f"u{seed}", owner_of(UUID(int=seed))
    request, notices = simulation(configuration, f"s{seed}"), []
    schedule = list(schedule_of(chance, CLIENT_TIMEOUT + 0.3))
    async with (
        fault_proxy(service.url, schedule) as proxy,
        a_client(proxy, user, HURRY, CLIENT_TIMEOUT) as client,
    ):
        try:
            files = await brought_home(client, request, owner, folder, notices)
        except Exception as fault:
            trace = "".join(traceback.format_exception(fault))
            assert TOKEN not in trace
            fault.add_note(f"seed {seed}: {schedule}, {notices}")
            raise
    assert {file.name: file.sha256 for file in files}["expres_test.cdf"] == CDF
    assert not list(folder.glob("*.part"))
    assert TOKEN not in "".join(notices)
    assert all(TOKEN.encode() not in path.read_bytes() for path in folder.iterdir())
    left = jobs_of(service, user)
    assert left == ["COMPLETED"], f"seed {seed}: {left}, {schedule}, {notices}"


def jobs_of(service: SandboxServer, user: str) -> list[str]:
    """Give the phases of all jobs that a user has on the service."""
    with ServiceUser(service.url, user, token=TOKEN) as asker:
        listed = etree.fromstring(asker.get("").content)
    return [str(phase.text) for phase in listed.iterfind(".//{*}phase")]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("batch", range(BATCHES))
async def test_simulation_outlasts_every_schedule(
    service: SandboxServer, configuration: dict[str, Any], tmp_path: Path, batch: int
) -> None:
    """Whatever fails on the way: one job, started once; results whole; nothing left; no secret."""
    before = service.started_count()
    seeds = range(batch * A_BATCH, (batch + 1) * A_BATCH)
    await asyncio.gather(
        *(go_through(seed, service, configuration, tmp_path / str(seed)) for seed in seeds)
    )
    assert service.started_count() - before == A_BATCH


async def run_four_at_once(
    seed: int, service: SandboxServer, configuration: dict[str, Any], folder: Path
) -> None:
    """Let four flows ask for one simulation at about the same time, each with faults of its own."""
    chance, user = random.Random(seed), f"m{seed}"
    request, notices = simulation(configuration, user), []

    async def ask(number: int) -> list[StoredFile]:
        schedule = list(schedule_of(random.Random(f"{seed}.{number}"), 5.0))
        async with AsyncExitStack() as stack:
            await asyncio.sleep(chance.uniform(0.0, 1.5))
            proxy = await stack.enter_async_context(fault_proxy(service.url, schedule))
            client = await stack.enter_async_context(a_client(proxy, user, 1.0, 4.0))
            owner = owner_of(UUID(int=seed * 100 + number))
            return await brought_home(client, request, owner, folder / str(number), notices)

    everybodys = await asyncio.gather(*map(ask, range(4)))
    for files in everybodys:
        assert {file.name: file.sha256 for file in files}["expres_test.cdf"] == CDF
    assert jobs_of(service, user) == ["COMPLETED"], f"seed {seed}: {notices}"


@pytest.mark.timeout(300)
async def test_many_who_ask_at_once_get_one_job(
    service: SandboxServer, configuration: dict[str, Any], tmp_path: Path
) -> None:
    """Flows that ask for one simulation at the same time share one job, whatever fails."""
    before, seeds = service.started_count(), range(1000, 1008)
    await asyncio.gather(
        *(run_four_at_once(seed, service, configuration, tmp_path / str(seed)) for seed in seeds)
    )
    assert service.started_count() - before == len(seeds)
