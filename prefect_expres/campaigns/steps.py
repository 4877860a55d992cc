"""The steps of a campaign's simulations, which share one poller of the job list."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from contextvars import copy_context
from pathlib import Path

from prefect.context import FlowRunContext
from prefect.futures import PrefectFuture
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from prefect_expres.campaigns.concurrency import JobSlots
from prefect_expres.execution import (
    ClientSteps,
    Manifest,
    ResultView,
    SimulationResult,
    Submission,
)
from prefect_expres.monitoring.assets import keep_result
from prefect_expres.monitoring.log import log_step
from prefect_expres.monitoring.progress import LogListener
from prefect_expres.storage import StoredFile
from prefect_expres.tasks.view import view_results
from prefect_expres.uws import Job, JobListPoller
from prefect_expres.uws.waiting import Observer

DOWNLOADS_AT_ONCE = 8
PENDING_VIEWS = 64


class PollerSteps(ClientSteps):
    """The steps on the service, sharing one poller and the concurrency slots; see `Steps`.

    Args:
        poller: The client of the job list.
        slots: The concurrency slots.
        largest_result: Bytes that one result may have.
    """

    def __init__(self, poller: JobListPoller, slots: JobSlots, largest_result: int) -> None:
        super().__init__(poller, largest_result, LogListener())
        self._poller = poller
        self._slots = slots
        self._downloads = asyncio.Semaphore(DOWNLOADS_AT_ONCE)
        self._view = _viewer()

    def slot(self) -> AbstractAsyncContextManager[object]:
        """Hold a concurrency slot for a job on the service."""
        return self._slots.hold()

    async def download(self, submission: Submission, folder: str) -> list[StoredFile]:
        """Download the results, a few simulations at once."""
        async with self._downloads:
            files = await super().download(submission, folder)
        size = f"{sum(file.size for file in files):,}"
        log_step("download", "%d files, %s bytes", len(files), size)
        return files

    async def view(self, cdf: StoredFile, folder: str) -> ResultView:
        """Find what is visible, and draw it."""
        return await self._view(cdf, folder)

    async def keep(
        self, folder: str, manifest: Manifest, made_from: Sequence[str | Path]
    ) -> SimulationResult:
        """Write the manifest, and tell Prefect of the asset."""
        return await keep_result(folder, manifest, made_from)

    async def _wait(self, job_id: str, *, timeout: float, on_progress: Observer) -> Job:
        return await self._poller.finished(job_id, timeout=timeout, on_progress=on_progress)


def _viewer() -> Callable[[StoredFile, str], Awaitable[ResultView]]:
    """View one by one in this process, or many at once where the flow's task runner has others.

    A submitted task costs 97 ms: they are submitted only where that buys the work of other
    processes. In this process a view is a part of its simulation's task run.
    """
    flow_run = FlowRunContext.get()
    if flow_run is None or isinstance(flow_run.task_runner, ThreadPoolTaskRunner):
        return _one_by_one(asyncio.Semaphore(1))
    return _submitted(flow_run)


def _one_by_one(limit: asyncio.Semaphore) -> Callable[[StoredFile, str], Awaitable[ResultView]]:
    async def view(cdf: StoredFile, folder: str) -> ResultView:
        async with limit:
            return await view_results.fn(cdf, folder)

    return view


def _submitted(flow_run: FlowRunContext) -> Callable[[StoredFile, str], Awaitable[ResultView]]:
    """Submit to the flow's task runner, in the context of the flow run and without its parameters.

    Prefect sends the context along: the parameters hold the service's token, which is nobody's
    business there, and those of the simulation's task run cannot be sent at all.
    """
    limit, context = asyncio.Semaphore(PENDING_VIEWS), copy_context()

    def submit(cdf: StoredFile, folder: str) -> PrefectFuture[ResultView]:
        with flow_run.model_copy(update={"parameters": {}}):
            runner: TaskRunner[PrefectFuture[ResultView]] = flow_run.task_runner
            return runner.submit(view_results, {"cdf": cdf, "folder": folder})

    async def view(cdf: StoredFile, folder: str) -> ResultView:
        async with limit:
            future = context.run(submit, cdf, folder)
            return await asyncio.to_thread(future.result)

    return view
