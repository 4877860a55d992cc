"""Leave no job running by mistake: a flow run that gives up stops its jobs."""

import contextlib
from collections.abc import AsyncIterator

import anyio

from prefect_expres.errors import ExpresError, JobError, WaitTimeout
from prefect_expres.execution.election import Submission
from prefect_expres.execution.events import Listener, StepTaken, Warned
from prefect_expres.execution.options import RunOptions
from prefect_expres.execution.steps import Steps
from prefect_expres.execution.stop import stop_jobs
from prefect_expres.expres import SimulationRequest
from prefect_expres.uws import Phase, UWSClient

STOP_SECONDS = 25.0
"""How long a cancelled run may take to stop its jobs: Prefect kills it after 30 seconds."""
STOP_SECONDS_AFTER_TIMEOUT = 5.0
"""How long it may take after the timeout of the run: the service may be away."""
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

    @contextlib.asynccontextmanager
    async def stopped_on_exit(self) -> AsyncIterator[None]:
        """Stop our jobs if the flow run is cancelled or gives up; strays also if the job failed."""
        try:
            yield
        except JobError:
            await self.stop_strays()
            raise
        except BaseException as fault:
            seconds = STOP_SECONDS
            if isinstance(fault, WaitTimeout):
                seconds = STOP_SECONDS_AFTER_TIMEOUT
                msg = f"Stopping jobs of ours, {seconds:.0f} s at most"
                await self._tell(StepTaken("abort", msg))
            with anyio.move_on_after(seconds, shield=True) as deadline:
                await self.stop()
            if deadline.cancelled_caught:
                msg = "The service did not answer in time; the job may still be running"
                await self._tell(Warned(msg))
            if self.submission is not None and not self.submission.ours:
                msg = f"{self.submission.job_url} is left to the run that created it"
                await self._tell(StepTaken("abort", msg))
            raise

    async def stop_strays(self) -> None:
        """When the chosen job has ended, stop those of creates whose answers were lost."""
        if self.submission is not None and self.submission.strays:
            await self.stop()

    async def stop(self) -> None:
        """Look for our jobs by name; once more if a create was under way, whose job may be late."""
        try:
            async with self._steps.client(self._request.job_list) as client:
                stopped = await self._stop_once(client)
                if self.submission is None:
                    await client.clock.sleep(SECOND_LOOK_AFTER)
                    stopped |= await self._stop_once(client)
        except ExpresError as fault:
            msg = f"Our jobs could not be stopped; look at them on the service. {fault}"
            await self._tell(Warned(msg))
            return
        for job_url, phase in stopped.items():
            state = phase.value if phase else "deleted"
            await self._tell(StepTaken("abort", f"{job_url} is {state}"))

    async def _stop_once(self, client: UWSClient) -> dict[str, Phase | None]:
        submission = self.submission
        known = [submission.job_id] if submission is not None and submission.ours else []
        return await stop_jobs(
            client,
            self._options.owner,
            fingerprint=self._request.fingerprint,
            known=known,
            spare_started=self._options.keep_running,
        )
