"""Run jobs: a queue, a limit of parallel runs, and a process for each run."""

import asyncio
import contextlib
import hashlib
import os
import signal
from collections.abc import Sequence
from pathlib import Path

from prefect_expres.sandbox.behaviour import Behaviour
from prefect_expres.sandbox.provenance import write_provenance
from prefect_expres.sandbox.store import Entity, SandboxJob, Store, now
from prefect_expres.sandbox.threads import Threads
from prefect_expres.uws.models import Phase

KILL_AFTER_SECONDS = 3.0
PROVENANCE_DELAY_SECONDS = 0.3
_MEDIA_TYPES = {".cdf": "application/x-cdf", ".log": "text/plain"}


class Runner:
    """Runs queued jobs in the order in which they were started.

    Args:
        store: The store of jobs.
        command: The command that runs a job; the folder of the job is its last argument.
        threads: The threads of the service; a job reports its beginning and its end in one.
        behaviour: How many jobs run at once, and what goes wrong.
    """

    def __init__(
        self, store: Store, command: Sequence[str], threads: Threads, behaviour: Behaviour
    ) -> None:
        self.closing = False
        self._store = store
        self._command = tuple(command)
        self._threads = threads
        self._slots = asyncio.Semaphore(behaviour.parallel)
        self._silent_ends = behaviour.silent_ends
        self._leaves_orphans = behaviour.orphans
        self._orphans: list[asyncio.subprocess.Process] = []
        self._runs: dict[str, asyncio.Task[None]] = {}
        self._change = asyncio.Event()

    def recover(self) -> None:
        """After a restart, queue the queued jobs again, and end the executing ones.

        The process of a job does not outlive the service (see `end_with_service`), so an executing
        job cannot be continued.
        """
        for job in self._store.jobs():
            if job.phase is Phase.EXECUTING:
                job.streams = ["stderr", "stdout"]
                self.finish(job, Phase.ERROR, "The service was restarted while the job executed")
            elif job.phase is Phase.QUEUED:
                self.queue(job)

    def release(self) -> None:
        """End all waits for a change, and start no more runs: the service is about to stop."""
        self.closing = True
        self.wake()

    async def close(self) -> None:
        """End every run; queued and executing jobs are left to `recover`."""
        self.release()
        runs = list(self._runs.values())
        for run in runs:
            run.cancel()
        await asyncio.gather(*runs, return_exceptions=True)
        await asyncio.gather(*map(_end, self._orphans))

    def queue(self, job: SandboxJob) -> None:
        """Put a job into the queue."""
        job.phase, job.started = Phase.QUEUED, now()
        self._changed(job)
        run = asyncio.create_task(self._run(job))
        self._runs[job.id] = run
        run.add_done_callback(lambda _: self._runs.pop(job.id, None))

    async def stop(self, job: SandboxJob) -> None:
        """End the run of a job, if there is one, and its processes, unless they are left."""
        run = self._runs.get(job.id)
        if run is not None:
            run.cancel()
            await asyncio.gather(run, return_exceptions=True)

    def finish(self, job: SandboxJob, phase: Phase, error: str | None = None) -> None:
        """Put a job into its last phase."""
        job.phase, job.ended, job.error = phase, now(), error
        if job.started is not None:
            job.streams = ["stderr", "stdout"]
        self._changed(job)

    async def next_change(self) -> None:
        """Wait until any job changes."""
        await self._change.wait()

    def wake(self) -> None:
        """Wake all waits for a change."""
        self._change.set()
        self._change = asyncio.Event()

    def _changed(self, job: SandboxJob) -> None:
        self._store.save(job)
        self.wake()

    async def _run(self, job: SandboxJob) -> None:
        async with self._slots:
            if self.closing:
                return
            try:
                phase, error = await self._execute(job)
                if self._silent_ends > 0:
                    self._silent_ends -= 1
                    return
                job.results = self._collected(self._store.folder(job) / "work")
            except OSError as fault:
                phase, error = Phase.ERROR, f"The job could not be run: {fault}"
            async with self._threads.one():
                self.finish(job, phase, error)
        if phase is Phase.COMPLETED:
            await asyncio.sleep(PROVENANCE_DELAY_SECONDS)
            job.streams = [*write_provenance(job, self._store.folder(job)), *job.streams]
            self._changed(job)

    async def _execute(self, job: SandboxJob) -> tuple[Phase, str | None]:
        """Run the process of a job until it ends or its execution duration is over."""
        folder = self._store.folder(job)
        (folder / "work").mkdir(parents=True, exist_ok=True)
        process = await self._started(folder)
        try:
            job.process_id = process.pid
            async with self._threads.one():
                job.phase = Phase.EXECUTING
                self._changed(job)
            async with asyncio.timeout(job.execution_duration):
                code = await process.wait()
        except TimeoutError:
            return Phase.ERROR, f"Execution duration of {job.execution_duration} s exceeded"
        except asyncio.CancelledError:
            if self._leaves_orphans and not self.closing:
                self._orphans.append(process)
            raise
        finally:
            if process not in self._orphans:
                await _end(process)
        if code == 0:
            return Phase.COMPLETED, None
        lines = (folder / "stderr").read_text("utf-8", "replace").strip().splitlines()
        return Phase.ERROR, lines[-1] if lines else f"ExPRES ended with code {code}"

    async def _started(self, folder: Path) -> asyncio.subprocess.Process:
        """Start the process of a job in its own session; its stdin ends with the service."""
        with (folder / "stdout").open("wb") as stdout, (folder / "stderr").open("wb") as stderr:
            return await asyncio.create_subprocess_exec(
                *self._command,
                str(folder),
                stdin=asyncio.subprocess.PIPE,
                stdout=stdout,
                stderr=stderr,
                start_new_session=True,
                env=os.environ | {"EXPRES_TABLES": str(self._store.directory / "tables")},
            )

    def _collected(self, work: Path) -> list[Entity]:
        """Return the results of the run: spectra by their file names, the log by its role."""
        found = [(path, path.name) for path in sorted(work.glob("*.cdf"))]
        found += [(path, "log") for path in work.glob("run.log")]
        return [self._entity(path, role) for path, role in found]

    def _entity(self, path: Path, role: str) -> Entity:
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha1").hexdigest()
        return Entity(
            id=self._store.new_id(),
            role=role,
            name=path.name,
            path=f"work/{path.name}",
            media_type=_MEDIA_TYPES[path.suffix],
            sha1=digest,
            size=path.stat().st_size,
        )


async def _end(process: asyncio.subprocess.Process) -> None:
    """End a process and its children: first with SIGTERM, then with SIGKILL."""
    try:
        if process.returncode is None:
            _signal_group(process.pid, signal.SIGTERM)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(KILL_AFTER_SECONDS):
                    await process.wait()
    finally:
        # Its children may still run though it ended, and this wait may be cancelled.
        _signal_group(process.pid, signal.SIGKILL)
    await process.wait()


def _signal_group(leader: int, number: signal.Signals) -> None:
    # macOS raises PermissionError if only zombies are left in the group.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, number)
