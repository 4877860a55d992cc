"""What waits cost a service with few threads: themselves, and everybody else."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from statistics import fmean

import httpx

from prefect_expres.uws import UWSClient, wait_for
from prefect_expres.uws.wait_policy import POLICIES
from tests.benchmarks.baselines import documented_loop, one_wait_again, pyvo_wait
from tests.benchmarks.rows import Aim, Row
from tests.benchmarks.threaded_server import ThreadedServer, Visitor
from tests.benchmarks.virtual_server import Timetable
from tests.support.virtual_time import LoopClock, skipping_pauses

NOT_MORE = Aim(most=1.1)
"""Chance decides how long after the end the next reading is, theirs or ours."""
HARMLESS = Aim(most=2.5)
TOLD_AT_ONCE, FEW_REQUESTS = Aim(most=0.35), Aim(most=4)
STARTS = (0.05, 0.25)
"""Seconds until a job reports that it executes."""
APART = 3.0
"""The processes begin within so many seconds."""
VISIT_EVERY = 0.25


@dataclass(frozen=True)
class Scene:
    """So many processes, each of which waits for a job of so many seconds."""

    threads: int
    seconds: float
    processes: int = 1

    def __str__(self) -> str:
        """Write it as people do."""
        threads = f"{self.threads} thread{'s' if self.threads > 1 else ''}"
        crowd = f", {self.processes} processes" if self.processes > 1 else ""
        return f"{threads}{crowd}, {self.seconds:g} s job"


SCENES = (
    *(Scene(64, seconds) for seconds in (3, 7, 20)),
    *(Scene(1, seconds) for seconds in (7, 60)),
    *(Scene(5, seconds, processes=5) for seconds in (40, 60)),
)


@dataclass(frozen=True)
class Found:
    """Mean seconds late, mean requests a job, and the longest that another visitor waited."""

    late: float
    requests: float
    delay: float


Way = Callable[[Visitor, str], Awaitable[None]]


def measure(scenes: tuple[Scene, ...], rounds: int) -> Iterator[Row]:
    """Let each way of waiting wait for the same jobs."""
    for scene in scenes:
        ours = found(ours_anew, scene, rounds)
        ways = {name: found(way, scene, rounds) for name, way in WAYS.items()}
        alone = scene.threads > scene.processes
        for name, other in ways.items():
            loop = name == "the documented loop"
            aim = NOT_MORE if loop and not alone else None
            yield Row(f"{scene}: seconds late", ours.late, "s", name, other.late, aim)
        for name, other in ways.items():
            loop = name == "the documented loop"
            aim = NOT_MORE if loop and not alone else None
            yield Row(f"{scene}: requests", ours.requests, "", name, other.requests, aim)
        for name, other in ways.items():
            yield Row(f"{scene}: others' longest delay", ours.delay, "s", name, other.delay)
        if alone:
            yield Row(f"{scene}: seconds late", ours.late, "s", aim=TOLD_AT_ONCE)
            yield Row(f"{scene}: requests", ours.requests, "", aim=FEW_REQUESTS)
        yield Row(f"{scene}: others' longest delay", ours.delay, "s", aim=HARMLESS)


def found(way: Way, scene: Scene, rounds: int) -> Found:
    """Play a scene several times, with other lengths and moments each time."""
    plays = [skipping_pauses(_played(way, scene, number)) for number in range(rounds)]
    return Found(
        fmean(play.late for play in plays),
        fmean(play.requests for play in plays),
        max(play.delay for play in plays),
    )


async def _played(way: Way, scene: Scene, number: int) -> Found:
    POLICIES.clear()
    chance = random.Random(f"{scene} {number}")
    began = {
        f"{process}": chance.uniform(0.0, APART) if process else 0.0
        for process in range(scene.processes)
    }
    jobs = {}
    for name, moment in began.items():
        starts = moment + chance.uniform(*STARTS)
        jobs[name] = Timetable(starts, starts + scene.seconds * chance.uniform(0.85, 1.15))
    server = ThreadedServer(scene.threads, jobs)
    visitors = {name: Visitor(server) for name in jobs}

    async def told(name: str) -> float:
        await asyncio.sleep(began[name])
        await way(visitors[name], name)
        return LoopClock().now() - jobs[name].ends

    other = Visitor(server)
    running = asyncio.ensure_future(server.run())
    visiting = asyncio.ensure_future(_visits(other))
    late = await asyncio.gather(*map(told, jobs))
    visiting.cancel()
    await running
    requests = fmean(visitor.requests for visitor in visitors.values())
    return Found(fmean(late), requests, other.longest)


async def _visits(visitor: Visitor) -> None:
    """Ask something from time to time, as somebody else does."""
    async with httpx.AsyncClient(transport=visitor, trust_env=False) as client:
        while True:
            await client.get("http://127.0.0.1/rest/ExPRES/0/phase", timeout=None)
            await asyncio.sleep(VISIT_EVERY)


async def ours_anew(visitor: Visitor, name: str) -> None:
    """Wait as this package does, in a process that does not know the service."""
    url = f"http://127.0.0.1:{8000 + int(name)}/rest/ExPRES"
    async with UWSClient(url, transport=visitor, clock=LoopClock()) as client:
        await wait_for(client, name, timeout=86400)


async def _loop(visitor: Visitor, name: str) -> None:
    async with httpx.AsyncClient(transport=visitor, trust_env=False) as client:
        await documented_loop(client, f"http://127.0.0.1/rest/ExPRES/{name}", LoopClock())


async def _uws_client(visitor: Visitor, name: str) -> None:
    async with httpx.AsyncClient(transport=visitor, trust_env=False) as client:
        await one_wait_again(client, f"http://127.0.0.1/rest/ExPRES/{name}")


async def _pyvo(visitor: Visitor, name: str) -> None:
    async with httpx.AsyncClient(transport=visitor, trust_env=False) as client:
        await pyvo_wait(client, f"http://127.0.0.1/rest/ExPRES/{name}", LoopClock())


WAYS: dict[str, Way] = {
    "the documented loop": _loop,
    "uws-client's one WAIT": _uws_client,
    "pyvo's algorithm": _pyvo,
}
