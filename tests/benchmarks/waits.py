"""How late, and with how many requests, a wait tells that a job has ended."""

import random
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from statistics import fmean

import httpx

from prefect_expres.uws import UWSClient, wait_for
from prefect_expres.uws.wait_policy import POLICIES
from tests.benchmarks import crowded_waits
from tests.benchmarks.baselines import documented_loop, pyvo_wait
from tests.benchmarks.rows import Aim, Row
from tests.benchmarks.virtual_server import URL, Timetable, VirtualServer, Waits
from tests.support.virtual_time import LoopClock, skipping_pauses

LATENESS = Aim(most=1.0)
REQUESTS = Aim(most=1.0)
SPREAD = 0.2
LONGEST_QUEUE = 1.0


@dataclass(frozen=True)
class Size:
    """How many jobs of how many seconds each; their real lengths vary by a fifth.

    ``scenes`` are played on services with few threads, each ``rounds`` times.
    """

    jobs: int = 40
    seconds: tuple[float, ...] = (5, 60, 600)
    scenes: tuple[crowded_waits.Scene, ...] = crowded_waits.SCENES
    rounds: int = 20


FULL = Size()
TINY = Size(jobs=2, seconds=(5,), scenes=(crowded_waits.Scene(5, 7, processes=5),), rounds=1)

Way = Callable[[VirtualServer], Awaitable[None]]


def measure(size: Size) -> Iterator[Row]:
    """Let each way of waiting wait for the same jobs."""
    yield from crowded_waits.measure(size.scenes, size.rounds)
    for waits in Waits:
        for seconds in size.seconds:
            jobs = _timetables(size.jobs, seconds)
            late, asked = _waited(_ours, jobs, waits)
            ways = {"the documented loop": _loop, "pyvo's algorithm": _pyvo}
            found = {name: _waited(way, jobs, waits) for name, way in ways.items()}
            what = f"{waits}, {seconds:g} s job"
            for name, (their_late, _) in found.items():
                aim = LATENESS if name == "the documented loop" else None
                yield Row(f"{what}: seconds late", late, "s", name, their_late, aim)
            for name, (_, their_asked) in found.items():
                aim = REQUESTS if name == "the documented loop" else None
                yield Row(f"{what}: requests", asked, "", name, their_asked, aim)


def _timetables(count: int, seconds: float) -> list[Timetable]:
    chance = random.Random(count)
    jobs = []
    for _ in range(count):
        starts = chance.uniform(0.0, LONGEST_QUEUE)
        lasts = seconds * chance.uniform(1.0 - SPREAD, 1.0 + SPREAD)
        jobs.append(Timetable(starts, starts + lasts))
    return jobs


def _waited(way: Way, jobs: list[Timetable], waits: Waits) -> tuple[float, float]:
    """Give the mean lateness in seconds and the mean number of requests."""

    async def known(server: VirtualServer) -> float:
        await way(server)
        return LoopClock().now()

    late, asked = [], []
    for job in jobs:
        server = VirtualServer({"job": job}, waits)
        late.append(skipping_pauses(known(server)) - job.ends)
        asked.append(server.requests)
    return fmean(late), fmean(asked)


async def _ours(server: VirtualServer) -> None:
    POLICIES.clear()
    async with UWSClient(URL, transport=server, clock=LoopClock()) as client:
        await wait_for(client, "job", timeout=86400)


async def _loop(server: VirtualServer) -> None:
    async with httpx.AsyncClient(transport=server, trust_env=False) as client:
        await documented_loop(client, f"{URL}/job", LoopClock())


async def _pyvo(server: VirtualServer) -> None:
    async with httpx.AsyncClient(transport=server, trust_env=False) as client:
        await pyvo_wait(client, f"{URL}/job", LoopClock())
