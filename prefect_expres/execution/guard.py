"""Leave no job running by mistake: a flow run that gives up stops its jobs."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import anyio

from prefect_expres.errors import ExpresError, JobError, Unreachable, WaitTimeout
from prefect_expres.execution.creation import creates_noted
from prefect_expres.execution.election import Submission
from prefect_expres.execution.events import Listener, StepTaken, Warned
from prefect_expres.execution.options import RunOptions
from prefect_expres.execution.steps import Steps
from prefect_expres.execution.stop import ANSWER_SECONDS, give_up, stop_job, stop_jobs
from prefect_expres.expres import SimulationRequest
from prefect_expres.expres.run_id import RunId
from prefect_expres.uws import Phase, UWSClient

STOP_SECONDS = 25.0
"""How long a cancelled run may take to stop its jobs: Prefect kills it after 30 seconds."""
STOP_SECONDS_AFTER_TIMEOUT = 5.0
"""How long it may take after the timeout of the run."""
SECOND_LOOK_AFTER = 1.0


class JobGuard:
    """Stops the jobs of one simulation.

    ``submission`` is the chosen job, None as long as a create may be under way.

    Args:
        request: The simulation.
        steps: Gives the client.
        options: How the simulation is run.
        tell: Is told what happens.
    """

    def __init__(
        self, request: SimulationRequest, steps: Steps, options: RunOptions, tell: Listener
    ) -> None:
        self._request = request
        self._steps = steps
        self._options = options
        self._tell = tell
        self.submission: Submission | None = None
        self._sent: list[RunId] = []
        self._stopped: set[str] = set()

    @contextlib.asynccontextmanager
    async def stopped_on_exit(self) -> AsyncIterator[None]:
        """Stop our jobs if the flow run is cancelled or gives up; strays also if the job failed."""
        with creates_noted() as self._sent:
            try:
                yield
            except JobError:
                await self.stop_strays()
                raise
            except BaseException as fault:
                await _unbroken(self._stop_before_the_end(gave_up=isinstance(fault, WaitTimeout)))
                raise

    async def _stop_before_the_end(self, *, gave_up: bool) -> None:
        seconds = STOP_SECONDS_AFTER_TIMEOUT if gave_up else STOP_SECONDS
        if gave_up:
            msg = f"Stopping jobs of ours, {seconds:.0f} s at most"
            await self._tell(StepTaken("abort", msg))
        until = anyio.current_time() + seconds
        with anyio.move_on_after(ANSWER_SECONDS) as limit:

            def answered() -> None:
                limit.deadline = until

            await self.stop(answered)
        if limit.cancelled_caught:
            give_up(self._options.owner)
            await self._tell_left("The service did not answer in time")
        if self.submission is not None and not self.submission.ours:
            msg = f"{self.submission.job_url} is left to the run that created it"
            await self._tell(StepTaken("abort", msg))

    async def stop_strays(self) -> None:
        """When the chosen job has ended, stop those of creates whose answers were lost."""
        if self.submission is not None and self.submission.strays:
            await self.stop()

    async def stop(self, on_answer: Callable[[], None] = lambda: None) -> None:
        """Stop the chosen job if it is ours, then look for others of ours by name.

        They are looked for once more if a create was under way, whose job may be late.
        """
        try:
            async with self._steps.client(self._request.job_list) as client:
                if self.submission is not None and self.submission.ours:
                    # It comes first: a long job list takes its time.
                    await self._stop_known(client, self.submission.job_id, on_answer)
                await self._stop_named(client, on_answer)
                if self.submission is None and self._sent:
                    await client.clock.sleep(SECOND_LOOK_AFTER)
                    await self._stop_named(client, on_answer)
        except ExpresError as fault:
            if isinstance(fault, Unreachable):
                give_up(self._options.owner)
            await self._tell_left(str(fault))

    async def _stop_known(
        self, client: UWSClient, job_id: str, on_answer: Callable[[], None]
    ) -> None:
        keep = self._options.keep_running
        await self._tell_stopped(
            await stop_job(client, job_id, spare_started=keep, on_answer=on_answer)
        )
        self._stopped.add(job_id)

    async def _stop_named(self, client: UWSClient, on_answer: Callable[[], None]) -> None:
        stopped = await stop_jobs(
            client,
            self._options.owner,
            fingerprint=self._request.fingerprint,
            spare_started=self._options.keep_running,
            on_answer=on_answer,
        )
        await self._tell_stopped(stopped)

    async def _tell_stopped(self, stopped: dict[str, Phase | None]) -> None:
        for job_url, phase in stopped.items():
            state = phase.value if phase else "deleted"
            await self._tell(StepTaken("abort", f"{job_url} is {state}"))

    async def _tell_left(self, reason: str) -> None:
        """Tell which jobs could not be stopped; a create that was sent may have made one."""
        chosen = self.submission
        names = map(str, self._sent) if chosen is None or chosen.strays else ()
        known = chosen.run_id if chosen else None
        left = [f"The job {name}, if it was created," for name in names if name != known]
        if chosen is not None and chosen.ours and chosen.job_id not in self._stopped:
            left.append(f"The job {chosen.job_url}")
        for job in left:
            msg = f"{job} could not be stopped, and may be running; abort it later. {reason}"
            await self._tell(Warned(msg, "abort"))


async def _unbroken(work: Coroutine[Any, Any, None]) -> None:
    """Await work to its end, however often the task is cancelled meanwhile.

    A signal cancels all tasks of the loop, and a task group then cancels its own once more.
    """
    task = asyncio.ensure_future(work)
    with anyio.CancelScope(shield=True):
        while not task.done():
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait({task})
    task.result()
