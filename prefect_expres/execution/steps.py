"""The steps of a simulation on a service, each on a client that is given.

Tasks wrap them one by one, campaigns and blocks call them as they are.
"""

import contextlib
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path
from typing import Protocol

from prefect_expres.errors import JobAborted, JobError, JobFailed, JobLost, JobNotFound
from prefect_expres.execution.download import fetch_results
from prefect_expres.execution.election import Election, Submission
from prefect_expres.execution.events import BytesReceived, JobObserved, Listener, StepTaken, ignore
from prefect_expres.execution.evidence import fault_with_evidence, lost
from prefect_expres.execution.manifest import (
    MANIFEST,
    Manifest,
    PhaseTime,
    SimulationResult,
    keep_manifest,
)
from prefect_expres.execution.options import RunOptions
from prefect_expres.execution.start import ensure_started
from prefect_expres.execution.view import ResultView, view_results
from prefect_expres.expres import SimulationRequest
from prefect_expres.net.clock import Clock
from prefect_expres.storage import StoredFile
from prefect_expres.uws import Job, Observation, Phase, UWSClient, wait_for
from prefect_expres.uws.transfer import RESULT_LIMIT
from prefect_expres.uws.waiting import Observer


class Wait(Protocol):
    """Waits until a job is finished."""

    async def __call__(self, *, on_progress: Observer) -> Job:
        """Wait, and tell each look at the job."""


async def create(
    client: UWSClient,
    request: SimulationRequest,
    options: RunOptions,
    excluded: Sequence[str] = (),
    tell: Listener = ignore,
) -> Submission:
    """Find or create the one job that runs the simulation; see `Election`."""
    submission = await Election(client, request, options, excluded, tell).submit()
    origin = "ours" if submission.ours else "of another flow run for the same simulation"
    await tell(
        StepTaken("submit", f"{submission.job_url}, {submission.phase.value}, {origin}"),
    )
    return submission


async def start(
    client: UWSClient, submission: Submission, timeout: float, tell: Listener = ignore
) -> Phase:
    """Start the job, or see that its creator does, and give the phase afterwards.

    Raises:
        JobLost: The job was withdrawn or deleted.
        WaitTimeout: The service's limit of active jobs was reached all the time.
    """
    try:
        return await ensure_started(client, submission, timeout=timeout, tell=tell)
    except JobNotFound:
        raise lost(submission.job_url) from None


async def finish(
    client: UWSClient, job_id: str, label: str, wait: Wait, tell: Listener = ignore
) -> tuple[Job, tuple[PhaseTime, ...]]:
    """Wait until the job has completed, in the way that is given.

    Returns:
        The completed job, and when each phase was first seen.

    Raises:
        JobFailed: The job ended in phase ERROR.
        JobAborted: The job was aborted.
        JobLost: The service knows the job no more.
        WaitTimeout: The deadline passed.
    """
    job_url = client.job_url(job_id)
    phases: list[PhaseTime] = []

    async def observed(seen: Observation) -> None:
        phase = seen.job.phase.value
        changed = not phases or phases[-1].phase != phase
        if changed:
            phases.append(PhaseTime(phase=phase, seconds=round(seen.elapsed, 3)))
        await tell(JobObserved(label, job_url, seen.job, seen.elapsed, changed))

    try:
        job = await wait(on_progress=observed)
    except JobNotFound:
        raise lost(job_url) from None
    if job.phase in _ENDED_BADLY:
        message = f"The job {job_url} ended in phase {job.phase.value}"
        kind = _ENDED_BADLY[job.phase]
        raise await fault_with_evidence(client, job_id, kind, message, job.error_summary)
    return job, tuple(phases)


async def download(
    client: UWSClient, job_id: str, folder: str, limit: int, tell: Listener = ignore
) -> list[StoredFile]:
    """Download every result and verify it; see `fetch_results`."""

    async def count(name: str, received: int, expected: int | None) -> None:
        await tell(BytesReceived(name, received, expected))

    return await fetch_results(
        client, job_id, folder, taken=(MANIFEST,), limit=limit, on_bytes=count, tell=tell
    )


