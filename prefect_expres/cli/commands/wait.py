"""Wait for jobs in front of a person: a live line a job, and a question after Ctrl-C."""

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
from prefect_expres.uws import Job, Observation, Phase, UWSClient, wait_for

PATIENCE = 366 * 86_400.0
"""Seconds that stand for a wait without a limit."""

_BAD_ENDS = {Phase.ERROR: JobFailed, Phase.ABORTED: JobAborted, Phase.ARCHIVED: JobLost}


async def await_jobs(connection: Connection, timeout: float | None) -> tuple[Job, ...]:
    """Wait until every job is finished, and show them live.

    After Ctrl-C somebody at a terminal is asked what shall become of the jobs; else they are left
    alone.

    Args:
        connection: The service and the jobs.
        timeout: Seconds until the wait is given up; None for never.

    Raises:
        WaitTimeout: The jobs were not finished in time.
        Interruption: The wait was given up by Ctrl-C, and the jobs are left running.
        JobAborted: They were aborted after Ctrl-C.
    """
    clock = connection.client.clock
    deadline = clock.now() + (PATIENCE if timeout is None else timeout)
    while True:
        try:
            return await until_interrupted(_shown(connection, deadline - clock.now()))
        except Interruption:
            await _decide(connection)


async def raise_bad_end(client: UWSClient, jobs: tuple[Job, ...]) -> None:
    """Raise the error of the first job that did not complete, with what the service tells of it.

    Raises:
        JobFailed: A job ended in phase ERROR.
        JobAborted: A job was aborted.
        JobLost: A job's results were deleted.
    """
    for job in jobs:
        if kind := _BAD_ENDS.get(job.phase):
            said = f"The job {client.job_url(job.id)} ended in phase {job.phase.value}"
            raise await fault_with_evidence(client, job.id, kind, said, job.error_summary)


async def see_phase_left(
    client: UWSClient, job_id: str, seconds: float, phase: Phase | None
) -> Job:
    """Wait until a job leaves a phase, by default the one it is in, or the time is over."""
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
    """Ask what becomes of the jobs; come back if the wait goes on."""
    client = connection.client
    urls = " ".join(client.job_url(job_id) for job_id in connection.ids)
    choices = {"l": "leave it running", "a": "abort it", "k": "keep waiting"}
    choice = choose("What about the remote job?", choices, "l") if at_terminal() else "l"
    if choice == "k":
        return
    if choice == "a":
        for job_id in connection.ids:
            await client.abort(job_id)
        raise JobAborted(f"Aborted as you asked: {urls}", urls)
    raise Interruption(f"Left running. To go on waiting: prefect-expres jobs wait {urls}")


async def _shown(connection: Connection, timeout: float) -> tuple[Job, ...]:
    with _lines() as lines:
        waits = (
            wait_for(
                connection.client, job_id, timeout=timeout, on_progress=lines.line_of(job_id).show
            )
            for job_id in connection.ids
        )
        return tuple(await asyncio.gather(*waits))


@contextlib.contextmanager
def _lines() -> Iterator["_Lines"]:
    """Show lines while something is waited for; they vanish at its end."""
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
    """Shows one job: live at a terminal, else a note each time its phase changes."""

    progress: Progress
    task: TaskID
    job_id: str
    told: Phase | None = None

    async def show(self, seen: Observation) -> None:
        job = seen.job
        name = f"{job.run_id} ({self.job_id})" if job.run_id else self.job_id
        text = f"{name}  {job.phase.value}{_outlook(job)}"
        if self.progress.disable and job.phase is not self.told:
            note(f"{text}, {seen.elapsed:.0f} s")
        self.told = job.phase
        self.progress.update(self.task, description=text)


def _outlook(job: Job) -> str:
    """Tell how long the service expects the job to take: OPUS says seconds, UWS the end."""
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
