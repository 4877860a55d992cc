"""Wait for a job: bounded, adaptive, and never trusting a WAIT alone.

A server may block in WAIT, ignore it, cap it, sleep past the job's end, or answer with the
document as it was when the wait began. So: short waits first, each at most a fraction of the time
waited so far; a fresh read after a wait that ran to its end; sleep instead where the server does
not block, or where it slept past a change.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from prefect_expres.errors import Busy, JobNotFound, Unreachable, WaitTimeout
from prefect_expres.uws.client import UWSClient
from prefect_expres.uws.http import backoff
from prefect_expres.uws.models import Job

LONGEST_WAIT = 30
LONGEST_SLEEP = 15.0
SHORTEST_SLEEP = 0.25
GRACE_FOR_NEW_JOBS = 10.0


@dataclass(frozen=True)
class Observation:
    """One look at a job: its document and the seconds since the wait began."""

    job: Job
    elapsed: float


Observer = Callable[[Observation], Awaitable[None]]


async def wait_for(
    client: UWSClient,
    job_id: str,
    *,
    timeout: float,
    on_progress: Observer | None = None,
) -> Job:
    """Wait until a job is finished.

    A service that is away or busy for a while does not end the wait; only the deadline does.

    Args:
        client: The client of the job's list.
        job_id: The job.
        timeout: Seconds until the deadline.
        on_progress: Is told each look at the job.

    Returns:
        The job, read afresh after it finished.

    Raises:
        WaitTimeout: The deadline passed.
        JobNotFound: The service does not know the job, or knows it no more.
        ServiceError: The service refused to tell.
    """
    return await _Watch(client, job_id, timeout, on_progress).run()


class _Watch:
    """One wait: what was seen so far, and what the server was found to do with WAIT."""

    def __init__(
        self, client: UWSClient, job_id: str, timeout: float, on_progress: Observer | None
    ) -> None:
        self._client = client
        self._clock = client.clock
        self._job_id = job_id
        self._began = self._clock.now()
        self._timeout = timeout
        self._on_progress = on_progress
        self._seen: Job | None = None
        self._changed = self._began
        self._server_blocks = True
        self._misses = 0

    async def run(self) -> Job:
        job = await self._look()
        while job is None or not job.phase.finished:
            self._check_deadline()
            if job is not None and self._server_blocks and job.phase.waits:
                job = await self._block(job)
            else:
                await self._rest()
                job = await self._look()
        return job

    async def _block(self, job: Job) -> Job | None:
        """Ask the server to answer at the next change, and learn whether it does."""
        asked = max(1, min(LONGEST_WAIT, int(self._elapsed() / 3), int(self._left()) or 1))
        began = self._clock.now()
        answer = await self._look(wait=asked)
        if answer is None or answer.phase != job.phase:
            return answer
        if self._clock.now() - began < 0.9 * asked:
            self._server_blocks = False
            return answer
        fresh = await self._look()
        if fresh is not None and fresh.phase != job.phase:
            # It slept past the change: it cannot be trusted to wake up.
            self._server_blocks = False
        return fresh

    async def _look(self, wait: int | None = None) -> Job | None:
        """Read the job once; None if the service is away or busy just now."""
        phase = self._seen.phase if self._seen and wait else None
        try:
            job = await self._client.job(self._job_id, wait=wait, phase=phase)
        except JobNotFound:
            if self._seen is not None or self._elapsed() > GRACE_FOR_NEW_JOBS:
                raise
            return None
        except (Busy, Unreachable) as fault:
            self._misses += 1
            pause = backoff(self._misses, fault.retry_after)
            await self._clock.sleep(min(pause, max(self._left(), 0.0)))
            return None
        self._misses = 0
        if self._seen is None or job.phase != self._seen.phase:
            self._changed = self._clock.now()
        self._seen = job
        if self._on_progress is not None:
            await self._on_progress(Observation(job, self._elapsed()))
        return job

    async def _rest(self) -> None:
        """Sleep a tenth of the time that the phase has lasted, within bounds."""
        lasted = self._clock.now() - self._changed
        pause = min(max(lasted / 10, SHORTEST_SLEEP), LONGEST_SLEEP)
        await self._clock.sleep(min(pause, max(self._left(), 0.0)))

    def _check_deadline(self) -> None:
        if self._left() > 0:
            return
        phase = self._seen.phase.value if self._seen else "never seen"
        url = self._client.job_url(self._job_id)
        msg = (
            f"{url} is still {phase} after {self._elapsed():.0f} s, which was the time to wait. "
            "Give it a longer timeout, or look at the job on the service."
        )
        raise WaitTimeout(msg, url, phase, self._elapsed())

    def _elapsed(self) -> float:
        return self._clock.now() - self._began

    def _left(self) -> float:
        return self._timeout - self._elapsed()
