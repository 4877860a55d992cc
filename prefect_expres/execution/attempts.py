"""Get a simulation's results from the service, whatever breaks on the way."""

import contextlib
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

import anyio

from prefect_expres.errors import ExpresError, JobAborted, JobError, JobLost
from prefect_expres.expres import SimulationRequest
from prefect_expres.execution.manifest import PhaseTime
from prefect_expres.monitoring.progress import tell, warn
from prefect_expres.execution import Submission, stop_jobs
from prefect_expres.storage import StoredFile
from prefect_expres.uws import Job, Phase, UWSClient
from prefect_expres.monitoring.artifacts import View, show_failure

STOP_SECONDS = 25.0
SECOND_LOOK_AFTER = 1.0
MOST_PASSED_OVER = 10


@dataclass(frozen=True)
class Terms:
    """How a simulation is to be run.

    Args:
        owner: Stands for the flow run, see `RunId`.
        execution_duration: Seconds that a job may run.
        patience: Seconds to wait for each job.
        attempts: How many jobs may end without results.
        alone: Take no job but the flow run's own.
        keep_running: Leave a started job running when the flow run ends early.
    """

    owner: str
    execution_duration: int
    patience: float
    attempts: int = 1
    alone: bool = False
    keep_running: bool = False


class Steps(Protocol):
    """The steps on the service: tasks of their own, or parts of a campaign."""

    def slot(self) -> AbstractAsyncContextManager[object]:
        """Hold a place among those who have a job on the service."""

    def client(self, job_list: str) -> AbstractAsyncContextManager[UWSClient]:
        """Give a client of a job list."""

    async def create(
        self, request: SimulationRequest, terms: Terms, passed_over: tuple[str, ...]
    ) -> Submission:
        """Come to the one job that runs the simulation."""

    async def show_job(self, label: str, job_url: str) -> None:
        """Show where the job is."""

    async def start(self, submission: Submission, timeout: float) -> Phase:
        """See to it that the job is started."""

    async def finish(
        self, submission: Submission, label: str, timeout: float, execution_duration: int
    ) -> tuple[Job, tuple[PhaseTime, ...]]:
        """Wait until the job has completed."""

    async def download(self, submission: Submission, folder: str) -> list[StoredFile]:
        """Bring the results home."""

    async def look(self, cdf: StoredFile, folder: str) -> View:
        """Look at the results."""


@dataclass(frozen=True)
class Finished:
    """A job that completed, when its phases were seen, and its results."""

    submission: Submission
    job: Job
    phases: tuple[PhaseTime, ...]
    files: list[StoredFile]


class Attempts:
    """The attempts at one simulation.

    Args:
        request: The simulation.
        folder: Path or fsspec URL of the results' folder.
        steps: How each step is done.
        terms: How it is to be run.
    """

    def __init__(self, request: SimulationRequest, folder: str, steps: Steps, terms: Terms) -> None:
        self._request = request
        self._folder = folder
        self._steps = steps
        self._terms = terms
        self._left = terms.attempts
        self._passed_over: list[str] = []
        self._submission: Submission | None = None

    async def finish(self) -> Finished:
        """Come to a completed job and bring its results home.

        Raises:
            JobError: As many jobs as attempts ended without results; it is the last one's.
        """
        while True:
            try:
                return await self._attempt()
            except BaseExceptionGroup as group:
                raise bare(group) from None
            except JobError as fault:
                await show_failure(self._request.label, fault)
                if not self._may_try_again(fault):
                    raise
                warn("%s. Trying again.", str(fault.args[0]).rstrip("."))

    async def _attempt(self) -> Finished:
        self._submission = None
        async with self._steps.slot(), self._not_left_running():
            deadline = time.monotonic() + self._terms.patience
            submission = self._submission = await self._steps.create(
                self._request, self._terms, tuple(self._passed_over)
            )
            await self._steps.show_job(self._request.label, submission.job_url)
            await self._steps.start(submission, _until(deadline))
            job, phases = await self._steps.finish(
                submission, self._request.label, _until(deadline), self._terms.execution_duration
            )
        files = await self._steps.download(submission, self._folder)
        if submission.strays:
            await self._stop()
        return Finished(submission, job, phases, files)

    def _may_try_again(self, fault: JobError) -> bool:
        """Count the attempt, unless it was another's job that vanished or an old one of no use."""
        submission = self._submission
        if submission is None or len(self._passed_over) >= MOST_PASSED_OVER:
            return False
        self._passed_over.append(submission.job_id)
        vanished = not submission.ours and isinstance(fault, JobAborted | JobLost)
        if not vanished and submission.phase is not Phase.COMPLETED:
            self._left -= 1
        return self._left > 0

    @contextlib.asynccontextmanager
    async def _not_left_running(self) -> AsyncIterator[None]:
        """Stop our jobs if the flow run is cancelled or gives up while they may be running."""
        try:
            yield
        except JobError:
            raise
        except BaseException:
            with anyio.move_on_after(STOP_SECONDS, shield=True) as patience:
                await self._stop()
            if patience.cancelled_caught:
                warn("The service did not answer in time; the job may still be running")
            if self._submission is not None and not self._submission.ours:
                tell("abort", "%s is left to the run that created it", self._submission.job_url)
            raise

    async def _stop(self) -> None:
        """Look for our jobs by name; once more if a create was under way, whose job may be late."""
        try:
            async with self._steps.client(self._request.job_list) as client:
                stopped = await self._stop_once(client)
                if self._submission is None:
                    await anyio.sleep(SECOND_LOOK_AFTER)
                    stopped |= await self._stop_once(client)
        except ExpresError as fault:
            warn("Our jobs could not be stopped; look at them on the service. %s", fault)
            return
        for job_url, phase in stopped.items():
            tell("abort", "%s is %s", job_url, phase.value if phase else "deleted")

    async def _stop_once(self, client: UWSClient) -> dict[str, Phase | None]:
        submission = self._submission
        known = [submission.job_id] if submission is not None and submission.ours else []
        return await stop_jobs(
            client,
            self._terms.owner,
            fingerprint=self._request.fingerprint,
            known=known,
            spare_started=self._terms.keep_running,
        )


def bare(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """Take the one fault out of groups within groups; several stay a group.

    A signal that arrives while a connection is being made is raised within the task group of the
    network library. Prefect knows a cancelled flow run by the signal itself.
    """
    fault: BaseException = group
    while isinstance(fault, BaseExceptionGroup) and len(fault.exceptions) == 1:
        fault = fault.exceptions[0]
    return fault


def _until(deadline: float) -> float:
    return max(deadline - time.monotonic(), 1.0)
