"""Many jobs watched at once: what it costs, and how late their ends are told."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from statistics import fmean

import httpx

from prefect_expres.uws import UWSClient, wait_for
from prefect_expres.uws.poller import JobListPoller
from tests.benchmarks.baselines import documented_loop
from tests.benchmarks.machine import cpu_seconds
from tests.benchmarks.rows import Row
from tests.benchmarks.virtual_server import URL, Timetable, VirtualServer, Waits
from tests.support.virtual_time import LoopClock, skipping_pauses

LONGEST_QUEUE = 60.0
SHORTEST_RUN, LONGEST_RUN = 60.0, 600.0
DAY = 86400.0


@dataclass(frozen=True)
class Size:
    """How many jobs are watched."""

    jobs: int = 500


FULL = Size()
TINY = Size(jobs=5)


@dataclass(frozen=True)
class Effort:
    """What a way of watching took: requests, CPU seconds, mean lateness in seconds."""

    requests: int
    cpu: float
    late: float


Telling = Callable[[str], Awaitable[None]]
Way = Callable[[VirtualServer, list[str], Telling], Awaitable[None]]


def measure(size: Size) -> Iterator[Row]:
    """Let each way watch the same jobs on the same service, which honours WAIT."""
    chance = random.Random(size.jobs)
    jobs = {}
    for number in range(size.jobs):
        starts = chance.uniform(0.0, LONGEST_QUEUE)
        ends = starts + chance.uniform(SHORTEST_RUN, LONGEST_RUN)
        jobs[f"{number:06x}"] = Timetable(starts, ends)
    board = _effort(_board, jobs)
    others = {
        "a documented loop a job": _effort(_loops, jobs),
        "one wait of ours a job": _effort(_waits, jobs),
    }
    what = f"{size.jobs} jobs watched"
    for name, other in others.items():
        yield Row(f"{what}: requests", board.requests, "", name, other.requests)
    for name, other in others.items():
        yield Row(f"{what}: CPU", board.cpu, "s", name, other.cpu)
    for name, other in others.items():
        yield Row(f"{what}: seconds late", board.late, "s", name, other.late)


def _effort(way: Way, jobs: dict[str, Timetable]) -> Effort:
    server, late = VirtualServer(jobs, Waits.HONOURED), []

    async def told(job_id: str) -> None:
        late.append(LoopClock().now() - jobs[job_id].ends)

    began = cpu_seconds()
    skipping_pauses(way(server, list(jobs), told))
    return Effort(server.requests, cpu_seconds() - began - server.busy, fmean(late))


async def _board(server: VirtualServer, jobs: list[str], told: Telling) -> None:
    async with JobListPoller(URL, transport=server, clock=LoopClock()) as board:

        async def watch(job_id: str) -> None:
            await board.finished(job_id, timeout=DAY)
            await told(job_id)

        await asyncio.gather(*map(watch, jobs))


async def _waits(server: VirtualServer, jobs: list[str], told: Telling) -> None:
    async with UWSClient(URL, transport=server, clock=LoopClock()) as client:

        async def watch(job_id: str) -> None:
            await wait_for(client, job_id, timeout=DAY)
            await told(job_id)

        await asyncio.gather(*map(watch, jobs))


async def _loops(server: VirtualServer, jobs: list[str], told: Telling) -> None:
    async with httpx.AsyncClient(transport=server, trust_env=False) as client:

        async def watch(job_id: str) -> None:
            await documented_loop(client, f"{URL}/{job_id}", LoopClock())
            await told(job_id)

        await asyncio.gather(*map(watch, jobs))
