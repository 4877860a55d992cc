"""Get a simulation's results from the service, whatever breaks on the way."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from prefect_expres.errors import JobAborted, JobError, JobLost, ServiceError, WaitTimeout
from prefect_expres.execution.election import Submission
from prefect_expres.execution.events import (
    AttemptFailed,
    JobChosen,
    Listener,
    StepTaken,
    Warned,
    ignore,
)
from prefect_expres.execution.guard import JobGuard
from prefect_expres.execution.manifest import PhaseTime
from prefect_expres.execution.options import RunOptions
from prefect_expres.execution.set_aside import mismatched_jobs
from prefect_expres.execution.steps import Steps
from prefect_expres.execution.verification import verify_downloaded
from prefect_expres.expres import SimulationRequest
from prefect_expres.net.deadline import Deadline, within
from prefect_expres.storage import StoredFile
from prefect_expres.uws import Job, Phase

MOST_EXCLUDED = 10
"""Jobs to exclude: after so many, the last one's error stands."""
SHORTEST_TIMEOUT = 1.0
"""Seconds that a step has, however late it begins."""


@dataclass(frozen=True)
class Finished:
    """A job that completed, when its phases were seen, and its results.

    ``compared`` is what of the results was compared with the request.
    """

    submission: Submission
    job: Job
    phases: tuple[PhaseTime, ...]
    files: list[StoredFile]
    compared: tuple[str, ...] = ()

    @property
    def facts(self) -> dict[str, Any]:
        """What the manifest says of the job."""
        return {
            "run_id": self.submission.run_id,
            "job_url": self.submission.job_url,
            "owner": self.job.owner_id,
            "phases": self.phases,
        }


class Attempts:
    """The attempts at one simulation.

    Args:
        request: The simulation.
        folder: Path or fsspec URL of the results' folder.
        steps: How each step is done.
        options: How it is to be run.
        tell: Is told what happens.
    """

    def __init__(
        self,
        request: SimulationRequest,
        folder: str,
        steps: Steps,
        options: RunOptions,
        tell: Listener = ignore,
    ) -> None:
        self._request = request
        self._folder = folder
        self._steps = steps
        self._options = options
        self._tell = tell
        self._guard = JobGuard(request, steps, options, tell)
        self._attempts_left = options.attempts
        self._excluded: list[str] = []
        self._mismatched: tuple[str, ...] = ()

    async def finish(self) -> Finished:
        """Run the simulation on some job and download its results.

        Raises:
            JobError: As many jobs as attempts ended without results; it is the last one's.
        """
        self._mismatched = await mismatched_jobs(self._folder)
        while True:
            try:
                return await self._attempt()
            except BaseExceptionGroup as group:
                raise unwrapped(group) from None
            except JobError as fault:
                await self._tell(AttemptFailed(self._request.label, fault))
                if not self._may_try_again(fault):
                    raise
                reason = str(fault.args[0]).rstrip(".")
                await self._tell(Warned(f"{reason}. Trying again."))

    async def _attempt(self) -> Finished:
        guard, label = self._guard, self._request.label
        guard.submission = None
        async with self._steps.slot(), guard.stopped_on_exit(), self._in_time() as deadline:
            async with deadline.told_about("a job that runs the simulation"):
                submission = guard.submission = await self._steps.create(
                    self._request, self._options, (*self._mismatched, *self._excluded)
                )
            await self._tell(JobChosen(label, submission.job_url))
            async with deadline.told_about(f"the start of {submission.job_url}"):
                await self._steps.start(submission, max(deadline.left, SHORTEST_TIMEOUT))
            job, phases = await self._steps.finish(
                submission,
                label,
                max(deadline.left, SHORTEST_TIMEOUT),
                self._options.execution_duration,
            )
        await guard.stop_strays()
        files = await self._steps.download(submission, self._folder)
        compared = await verify_downloaded(self._request, files, self._folder, submission.job_url)
        return Finished(submission, job, phases, files, compared)

    @contextlib.asynccontextmanager
    async def _in_time(self) -> AsyncIterator[Deadline]:
        """Keep all steps, and their retries, to the timeout.

        Raises:
            WaitTimeout: The service was away, or failed, until the deadline.
        """
        seconds = self._options.seconds_to_wait
        deadline = Deadline(self._steps.clock, seconds, self._tell_of_wait)
        try:
            with within(deadline):
                yield deadline
        except ServiceError as fault:
            if deadline.left > 0:
                raise
            submission = self._guard.submission
            url = submission.job_url if submission else fault.url or ""
            msg = (
                f"The service did not do its part in {seconds:.0f} s, which was the time to wait. "
                f"Try again later, or give it a longer timeout. {fault}"
            )
            raise WaitTimeout(msg, url, "never seen", seconds) from None

    async def _tell_of_wait(self, message: str) -> None:
        await self._tell(StepTaken("wait", message))

    def _may_try_again(self, fault: JobError) -> bool:
        """Count the attempt, unless it was another's job that vanished or an old one of no use."""
        submission = self._guard.submission
        assert submission is not None
        self._excluded.append(submission.job_id)
        vanished = not submission.ours and isinstance(fault, JobAborted | JobLost)
        if not vanished and submission.phase is not Phase.COMPLETED:
            self._attempts_left -= 1
        return self._attempts_left > 0 and len(self._excluded) <= MOST_EXCLUDED


def unwrapped(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """Take the one fault out of groups within groups; several stay a group.

    A signal that arrives while a connection is being made is raised within the task group of the
    network library. Prefect knows a cancelled flow run by the signal itself.
    """
    fault: BaseException = group
    while isinstance(fault, BaseExceptionGroup) and len(fault.exceptions) == 1:
        (fault,) = fault.exceptions
    return fault
