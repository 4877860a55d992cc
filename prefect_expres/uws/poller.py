"""Wait for many jobs of one list with one request an interval.

UWS tells the phase of every job in one answer. So all callers that wait for a job, and all that
look for one, share the next reading of the list. A job is read by itself only after it has left
the list of active jobs.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from prefect_expres.errors import ExpresError, JobNotFound, RequestRejected
from prefect_expres.uws.client import UWSClient
from prefect_expres.uws.models import Job, JobRef, Phase
from prefect_expres.uws.waiting import Observation, lost_job, wait_for

SHORTEST_INTERVAL = 1.0
LONGEST_INTERVAL = 15.0
INTERVAL_PER_READING = 10.0
"""The interval is at least so many times as long as the service takes to answer with the list."""
INTERVAL_PER_QUIET_SECOND = 0.1
"""The interval grows by this much with each second in which nothing changes."""
ACTIVE = tuple(phase for phase in Phase if not phase.finished)


@dataclass
class _Waiter:
    """A caller that waits for a job."""

    job_id: str
    began: float
    timeout: float
    on_progress: Callable[[Observation], Awaitable[None]] | None
    unlisted: asyncio.Future[bool] = field(default_factory=asyncio.Future)
    """Done when the list lacks the job; true if the whole list was read, not the active jobs."""
    phase: Phase | None = None

    @property
    def deadline(self) -> float:
        return self.began + self.timeout

    def release(self, *, whole_list: bool) -> None:
        """Let the caller read the job by itself."""
        if not self.unlisted.done():
            self.unlisted.set_result(whole_list)

    async def report(self, ref: JobRef, elapsed: float) -> None:
        """Report a phase to the caller; an error in its callback is raised to this caller only."""
        if self.on_progress is None:
            return
        job = Job(id=ref.id, phase=ref.phase, run_id=ref.run_id)
        try:
            await self.on_progress(Observation(job, elapsed))
        except Exception as fault:  # noqa: BLE001 - it is handed on
            if not self.unlisted.done():
                self.unlisted.set_exception(fault)

    async def report_end(self, seen: Observation) -> None:
        """Report a job that has ended.

        Raises:
            _StillActive: It has not.
        """
        if not seen.job.phase.finished:
            raise _StillActive
        if self.on_progress is not None:
            await self.on_progress(seen)


class _StillActive(Exception):
    """The list of active jobs lacked a job that is active."""


class JobListPoller(UWSClient):
    """A client whose callers share the readings of the job list.

    Use it as an asynchronous context manager, in the event loop of all its callers. ``readings``
    counts how often the list was read; retries after errors are not counted.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.readings = 0
        self._list_requests: list[asyncio.Future[tuple[JobRef, ...]]] = []
        self._waiters: list[_Waiter] = []
        self._needed = asyncio.Event()
        self._new_caller = asyncio.Event()
        self._filters_work = True
        self._changed = self.clock.now()

    async def __aenter__(self) -> Self:
        """Begin to poll, as long as there are callers."""
        self._polling = asyncio.create_task(self._poll())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop polling, and close the connections."""
        self._polling.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._polling
        await super().__aexit__(kind, fault, trace)

    async def named_jobs(
        self, phases: Iterable[Phase] = (), *, after: datetime | None = None
    ) -> tuple[JobRef, ...]:
        """Give the job list of the next reading, oldest first.

        The reading begins after this call, so that it shows what was done before. A request with
        ``after`` is not shared.
        """
        if after is not None:
            return await super().named_jobs(phases, after=after)
        request: asyncio.Future[tuple[JobRef, ...]] = asyncio.Future()
        self._list_requests.append(request)
        self._poll_soon()
        wanted = frozenset(phases)
        return tuple(job for job in await request if not wanted or job.phase in wanted)

    async def finished(
        self,
        job_id: str,
        *,
        timeout: float,
        on_progress: Callable[[Observation], Awaitable[None]] | None = None,
    ) -> Job:
        """Wait until a job is finished; the arguments are those of `wait_for`.

        Raises:
            JobLost: The list had the job, and the service does not know it any more.
        """
        waiter = _Waiter(job_id, self.clock.now(), timeout, on_progress)
        while True:
            whole_list = await self._until_unlisted(waiter)
            try:
                return await wait_for(
                    self,
                    job_id,
                    timeout=timeout,
                    on_progress=on_progress if whole_list else waiter.report_end,
                    began=waiter.began,
                    read_first=True,
                )
            except _StillActive:
                # The service does not understand a filter of several phases.
                self._filters_work = False
            except JobNotFound:
                if waiter.phase is None:
                    raise
                raise lost_job(self.job_url(job_id), waiter.phase) from None

    async def _until_unlisted(self, waiter: _Waiter) -> bool:
        """Wait until the list lacks the job, and say whether it was the whole list."""
        waiter.unlisted = asyncio.Future()
        self._waiters.append(waiter)
        self._poll_soon()
        try:
            return await waiter.unlisted
        finally:
            self._waiters.remove(waiter)

    def _poll_soon(self) -> None:
        """Have the list read; whoever ends all tasks of the loop has ended the polling, too."""
        if self._polling.cancelling() or self._polling.done():
            self._polling = asyncio.create_task(self._poll())
        self._new_caller.set()
        self._needed.set()

    async def _poll(self) -> None:
        while True:
            await self._needed.wait()
            began = self.clock.now()
            requests, self._list_requests = self._list_requests, []
            self._new_caller.clear()
            try:
                await self._read_once(requests)
            except asyncio.CancelledError:
                self._list_requests += requests
                raise
            except Exception as fault:  # noqa: BLE001 - whatever it is, nobody may wait for ever
                self._report_fault(fault, requests)
            if not self._list_requests and not self._waiters:
                self._needed.clear()
            await self._pause(self.clock.now() - began)

    async def _read_once(self, requests: list[asyncio.Future[tuple[JobRef, ...]]]) -> None:
        """Read the whole list if a caller asks for it, else the active jobs."""
        waiters = list(self._waiters)
        self.readings += 1
        whole_list = bool(requests)
        listed = await (super().named_jobs() if whole_list else self._active_jobs())
        for request in requests:
            if not request.done():
                request.set_result(listed)
        active = {ref.id: ref for ref in listed if not ref.phase.finished}
        whole_list = whole_list or not self._filters_work
        for waiter in waiters:
            await self._update(waiter, active.get(waiter.job_id), whole_list=whole_list)

    async def _active_jobs(self) -> tuple[JobRef, ...]:
        if self._filters_work:
            try:
                return await self.jobs(ACTIVE)
            except RequestRejected:
                self._filters_work = False
        return await self.jobs()

    async def _update(self, waiter: _Waiter, ref: JobRef | None, *, whole_list: bool) -> None:
        """Report a new phase to a waiter, and release it when its job may have ended."""
        now = self.clock.now()
        late = now >= waiter.deadline
        if ref is None or late:
            waiter.release(whole_list=whole_list or late)
            self._changed = now
        elif ref.phase is not waiter.phase:
            waiter.phase = ref.phase
            self._changed = now
            await waiter.report(ref, now - waiter.began)

    def _report_fault(
        self, fault: Exception, requests: list[asyncio.Future[tuple[JobRef, ...]]]
    ) -> None:
        """Report an error to those who asked for the list, and to waiters if it will last.

        A released waiter reads its job by itself, and meets the same error.
        """
        for request in requests:
            if not request.done():
                request.set_exception(fault)
        temporary = isinstance(fault, ExpresError) and fault.retryable
        for waiter in self._waiters:
            if not temporary or self.clock.now() >= waiter.deadline:
                waiter.release(whole_list=True)

    async def _pause(self, reading_took: float) -> None:
        """Let an interval pass; a new caller ends it early, but spares a slow service."""
        shortest = _bounded(INTERVAL_PER_READING * reading_took)
        await self.clock.sleep(shortest)
        quiet = self.clock.now() - self._changed
        left = _bounded(INTERVAL_PER_QUIET_SECOND * quiet) - shortest
        if left <= 0:
            return
        rest = asyncio.ensure_future(self.clock.sleep(left))
        new_caller = asyncio.ensure_future(self._new_caller.wait())
        try:
            await asyncio.wait({rest, new_caller}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            rest.cancel()
            new_caller.cancel()


def _bounded(interval: float) -> float:
    return min(max(interval, SHORTEST_INTERVAL), LONGEST_INTERVAL)
