"""Wait for a job: with a deadline, adaptive, and without relying on WAIT.

The service is asked to answer when the phase changes, as long as this works and does no harm
(`LongPoll`). If not, the job is read again from time to time.

One bad answer says nothing about the job: a service that does not answer, fails or sends a broken
document is asked again. A job that is not found is looked for in the job list before it is given
up as lost.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from prefect_expres.errors import (
    Busy,
    JobLost,
    JobNotFound,
    ProtocolError,
    ServiceError,
    Unreachable,
    WaitTimeout,
)
from prefect_expres.net.deadline import Deadline, waits_for, within
from prefect_expres.net.retry import backoff
from prefect_expres.uws.client import UWSClient
from prefect_expres.uws.long_poll import LongPoll
from prefect_expres.uws.models import Job, Phase
from prefect_expres.uws.wait_policy import SHORT_WAIT, policy_of

SHORTEST_PAUSE = 2.0
LONGEST_FIRST_PAUSE = 5.0
LONGEST_PAUSE = 15.0
LATENESS = 0.02
"""The pause between two readings grows to this share of the seconds that the phase has lasted."""
GRACE_FOR_NEW_JOBS = 10.0
NOT_FOUND_BEFORE_LOST = 5
FAULTS_TOLERATED = 8
_SERVER_ERROR = 500


@dataclass(frozen=True)
class Observation:
    """A job as it was read, and the seconds since the wait began."""

    job: Job
    elapsed: float


Observer = Callable[[Observation], Awaitable[None]]


async def wait_for(
    client: UWSClient,
    job_id: str,
    *,
    timeout: float,
    on_progress: Observer | None = None,
    began: float | None = None,
    read_first: bool = False,
) -> Job:
    """Wait until a job is finished.

    A service that is unreachable or busy does not end the wait before the deadline.

    Args:
        client: The client of the job's list.
        job_id: The job.
        timeout: Seconds until the deadline.
        on_progress: Is called each time that the job was read.
        began: When the wait began on the client's clock; None for now.
        read_first: Read the job before the service is asked to wait: it has ended, most likely.

    Returns:
        The job, read after it had finished.

    Raises:
        WaitTimeout: The deadline passed.
        JobNotFound: The service does not know the job.
        JobLost: The service knew the job and does not know it any more.
        ServiceError: The service refused, or failed many times in a row.
    """
    wait = _Wait(client, job_id, timeout, on_progress, began)
    with within(Deadline(client.clock, wait.left)):
        return await wait.run(read_first=read_first)


def lost_job(url: str, phase: Phase | None) -> JobLost:
    """Make the error for a job that the service does not know any more."""
    seen = phase.value if phase else "never seen"
    return JobLost(
        f"The service does not know the job {url} any more; its last phase was {seen}. It was "
        "deleted, or the service lost it: run the simulation again, or allow more attempts.",
        url,
    )


class _Wait:
    """One wait for one job, with what was seen so far."""

    def __init__(
        self,
        client: UWSClient,
        job_id: str,
        timeout: float,
        on_progress: Observer | None,
        began: float | None,
    ) -> None:
        self._client = client
        self._clock = client.clock
        self._job_id = job_id
        self._began = self._clock.now() if began is None else began
        self._timeout = timeout
        self._on_progress = on_progress
        self._seen: Job | None = None
        self._changed = self._clock.now()
        self._policy = policy_of(client.jobs_url)
        self._long_poll = LongPoll(client, job_id, self._policy, self._note)
        self._pauses = 0
        self._faults = 0
        self._not_found = 0

    async def run(self, *, read_first: bool) -> Job:
        job = await self._next(self._long_poll.read if read_first else self._answer)
        while job is None or not job.phase.finished:
            self._check_deadline()
            job = await self._next(self._answer)
        return job

    async def _next(self, answer: Callable[[], Awaitable[Job]]) -> Job | None:
        """Get the next news; None, after a pause, if that failed and may succeed later."""
        try:
            job = await answer()
        except JobNotFound as fault:
            await self._check_not_found(fault)
            return None
        except ServiceError as fault:
            self._check_fault(fault)
            await waits_for(fault)
            await self._pause(fault.retry_after)
            return None
        await self._note(job)
        return job

    async def _answer(self) -> Job:
        """Let the service answer at a change where that is of use; else rest, and read the job."""
        phase = self._seen.phase if self._seen else None
        if phase is not None and (self._policy.needs_rest or not self._may_wait(phase)):
            await self._rest()
        if self._may_wait(phase):
            return await self._long_poll.answer(phase, self._began + self._timeout)
        return await self._long_poll.read()

    def _may_wait(self, phase: Phase | None) -> bool:
        return self.left >= SHORT_WAIT and self._policy.may_wait(phase, self._clock.now())

    async def _note(self, job: Job) -> None:
        """Remember and report a job that was read."""
        self._pauses = self._faults = self._not_found = 0
        if self._seen is None or job.phase != self._seen.phase:
            self._changed = self._clock.now()
        self._seen = job
        if self._on_progress is not None:
            await self._on_progress(Observation(job, self._elapsed()))

    async def _check_not_found(self, fault: JobNotFound) -> None:
        """Give up a job only if it is not found several times, and is not in the job list."""
        too_late = self._seen is None and self._elapsed() > GRACE_FOR_NEW_JOBS
        if too_late and not await self._is_listed():
            raise fault
        self._not_found += 1
        often = self._seen is not None and self._not_found >= NOT_FOUND_BEFORE_LOST
        if often and not await self._is_listed():
            phase = self._seen.phase if self._seen else None
            raise lost_job(self._client.job_url(self._job_id), phase)
        await self._pause(None)

    async def _is_listed(self) -> bool:
        """Say whether the job may still exist: a list that cannot be read proves nothing."""
        try:
            listed = await self._client.jobs()
        except ServiceError:
            return True
        return any(job.id == self._job_id for job in listed)

    def _check_fault(self, fault: ServiceError) -> None:
        """Raise an error that will last, or that came too many times in a row."""
        if isinstance(fault, Busy | Unreachable):
            return
        failed_inside = (fault.status or 0) >= _SERVER_ERROR or isinstance(fault, ProtocolError)
        self._faults += 1
        if not failed_inside or self._faults > FAULTS_TOLERATED:
            raise fault

    async def _pause(self, asked: float | None) -> None:
        self._pauses += 1
        await self._clock.sleep(min(backoff(self._pauses, asked), self.left))

    async def _rest(self) -> None:
        """Sleep two seconds, or a fiftieth of what the phase has lasted, within bounds.

        So the end of a job is noticed as soon as by who looks every two seconds, or late by two
        percent of its length at most. The first pause is longer: it makes up for the requests that
        showed that WAIT is of no use here.
        """
        lasted = self._clock.now() - self._changed
        pause = min(max(LATENESS * lasted, SHORTEST_PAUSE), LONGEST_PAUSE)
        due = (self._long_poll.requests + 1) * SHORTEST_PAUSE - self._elapsed()
        pause = max(pause, min(due, LONGEST_FIRST_PAUSE))
        await self._clock.sleep(min(pause, self.left))

    def _check_deadline(self) -> None:
        if self.left > 0:
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

    @property
    def left(self) -> float:
        """The seconds until the deadline; never below zero."""
        return max(self._timeout - self._elapsed(), 0.0)
