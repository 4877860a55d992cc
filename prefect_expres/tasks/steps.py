"""The steps of a simulation as task runs, for the flow `simulate` and the like."""

import contextlib
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from prefect_expres.blocks import ExpresService
from prefect_expres.execution import Manifest, PhaseTime, ResultView, RunOptions, SimulationResult
from prefect_expres.execution.election import Submission
from prefect_expres.expres import SimulationRequest
from prefect_expres.monitoring.assets import keep_result
from prefect_expres.net.clock import MonotonicClock
from prefect_expres.storage import StoredFile
from prefect_expres.tasks.jobs import await_phase, create_job, download_results, run_job
from prefect_expres.tasks.view import view_results
from prefect_expres.uws import Job, Phase, UWSClient


class TaskSteps:
    """The steps on the service, each a task run of its own; see `Steps`.

    Args:
        service: The service.
    """

    def __init__(self, service: ExpresService) -> None:
        self._service = service
        self.clock = MonotonicClock()

    def slot(self) -> AbstractAsyncContextManager[object]:
        """Hold nothing: the service itself says when there are too many jobs."""
        return contextlib.nullcontext()

    def client(self, job_list: str) -> AbstractAsyncContextManager[UWSClient]:
        """Give a client of a job list."""
        return self._service.get_client(job_list)

    async def create(
        self, request: SimulationRequest, options: RunOptions, excluded: Sequence[str]
    ) -> Submission:
        """Come to the one job that runs the simulation."""
        return await create_job(
            request,
            self._service,
            options.owner,
            options.execution_duration,
            options.seconds_to_wait,
            tuple(excluded),
            exclusive=options.exclusive,
        )

    async def start(self, submission: Submission, timeout: float) -> Phase:
        """See to it that the job is started."""
        return await run_job(submission, self._service, timeout)

    async def finish(
        self, submission: Submission, label: str, timeout: float, execution_duration: int
    ) -> tuple[Job, tuple[PhaseTime, ...]]:
        """Wait until the job has completed."""
        return await await_phase(
            submission.job_url, self._service, label, timeout, execution_duration
        )

    async def download(self, submission: Submission, folder: str) -> list[StoredFile]:
        """Download the results."""
        return await download_results(submission.job_url, self._service, folder)

    async def view(self, cdf: StoredFile, folder: str) -> ResultView:
        """Find what is visible, and draw it."""
        return await view_results(cdf, folder)

    async def keep(
        self, folder: str, manifest: Manifest, made_from: Sequence[str | Path]
    ) -> SimulationResult:
        """Write the manifest, and tell Prefect of the asset."""
        return await keep_result(folder, manifest, made_from)
