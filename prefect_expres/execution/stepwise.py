"""A simulation by separate calls: begin it, wait for it, download its results."""

import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager

from prefect_expres.errors import JobError
from prefect_expres.execution.attempts import SHORTEST_TIMEOUT, Finished
from prefect_expres.execution.election import Submission
from prefect_expres.execution.events import (
    AttemptFailed,
    JobChosen,
    Listener,
    ignore,
)
from prefect_expres.execution.found import find_or_set_aside
from prefect_expres.execution.guard import JobGuard
from prefect_expres.execution.manifest import PhaseTime, SimulationResult
from prefect_expres.execution.options import RunOptions
from prefect_expres.execution.published import Take, TakenResult
from prefect_expres.execution.run import complete, folder_of
from prefect_expres.execution.set_aside import mismatched_jobs
from prefect_expres.execution.steps import Steps
from prefect_expres.execution.verification import verify_downloaded
from prefect_expres.execution.view import ResultView
from prefect_expres.expres import SimulationRequest
from prefect_expres.expres.estimate import result_bytes
from prefect_expres.storage import require_writable
from prefect_expres.uws import Job

Connect = Callable[[], AbstractAsyncContextManager[Steps]]
"""Gives the steps on a client that is open for as long as the context."""


class StepwiseRun:
    """One simulation that is begun, waited for and downloaded by separate calls.

    Each call has a client of its own, since the calls may come from different event loops. A call
    that is cancelled or gives up stops the job, as in `Attempts`.

    Args:
        request: The simulation.
        output: Path or fsspec URL under which the simulation gets a folder of its own.
        options: How it is to be run; one job is tried.
        connect: Gives the steps.
        made_from: What configuration and ephemeris were given as, for the lineage.
        take: Takes a published simulation in place of a run, if one is equal.
        tell: Is told what happens.
    """

    def __init__(
        self,
        request: SimulationRequest,
        output: str,
        options: RunOptions,
        connect: Connect,
        *,
        made_from: tuple[object, object] = (None, None),
        take: Take | None = None,
        tell: Listener = ignore,
    ) -> None:
        self._request = request
        self._folder = folder_of(request, output)
        self._options = options
        self._connect = connect
        self._made_from = made_from
        self._take = take
        self._tell = tell
        self._deadline: float  # known as soon as it is begun
        self._finished: tuple[Job, tuple[PhaseTime, ...]] | None = None
        self.submission: Submission | None = None
        self.result: SimulationResult | None = None
        self.view: ResultView | None = None

    async def find(self) -> bool:
        """Look whether the simulation stands complete and verified; then it is the result.

        So is a published one, if it is equal and may be taken.

        Raises:
            StorageError: The folder cannot be written, or has no space for a published one.
        """
        if not self._options.exclusive:
            fingerprint = self._request.fingerprint
            self.result = await find_or_set_aside(self._folder, fingerprint, self._tell)
        if self.result is None and self._take is not None:
            await self._require_writable()
            taken = await self._take(self._request, self._folder)
            if taken is not None:
                async with self._connect() as steps:
                    self.result, self.view = await self._completed(taken, steps)
        return self.result is not None

    async def begin(self) -> None:
        """Find or create the job that runs the simulation, and start it.

        Raises:
            StorageError: The folder cannot be written, or has no space for the results.
        """
        await self._require_writable()
        async with self._guarded() as (steps, guard):
            self._deadline = steps.clock.now() + self._options.seconds_to_wait
            excluded = await mismatched_jobs(self._folder)
            submission = await steps.create(self._request, self._options, excluded)
            self.submission = guard.submission = submission
            await self._tell(JobChosen(self._request.label, submission.job_url))
            await steps.start(submission, self._seconds_left(steps))

    async def wait(self) -> None:
        """Wait until the job has completed; it does nothing where the result is known.

        Raises:
            JobError: The job ended without results.
            WaitTimeout: The job was not done in time; it was stopped.
        """
        if self.submission is None or self._finished is not None:
            return
        try:
            async with self._guarded() as (steps, _):
                self._finished = await steps.finish(
                    self.submission,
                    self._request.label,
                    self._seconds_left(steps),
                    self._options.execution_duration,
                )
        except JobError as fault:
            await self._tell(AttemptFailed(self._request.label, fault))
            raise

    async def bring_home(self) -> SimulationResult:
        """Download the results and complete them, once; wait for them first if nobody has.

        Raises:
            JobError: The job ended without results.
            TransferError: A result did not arrive whole, or may not be fetched.
        """
        await self.wait()
        if self.result is None:
            self.result, self.view = await self._downloaded()
        return self.result

    async def _downloaded(self) -> tuple[SimulationResult, ResultView]:
        submission, finished = self.submission, self._finished
        assert submission is not None
        assert finished is not None
        async with self._connect() as steps:
            await self._guard(steps).stop_strays()
            files = await steps.download(submission, self._folder)
            compared = await verify_downloaded(
                self._request, files, self._folder, submission.job_url
            )
            return await self._completed(Finished(submission, *finished, files, compared), steps)

    async def _completed(
        self, finished: Finished | TakenResult, steps: Steps
    ) -> tuple[SimulationResult, ResultView]:
        return await complete(
            self._request,
            finished,
            self._folder,
            self._options.execution_duration,
            steps,
            made_from=self._made_from,
        )

    async def _require_writable(self) -> None:
        await require_writable(self._folder, result_bytes(self._request.configuration))

    @contextlib.asynccontextmanager
    async def _guarded(self) -> AsyncIterator[tuple[Steps, JobGuard]]:
        async with self._connect() as steps:
            guard = self._guard(steps)
            async with guard.stopped_on_exit():
                yield steps, guard

    def _guard(self, steps: Steps) -> JobGuard:
        guard = JobGuard(self._request, steps, self._options, self._tell)
        guard.submission = self.submission
        return guard

    def _seconds_left(self, steps: Steps) -> float:
        return max(self._deadline - steps.clock.now(), SHORTEST_TIMEOUT)
