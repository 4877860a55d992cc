"""Get a simulation's results from the service, whatever breaks on the way."""

import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

import anyio

from prefect_expres.blocks import ExpresService
from prefect_expres.errors import ExpresError, JobAborted, JobError, JobLost
from prefect_expres.expres import SimulationRequest
from prefect_expres.outcome import PhaseTime
from prefect_expres.progress import tell, warn
from prefect_expres.submission import Submission, stop_jobs
from prefect_expres.tasks import await_phase, create_job, download_results, run_job
from prefect_expres.uws import Job, Phase, StoredFile, UWSClient
from prefect_expres.viewing import show_failure, show_job

STOP_SECONDS = 25.0
SECOND_LOOK_AFTER = 1.0
MOST_PASSED_OVER = 10


@dataclass(frozen=True)
class Finished:
    """A job that completed, when its phases were seen, and its results."""

    submission: Submission
    job: Job
    phases: tuple[PhaseTime, ...]
    files: list[StoredFile]


class Attempts:
    """The attempts of one flow run.

    Args:
        request: The simulation.
        service: The service.
        folder: Path or fsspec URL of the results' folder.
        owner: Stands for the flow run, see `RunId`.
        execution_duration: Seconds that a job may run.
        patience: Seconds to wait for each job.
        attempts: How many jobs may end without results.
        alone: Take no job but the flow run's own.
        keep_running: Leave a started job running when the flow run ends early.
    """

    def __init__(
        self,
        request: SimulationRequest,
        service: ExpresService,
        folder: str,
        owner: str,
        *,
        execution_duration: int,
        patience: float,
        attempts: int,
        alone: bool,
        keep_running: bool,
    ) -> None:
        self._request = request
        self._service = service
        self._folder = folder
        self._owner = owner
        self._execution_duration = execution_duration
        self._patience = patience
        self._left = attempts
        self._alone = alone
        self._keep_running = keep_running
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
        deadline = time.monotonic() + self._patience
        self._submission = None
        async with self._not_left_running():
            submission = self._submission = await create_job(
                self._request,
                self._service,
                self._owner,
                self._execution_duration,
                self._patience,
                tuple(self._passed_over),
                alone=self._alone,
            )
            await show_job(self._request.label, submission.job_url)
            await run_job(submission, self._service, _until(deadline))
            job, phases = await await_phase(
                submission.job_url,
                self._service,
                self._request.label,
                _until(deadline),
                self._execution_duration,
            )
        files = await download_results(submission.job_url, self._service, self._folder)
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
            async with self._service.get_client(self._request.job_list) as client:
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
        return await stop_jobs(client, self._owner, known=known, spare_started=self._keep_running)


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
