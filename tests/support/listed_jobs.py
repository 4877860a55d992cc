"""A service with a list of jobs that a test changes, and what polls it."""

import asyncio
from collections.abc import Callable

import httpx

from prefect_expres.uws import Job, JobListPoller, Observation
from tests.support.scripted_service import JOBS_URL, Answer, Script, ScriptedService
from tests.support.uws_documents import job_document, jobs_document
from tests.support.virtual_time import LoopClock


def now() -> float:
    """Give the loop's time."""
    return asyncio.get_running_loop().time()


class ListedJobs(ScriptedService):
    """A service with jobs that a test changes.

    Attributes:
        phases: The jobs and their phases.
        bad_once: Answers to the next requests for the list, instead of the list.
        bad: The answer to all requests for the list, if there is one.
        delay: Seconds from a request for the list to its answer; the list is that of its beginning.
        moments: When the list was asked for.
    """

    def __init__(self, **phases: str) -> None:
        super().__init__()
        self.phases = phases
        self.bad_once: list[Script] = []
        self.bad: Script | None = None
        self.delay = 0.0
        self.moments: list[float] = []
        self.on("GET", self._list)

    def end(self, job_id: str, phase: str = "COMPLETED") -> None:
        """Let a job end."""
        self.phases[job_id] = phase
        self.on(f"GET /{job_id}", job_document(job_id, f"<phase>{phase}</phase>"))

    async def _list(self, request: httpx.Request) -> Script:
        self.moments.append(now())
        if self.bad_once:
            return self.bad_once.pop(0)
        if self.bad is not None:
            return self.bad
        wanted = request.url.params.get_list("PHASE")
        listed = "".join(
            f'<jobref id="{job_id}"><phase>{phase}</phase><runId>r-{job_id}</runId></jobref>'
            for job_id, phase in self.phases.items()
            if not wanted or phase in wanted
        )
        return Answer(jobs_document(listed), delay=self.delay)


def poller_of(service: ScriptedService) -> JobListPoller:
    """Give a poller of a service."""
    return JobListPoller(JOBS_URL, transport=service, clock=LoopClock())


def at(seconds: float, act: Callable[[], object]) -> None:
    """Do something later."""
    asyncio.get_running_loop().call_later(seconds, act)


async def wait_one(poller: JobListPoller, told: list[str]) -> Job:
    """Wait for the job a, and note the phases that are reported."""

    async def show(seen: Observation) -> None:
        told.append(seen.job.phase.value)

    return await poller.finished("a", timeout=1000, on_progress=show)
