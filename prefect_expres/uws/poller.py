"""Watch many jobs of one list with one request a tick.

UWS tells the phase of every job in one answer. So all who wait for a job, and all who look for one,
share the next reading of the list; only a job that has left the active ones is read by itself.
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

SHORTEST_TICK = 1.0
LONGEST_TICK = 15.0
LIST_SHARE = 10.0
"""A tick lasts at least so many times what the service takes to tell the list."""
ACTIVE = tuple(phase for phase in Phase if not phase.finished)


@dataclass
class _Watch:
    """One who waits for a job."""

    job_id: str
    began: float
    timeout: float
    on_progress: Callable[[Observation], Awaitable[None]] | None
    left: asyncio.Future[bool] = field(default_factory=asyncio.Future)
    """Whether the job was missed in the whole list, and not in that of the active jobs only."""
    phase: Phase | None = None

    @property
    def deadline(self) -> float:
        return self.began + self.timeout

    async def show_end(self, seen: Observation) -> None:
        """Tell of a job that has ended.

        Raises:
            _StillActive: It has not.
        """
        if not seen.job.phase.finished:
            raise _StillActive
        if self.on_progress is not None:
            await self.on_progress(seen)


class _StillActive(Exception):
    """A job that was not among the active ones is one of them."""


class JobListPoller(UWSClient):
    """A client whose callers share the readings of the job list.

    Use it as an asynchronous context manager, in the event loop of all its callers. ``readings``
    counts the ticks: each is one request, apart from repetitions after faults.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.readings = 0
        self._asking: list[asyncio.Future[tuple[JobRef, ...]]] = []
        self._watching: list[_Watch] = []
        self._wanted = asyncio.Event()
        self._stirred = asyncio.Event()
        self._filters = True
        self._changed = self.clock.now()

    async def __aenter__(self) -> Self:
        """Begin to tick, as long as somebody waits."""
        self._ticking = asyncio.create_task(self._tick_on())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop, and close the connections."""
        self._ticking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._ticking
        await super().__aexit__(kind, fault, trace)

    async def named_jobs(
        self, phases: Iterable[Phase] = (), *, after: datetime | None = None
    ) -> tuple[JobRef, ...]:
        """Give the job list as the service tells it in the next tick, oldest first.

        The reading begins after this call, so that what was done before it is seen. One who asks
        for a part by time has a reading of one's own.
        """
        if after is not None:
            return await super().named_jobs(phases, after=after)
        asking: asyncio.Future[tuple[JobRef, ...]] = asyncio.Future()
        self._asking.append(asking)
        self._stir()
        wanted = frozenset(phases)
        return tuple(job for job in await asking if not wanted or job.phase in wanted)

    async def finished(
        self,
        job_id: str,
        *,
        timeout: float,
        on_progress: Callable[[Observation], Awaitable[None]] | None = None,
    ) -> Job:
        """Wait until a job is finished; see `wait_for`, which has the last word on it.

        Raises:
            JobLost: The list had the job, and the service knows it no more.
        """
        watch = _Watch(job_id, self.clock.now(), timeout, on_progress)
        while True:
            whole = await self._missed(watch)
            try:
                return await wait_for(
                    self,
                    job_id,
                    timeout=timeout,
                    on_progress=on_progress if whole else watch.show_end,
                    began=watch.began,
                )
            except _StillActive:
                # The service does not take several phases for what they are.
                self._filters = False
            except JobNotFound:
                if watch.phase is None:
                    raise
                raise lost_job(self.job_url(job_id), watch.phase) from None

    async def _missed(self, watch: _Watch) -> bool:
        """Wait until a job is not listed any more, and say whether the whole list was read."""
        watch.left = asyncio.Future()
        self._watching.append(watch)
        self._changed = self.clock.now()
        self._stir()
        try:
            return await watch.left
        finally:
            self._watching.remove(watch)

    def _stir(self) -> None:
        """Begin the next tick soon."""
        self._stirred.set()
        self._wanted.set()

    async def _tick_on(self) -> None:
        while True:
            await self._wanted.wait()
            began = self.clock.now()
            asking, self._asking = self._asking, []
            self._stirred.clear()
            try:
                await self._tick(asking)
            except Exception as fault:  # noqa: BLE001 - whatever it is, nobody may wait for ever
                self._tell_fault(fault, asking)
            if not self._asking and not self._watching:
                self._wanted.clear()
            await self._rest(self.clock.now() - began)

    async def _tick(self, asking: list[asyncio.Future[tuple[JobRef, ...]]]) -> None:
        """Read the list once: all of it if somebody asks for it, else the active jobs."""
        watching = list(self._watching)
        self.readings += 1
        whole = bool(asking)
        listed = await (super().named_jobs() if whole else self._active_jobs())
        for each in asking:
            if not each.done():
                each.set_result(listed)
        active = {ref.id: ref for ref in listed if not ref.phase.finished}
        for watch in watching:
            await self._note(watch, active.get(watch.job_id), whole=whole or not self._filters)

    async def _active_jobs(self) -> tuple[JobRef, ...]:
        if self._filters:
            try:
                return await self.jobs(ACTIVE)
            except RequestRejected:
                self._filters = False
        return await self.jobs()

    async def _note(self, watch: _Watch, ref: JobRef | None, *, whole: bool) -> None:
        """Tell one who waits what was seen, and let go of it when its job may have ended."""
        now = self.clock.now()
        late = now >= watch.deadline
        if ref is None or late:
            self._let_go(watch, whole=whole or late)
            self._changed = now
        elif ref.phase is not watch.phase:
            watch.phase = ref.phase
            self._changed = now
            await self._show(watch, ref, now - watch.began)

    @staticmethod
    async def _show(watch: _Watch, ref: JobRef, elapsed: float) -> None:
        """Tell one who waits of a phase; what goes wrong there is no concern of the others."""
        if watch.on_progress is None:
            return
        job = Job(id=ref.id, phase=ref.phase, run_id=ref.run_id)
        try:
            await watch.on_progress(Observation(job, elapsed))
        except Exception as fault:  # noqa: BLE001 - it is handed on
            if not watch.left.done():
                watch.left.set_exception(fault)

    def _tell_fault(
        self, fault: Exception, asking: list[asyncio.Future[tuple[JobRef, ...]]]
    ) -> None:
        """Tell those who look for a job; those who wait outlast what may mend itself.

        The others go on by themselves, and meet the fault.
        """
        for each in asking:
            if not each.done():
                each.set_exception(fault)
        mends = isinstance(fault, ExpresError) and fault.retryable
        for watch in self._watching:
            if not mends or self.clock.now() >= watch.deadline:
                self._let_go(watch, whole=True)

    @staticmethod
    def _let_go(watch: _Watch, *, whole: bool) -> None:
        if not watch.left.done():
            watch.left.set_result(whole)

    async def _rest(self, taken: float) -> None:
        """Let a tick pass; a quiet time makes it longer, and one who comes ends it early."""
        await self.clock.sleep(SHORTEST_TICK)
        quiet = self.clock.now() - self._changed
        tick = min(max(LIST_SHARE * taken, quiet / 10, SHORTEST_TICK), LONGEST_TICK)
        if self._stirred.is_set() and LIST_SHARE * taken < SHORTEST_TICK:
            return
        rest = asyncio.ensure_future(self.clock.sleep(max(tick - SHORTEST_TICK, 0.0)))
        stirred = asyncio.ensure_future(self._stirred.wait())
        try:
            await asyncio.wait({rest, stirred}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            rest.cancel()
            stirred.cancel()
