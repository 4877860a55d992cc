"""The steps of a campaign's simulations: on one board, in turn, looked at here or elsewhere."""

import asyncio
import contextlib
import functools
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from contextvars import copy_context

from prefect.context import FlowRunContext
from prefect.futures import PrefectFuture
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from prefect_expres.execution import steps
from prefect_expres.execution.attempts import Terms
from prefect_expres.expres import SimulationRequest
from prefect_expres.execution.manifest import PhaseTime
from prefect_expres.monitoring.progress import PhaseLog, tell
from prefect_expres.campaigns.concurrency import Slots
from prefect_expres.execution import Submission
from prefect_expres.storage import StoredFile
from prefect_expres.uws import Job, JobBoard, Phase, UWSClient
from prefect_expres.monitoring.artifacts import View, look_at

DOWNLOADS_AT_ONCE = 8
OUTSTANDING_LOOKS = 64


class BoardSteps:
    """The steps on the service, sharing one board, the places and the turns; see `Steps`.

    Args:
        board: The client of the job list.
        slots: The places on the service.
        largest_result: Bytes that one result may have.
    """

    def __init__(self, board: JobBoard, slots: Slots, largest_result: int) -> None:
        self._board = board
        self._slots = slots
        self._largest_result = largest_result
        self._downloads = asyncio.Semaphore(DOWNLOADS_AT_ONCE)
        self._look = _looker()

    def slot(self) -> AbstractAsyncContextManager[object]:
        """Hold a place on the service."""
        return self._slots.hold()

    def client(self, job_list: str) -> AbstractAsyncContextManager[UWSClient]:
        """Give the board, which stays open."""
        return contextlib.nullcontext(self._board)

    async def create(
        self, request: SimulationRequest, terms: Terms, passed_over: tuple[str, ...]
    ) -> Submission:
        """Come to the one job that runs the simulation."""
        return await steps.create(
            self._board,
            request,
            terms.owner,
            execution_duration=terms.execution_duration,
            timeout=terms.patience,
            passed_over=passed_over,
            alone=terms.alone,
        )

    async def show_job(self, label: str, job_url: str) -> None:
        """Show nothing: the log names the job, and the campaign's table in the end."""

    async def start(self, submission: Submission, timeout: float) -> Phase:
        """See to it that the job is started."""
        return await steps.start(self._board, submission, timeout)

    async def finish(
        self, submission: Submission, label: str, timeout: float, execution_duration: int
    ) -> tuple[Job, tuple[PhaseTime, ...]]:
        """Wait until the board shows that the job has completed."""
        log = PhaseLog(label, submission.job_url)
        wait = functools.partial(self._board.finished, timeout=timeout, on_progress=log.show)
        return await steps.finish(self._board, submission.job_id, wait), log.phases

    async def download(self, submission: Submission, folder: str) -> list[StoredFile]:
        """Bring the results home when it is their turn."""
        async with self._downloads:
            files = await steps.download(
                self._board, submission.job_id, folder, self._largest_result
            )
        tell("download", "%d files, %s bytes", len(files), f"{sum(file.size for file in files):,}")
        return files

    async def look(self, cdf: StoredFile, folder: str) -> View:
        """Look at the results."""
        return await self._look(cdf, folder)


def _looker() -> Callable[[StoredFile, str], Awaitable[View]]:
    """Look one by one in this process, or many at once where the flow's task runner has others.

    A submitted task costs 97 ms: they are submitted only where that buys the work of other
    processes. Here a look is a part of its simulation, whose task run tells of it.
    """
    flow_run = FlowRunContext.get()
    if flow_run is None or isinstance(flow_run.task_runner, ThreadPoolTaskRunner):
        return _one_by_one(asyncio.Semaphore(1))
    return _submitted(flow_run)


def _one_by_one(turn: asyncio.Semaphore) -> Callable[[StoredFile, str], Awaitable[View]]:
    async def look(cdf: StoredFile, folder: str) -> View:
        async with turn:
            return await look_at.fn(cdf, folder)

    return look


def _submitted(flow_run: FlowRunContext) -> Callable[[StoredFile, str], Awaitable[View]]:
    """Submit to the flow's task runner, in the context of the flow run and without its parameters.

    Prefect sends the context along: the parameters hold the service's token, which is nobody's
    business there, and those of the simulation's task run cannot be sent at all.
    """
    turn, context = asyncio.Semaphore(OUTSTANDING_LOOKS), copy_context()

    def submit(cdf: StoredFile, folder: str) -> PrefectFuture[View]:
        with flow_run.model_copy(update={"parameters": {}}):
            runner: TaskRunner[PrefectFuture[View]] = flow_run.task_runner
            return runner.submit(look_at, {"cdf": cdf, "folder": folder})

    async def look(cdf: StoredFile, folder: str) -> View:
        async with turn:
            future = context.run(submit, cdf, folder)
            return await asyncio.to_thread(future.result)

    return look
