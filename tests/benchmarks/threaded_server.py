"""An OPUS with so many threads, in virtual time: it stands where httpx has its network.

A request holds a thread until it is answered, WAIT included, even if the client has gone. A job
needs a thread to report that it has begun or ended, and wakes the waits. A wait that runs out is
answered with the document as it was when the wait began.
"""

import asyncio
import contextlib

import httpx

from prefect_expres.sandbox.threads import Threads
from prefect_expres.uws import Phase
from tests.benchmarks.virtual_server import Timetable, document_of

ROUND_TRIP = 0.02
"""Seconds on the network, to the service and back."""
WORK = 0.01
"""Seconds that a thread takes to answer, or to take a report."""
LONGEST_WAIT = 600.0
_ACTIVE = frozenset({Phase.QUEUED, Phase.EXECUTING})


class ThreadedServer:
    """The service; `visitor` gives what a client has as its network.

    Args:
        threads: How many there are.
        jobs: When each job starts to execute, and when it ends, in seconds.
    """

    def __init__(self, threads: int, jobs: dict[str, Timetable]) -> None:
        self._threads = Threads(threads)
        self._jobs = jobs
        self._phases = dict.fromkeys(jobs, Phase.QUEUED)
        self._change = asyncio.Event()
        self._work: set[asyncio.Task[bytes]] = set()

    async def run(self) -> None:
        """Run the jobs; each reports its beginning and its end."""
        await asyncio.gather(*(self._run(name, job) for name, job in self._jobs.items()))

    async def answer(self, request: httpx.Request) -> bytes:
        """Answer a request; whether the client waits for the answer makes no difference."""
        work = asyncio.create_task(self._served(request))
        self._work.add(work)
        work.add_done_callback(self._work.discard)
        return await asyncio.shield(work)

    async def _run(self, name: str, job: Timetable) -> None:
        for moment, phase in ((job.starts, Phase.EXECUTING), (job.ends, Phase.COMPLETED)):
            await asyncio.sleep(max(moment - _now(), 0.0))
            async with self._threads.one():
                await asyncio.sleep(WORK)
                self._phases[name] = phase
                self._change.set()
                self._change = asyncio.Event()

    async def _served(self, request: httpx.Request) -> bytes:
        name, _, rest = request.url.path.removeprefix("/rest/ExPRES").strip("/").partition("/")
        asked = request.url.params
        async with self._threads.one():
            await asyncio.sleep(WORK)
            phase = self._phases[name]
            if rest:
                return phase.value.encode()
            if "WAIT" in asked and phase in _ACTIVE and asked.get("PHASE", phase) == phase:
                wait = float(asked["WAIT"])
                await self._until_left(name, wait if wait >= 0 else LONGEST_WAIT)
                phase = self._phases[name]
            return document_of(name, phase)

    async def _until_left(self, name: str, seconds: float) -> None:
        phase = self._phases[name]
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._phases[name] is phase:
                    await self._change.wait()


class Visitor(httpx.AsyncBaseTransport):
    """The network of one client.

    Attributes:
        requests: How many it has sent.
        longest: The seconds that the slowest answer took.
    """

    def __init__(self, server: ThreadedServer) -> None:
        self._server = server
        self.requests = 0
        self.longest = 0.0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request, and bring the answer."""
        self.requests += 1
        began = _now()
        await asyncio.sleep(ROUND_TRIP / 2)
        answer = await self._server.answer(request)
        await asyncio.sleep(ROUND_TRIP / 2)
        self.longest = max(self.longest, _now() - began)
        return httpx.Response(200, stream=httpx.ByteStream(answer))


def _now() -> float:
    return asyncio.get_running_loop().time()
