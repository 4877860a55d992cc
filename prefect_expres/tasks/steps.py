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
        submission: Submission = await create_job(request, self._service, options, tuple(excluded))
        return submission

    async def start(self, submission: Submission, timeout: float) -> Phase:
        """See to it that the job is started."""
        phase: Phase = await run_job(submission, self._service, timeout)
        return phase

    async def finish(
        self, submission: Submission, label: str, timeout: float, execution_duration: int
    ) -> tuple[Job, tuple[PhaseTime, ...]]:
        """Wait until the job has completed."""
        finished: tuple[Job, tuple[PhaseTime, ...]] = await await_phase(
            submission, self._service, timeout, label
        )
        return finished

    async def download(self, submission: Submission, folder: str) -> list[StoredFile]:
        """Download the results."""
        files: list[StoredFile] = await download_results(submission, self._service, folder)
        return files

    async def view(self, cdf: StoredFile, folder: str) -> ResultView:
        """Find what is visible, and draw it."""
        seen: ResultView = await view_results(cdf, folder)
        return seen

    async def keep(
        self, folder: str, manifest: Manifest, made_from: Sequence[str | Path]
    ) -> SimulationResult:
        """Write the manifest, and tell Prefect of the asset."""
        return await keep_result(folder, manifest, made_from)
