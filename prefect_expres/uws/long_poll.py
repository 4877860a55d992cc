"""Ask a service to answer when a job leaves its phase, as long as that is seen to do no harm.

The first WAIT lasts a second, or two if the service is slow. During it, the job is read by another
request, the look. If the look is answered while the WAIT is held, the service has threads left, and
a longer WAIT follows at once, before the short one ends: so this client never holds fewer threads
than at the moment of the look, and clients that begin at the same time find out together that there
are too few. If the look is answered only after the WAIT, or was queued, others would have to wait,
too: this service is not asked to wait again for a while.

Shortly before a long WAIT ends, another look prepares the next one. A look that shows a change
while the WAIT goes on has found a service that sleeps past changes.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from prefect_expres.errors import JobNotFound, ServiceError
from prefect_expres.uws.client import UWSClient
from prefect_expres.uws.models import Job, Phase
from prefect_expres.uws.wait_policy import SHORT_WAIT, WaitPolicy

ANSWER_MOMENT = 0.5
"""Seconds in which a wait must tell a change that a look has shown."""


@dataclass
class _Wait:
    """A request that the service was asked to hold; ``looked`` if it was seen to hold one."""

    seconds: int
    phase: Phase | None
    began: float
    answer: asyncio.Task[Job]
    looked: bool = False


class LongPoll:
    """The waits for one job.

    Args:
        client: The client of the job's list.
        job_id: The job.
        policy: What is known of the service.
        tell: Is told of a job that was read while the service waits.

    Attributes:
        requests: How many requests were made.
    """

    def __init__(
        self,
        client: UWSClient,
        job_id: str,
        policy: WaitPolicy,
        tell: Callable[[Job], Awaitable[None]],
    ) -> None:
        self._client = client
        self._clock = client.clock
        self._job_id = job_id
        self._policy = policy
        self._tell = tell
        self.requests = 0

    async def read(self, wait: int | None = None, phase: Phase | None = None) -> Job:
        """Read the job once, see `UWSClient.job`."""
        self.requests += 1
        return await self._client.job(self._job_id, wait=wait, phase=phase, attempts=1)

    async def answer(self, phase: Phase | None, deadline: float) -> Job:
        """Give the job when it has left a phase, or after a while.

        Args:
            phase: The phase that the job was seen in; None if it was not read yet.
            deadline: The moment on the client's clock at which the answer is due.

        Raises:
            ServiceError: A wait was not answered, or was refused.
        """
        wait = self._ask(self._first_wait(deadline), phase)
        try:
            while not await self._over(wait, self._until_look(wait)):
                soon_due = self._left(deadline) < SHORT_WAIT
                looked = None if soon_due else await self._look(wait)
                if looked is None:
                    await asyncio.wait({wait.answer})
                elif looked.phase is wait.phase or (wait.phase is None and looked.phase.waits):
                    await self._tell(looked)
                    if not self._policy.may_wait(looked.phase, self._clock.now()):
                        return looked
                    wait = self._held(wait, looked.phase, deadline)
                else:
                    return await self._changed(wait, looked)
            return self._learned(wait)
        finally:
            await _ended(wait.answer)

    def _ask(self, seconds: int, phase: Phase | None, *, looked: bool = False) -> _Wait:
        answer = asyncio.ensure_future(self.read(seconds, phase))
        return _Wait(seconds, phase, self._clock.now(), answer, looked)

    async def _look(self, wait: _Wait) -> Job | None:
        """Read the job during a wait; None if that failed, or the wait ended before."""
        usual, began = self._client.http.answer_took, self._clock.now()
        look = asyncio.ensure_future(self.read())
        try:
            await asyncio.wait({look, wait.answer}, return_when=asyncio.FIRST_COMPLETED)
            now = self._clock.now()
            queued = not self._policy.is_prompt(now - began, usual)
            if queued and (look.done() or self._policy.ran_out(wait.seconds, self._taken(wait))):
                self._policy.harms(now)
            if look.done():
                return look.result()
        except JobNotFound:
            raise
        except ServiceError:
            pass
        finally:
            await _ended(look)
        return None

    def _held(self, wait: _Wait, phase: Phase, deadline: float) -> _Wait:
        """Learn that a wait is held and does no harm; begin the next one if this one ends soon."""
        self._policy.holds()
        if not self._policy.ends_soon(wait.seconds, self._taken(wait)):
            return wait
        seconds = self._policy.next_wait(self._left(deadline))
        following = self._ask(seconds, phase, looked=True)
        wait.answer.cancel()
        return following

    async def _changed(self, wait: _Wait, looked: Job) -> Job:
        """Give a job that a look has found changed, and learn whether the wait tells it, too."""
        if wait.phase is not None and not await self._over(wait, ANSWER_MOMENT):
            self._policy.oversleeps(self._clock.now())
        return looked

    def _learned(self, wait: _Wait) -> Job:
        """Give the answer to a wait, and learn from it."""
        job = wait.answer.result()
        taken, now = self._taken(wait), self._clock.now()
        self._policy.answered(
            wait.seconds, taken, wait.phase, job.phase, looked=wait.looked, now=now
        )
        return job

    async def _over(self, wait: _Wait, within: float) -> bool:
        """Say whether a wait is answered within some seconds."""
        pause = asyncio.ensure_future(self._clock.sleep(within))
        try:
            await asyncio.wait({pause, wait.answer}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await _ended(pause)
        return wait.answer.done()

    def _first_wait(self, deadline: float) -> int:
        return self._policy.first_wait(self._left(deadline), self._client.http.answer_took)

    def _until_look(self, wait: _Wait) -> float:
        return self._policy.until_look(wait.seconds, self._taken(wait))

    def _taken(self, wait: _Wait) -> float:
        return self._clock.now() - wait.began

    def _left(self, deadline: float) -> float:
        return deadline - self._clock.now()


async def _ended(task: asyncio.Future[Any]) -> None:
    """Let a task end that is not needed any more."""
    task.cancel()
    await asyncio.wait({task})
