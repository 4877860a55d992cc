"""Wait for jobs at a terminal: a live line per job, and a question after Ctrl-C."""

import asyncio
import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from prefect_expres.cli.commands.connect import Connection
from prefect_expres.cli.console.exit_codes import Interruption
from prefect_expres.cli.console.printing import error_console, note
from prefect_expres.cli.console.prompts import at_terminal, choose, until_interrupted
from prefect_expres.errors import JobAborted, JobFailed, JobLost, WaitTimeout
from prefect_expres.execution.evidence import fault_with_evidence
from prefect_expres.net.deadline import Deadline, within
from prefect_expres.uws import Job, Observation, Phase, UWSClient, wait_for

NO_TIMEOUT = 366 * 86_400.0
"""Seconds of a wait without a limit: one year."""

_BAD_ENDS = {Phase.ERROR: JobFailed, Phase.ABORTED: JobAborted, Phase.ARCHIVED: JobLost}


async def await_jobs(connection: Connection, timeout: float | None) -> tuple[Job, ...]:
    """Wait until every job is finished, and show them live.

    After Ctrl-C at a terminal, the user decides what happens to the jobs; without a terminal they
    are left running.

    Args:
        connection: The service and the jobs.
        timeout: Seconds to wait at most; None for no limit.

    Raises:
        WaitTimeout: The jobs were not finished in time.
        Interruption: The wait was stopped by Ctrl-C, and the jobs are left running.
        JobAborted: The jobs were aborted after Ctrl-C.
    """
    clock = connection.client.clock
    deadline = clock.now() + (NO_TIMEOUT if timeout is None else timeout)
    while True:
        try:
            return await until_interrupted(_shown(connection, deadline - clock.now()))
        except Interruption:
            await _decide(connection)


async def raise_bad_end(client: UWSClient, jobs: tuple[Job, ...]) -> None:
    """Raise the error of the first job that did not complete, with the messages of the service.

    Raises:
        JobFailed: A job ended in phase ERROR.
        JobAborted: A job was aborted.
        JobLost: The results of a job were deleted.
    """
    for job in jobs:
        if kind := _BAD_ENDS.get(job.phase):
            message = f"The job {client.job_url(job.id)} ended in phase {job.phase.value}"
            raise await fault_with_evidence(client, job.id, kind, message, job.error_summary)


async def see_phase_left(
    client: UWSClient, job_id: str, seconds: float, phase: Phase | None
) -> Job:
    """Wait until a job leaves a phase, by default its present one, or until the time is over."""
    left = phase

    async def look(seen: Observation) -> None:
        nonlocal left
        left = left or seen.job.phase
        if seen.job.phase is not left:
            raise _Left(seen.job)

    try:
        return await wait_for(client, job_id, timeout=seconds, on_progress=look)
    except _Left as change:
        return change.job
    except WaitTimeout:
        return await client.job(job_id)


class _Left(Exception):
    def __init__(self, job: Job) -> None:
        super().__init__(job)
        self.job = job


async def _decide(connection: Connection) -> None:
    """Ask what to do with the jobs; return if the wait continues.

    Raises:
        Interruption: The jobs are left running.
        JobAborted: The jobs were aborted.
    """
    client = connection.client
    urls = " ".join(client.job_url(job_id) for job_id in connection.ids)
    choices = {"l": "leave it running", "a": "abort it", "k": "keep waiting"}
    choice = choose("The job is still on the service:", choices, "l") if at_terminal() else "l"
    if choice == "k":
        return
    if choice == "a":
        for job_id in connection.ids:
            await client.abort(job_id)
        raise JobAborted(f"Aborted on your request: {urls}", urls)
    raise Interruption(f"Left running. To wait again: prefect-expres jobs wait {urls}")


async def _shown(connection: Connection, timeout: float) -> tuple[Job, ...]:
    deadline = Deadline(connection.client.clock, timeout, _tell)
    with within(deadline), _lines() as lines:
        waits = (
            wait_for(
                connection.client, job_id, timeout=timeout, on_progress=lines.line_of(job_id).show
            )
            for job_id in connection.ids
        )
        return tuple(await asyncio.gather(*waits))


async def _tell(message: str) -> None:
    note(message)


@contextlib.contextmanager
def _lines() -> Iterator["_Lines"]:
    """Show live lines during a wait; they vanish at its end."""
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    console = error_console()
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as progress:
        yield _Lines(progress)


@dataclass(frozen=True)
class _Lines:
    progress: Progress

    def line_of(self, job_id: str) -> "_Line":
        return _Line(self.progress, self.progress.add_task(job_id), job_id)


@dataclass
class _Line:
    """Show one job: live at a terminal, else by a note each time that its phase changes."""

    progress: Progress
    task: TaskID
    job_id: str
    noted: Phase | None = None

    async def show(self, seen: Observation) -> None:
        job = seen.job
        name = f"{job.run_id} ({self.job_id})" if job.run_id else self.job_id
        text = f"{name}  {job.phase.value}{_outlook(job)}"
        if self.progress.disable and job.phase is not self.noted:
            note(f"{text}, {seen.elapsed:.0f} s")
        self.noted = job.phase
        self.progress.update(self.task, description=text)


def _outlook(job: Job) -> str:
    """Show the quote of the job: OPUS gives its length in seconds, UWS the time of its end."""
    if job.phase is Phase.PENDING:
        return ", not started"
    if job.quote is None or job.phase.finished:
        return ""
    try:
        return f", about {float(job.quote):.0f} s in all"
    except ValueError:
        pass
    try:
        end = datetime.fromisoformat(job.quote)
    except ValueError:
        return ""
    if end.tzinfo is None:
        return f", until about {end:%H:%M}"
    left = (end - datetime.now(UTC)).total_seconds()
    return f", about {left:.0f} s to go" if left > 0 else ""