_ENDED_BADLY: dict[Phase, type[JobError]] = {
    Phase.ERROR: JobFailed,
    Phase.ABORTED: JobAborted,
    Phase.ARCHIVED: JobLost,
}


class ResultSteps(Protocol):
    """What is done with downloaded results."""

    async def view(self, cdf: StoredFile, folder: str) -> ResultView:
        """Find what is visible, and draw it."""

    async def keep(
        self, folder: str, manifest: Manifest, made_from: Sequence[str | Path]
    ) -> SimulationResult:
        """Write the manifest, with which the simulation is complete."""


class Steps(ResultSteps, Protocol):
    """All steps of a simulation: as task runs, or as they are."""

    @property
    def clock(self) -> Clock:
        """The clock of deadlines."""

    def slot(self) -> AbstractAsyncContextManager[object]:
        """Hold a concurrency slot for a job on the service."""

    def client(self, job_list: str) -> AbstractAsyncContextManager[UWSClient]:
        """Give a client of a job list."""

    async def create(
        self, request: SimulationRequest, options: RunOptions, excluded: Sequence[str]
    ) -> Submission:
        """Find or create the one job that runs the simulation."""

    async def start(self, submission: Submission, timeout: float) -> Phase:
        """Start the job, or see that its creator does."""

    async def finish(
        self, submission: Submission, label: str, timeout: float, execution_duration: int
    ) -> tuple[Job, tuple[PhaseTime, ...]]:
        """Wait until the job has completed."""

    async def download(self, submission: Submission, folder: str) -> list[StoredFile]:
        """Download the results."""


class ClientSteps:
    """The steps as they are, on a client that stays open; see `Steps`.

    Args:
        client: The client of the job list.
        largest_result: Bytes that one result may have.
        tell: Is told what happens.
    """

    def __init__(
        self,
        client: UWSClient,
        largest_result: int = RESULT_LIMIT,
        tell: Listener = ignore,
    ) -> None:
        self._client = client
        self._largest_result = largest_result
        self._tell = tell

    @property
    def clock(self) -> Clock:
        """The client's clock."""
        return self._client.clock

    def slot(self) -> AbstractAsyncContextManager[object]:
        """Hold nothing: the service itself says when there are too many jobs."""
        return contextlib.nullcontext()

    def client(self, job_list: str) -> AbstractAsyncContextManager[UWSClient]:
        """Give the client, which stays open."""
        return contextlib.nullcontext(self._client)

    async def create(
        self, request: SimulationRequest, options: RunOptions, excluded: Sequence[str]
    ) -> Submission:
        """Find or create the one job that runs the simulation."""
        return await create(self._client, request, options, excluded, self._tell)

    async def start(self, submission: Submission, timeout: float) -> Phase:
        """Start the job, or see that its creator does."""
        return await start(self._client, submission, timeout, self._tell)

    async def finish(
        self, submission: Submission, label: str, timeout: float, execution_duration: int
    ) -> tuple[Job, tuple[PhaseTime, ...]]:
        """Wait until the job has completed."""
        wait = partial(self._wait, submission.job_id, timeout=timeout)
        return await finish(self._client, submission.job_id, label, wait, self._tell)

    async def download(self, submission: Submission, folder: str) -> list[StoredFile]:
        """Download the results."""
        return await download(
            self._client, submission.job_id, folder, self._largest_result, self._tell
        )

    async def view(self, cdf: StoredFile, folder: str) -> ResultView:
        """Find what is visible, and draw it."""
        return await view_results(cdf.url, folder, self._tell)

    async def keep(
        self, folder: str, manifest: Manifest, made_from: Sequence[str | Path]
    ) -> SimulationResult:
        """Write the manifest."""
        return await keep_manifest(folder, manifest)

    async def _wait(self, job_id: str, *, timeout: float, on_progress: Observer) -> Job:
        return await wait_for(self._client, job_id, timeout=timeout, on_progress=on_progress)
