"""Runs jobs: a queue, a limit of runs side by side, and a process of its own for each run."""

import asyncio
import contextlib
import hashlib
import json
import os
import signal
from collections.abc import Sequence
from pathlib import Path

from prefect_expres.sandbox.store import Entity, SandboxJob, Store, now
from prefect_expres.uws.models import Phase

KILL_AFTER_SECONDS = 3.0
PROVENANCE_DELAY_SECONDS = 0.3
_MEDIA_TYPES = {".cdf": "application/x-cdf", ".log": "text/plain"}


class Runner:
    """Runs queued jobs in the order in which they were started.

    Args:
        store: Keeps the jobs.
        command: What runs a job; the job's folder is its last argument.
        parallel: How many jobs run at once.
    """

    def __init__(self, store: Store, command: Sequence[str], parallel: int) -> None:
        self._store = store
        self._command = tuple(command)
        self._places = asyncio.Semaphore(parallel)
        self._runs: dict[str, asyncio.Task[None]] = {}
        self._changes: dict[str, asyncio.Event] = {}

    def recover(self) -> None:
        """After a restart: queue again what was queued, and end what was executing."""
        for job in self._store.jobs():
            if job.phase is Phase.EXECUTING:
                self.finish(job, Phase.ERROR, "The service was restarted while the job executed")
            elif job.phase is Phase.QUEUED:
                self.queue(job)

    async def close(self) -> None:
        """End every run, leaving executing jobs to `recover`."""
        for run in self._runs.values():
            run.cancel()
        await asyncio.gather(*self._runs.values(), return_exceptions=True)

    def queue(self, job: SandboxJob) -> None:
        """Put a job into the queue."""
        job.phase, job.started = Phase.QUEUED, now()
        self._changed(job)
        self._runs[job.id] = asyncio.create_task(self._run(job))

    async def stop(self, job: SandboxJob) -> None:
        """End a job's run, if it has one, and wait until its processes are gone."""
        run = self._runs.pop(job.id, None)
        if run is not None:
            run.cancel()
            await asyncio.gather(run, return_exceptions=True)

    def finish(self, job: SandboxJob, phase: Phase, error: str | None = None) -> None:
        """Put a job into its last phase."""
        job.phase, job.ended, job.error = phase, now(), error
        self._changed(job)

    async def change_of(self, job_id: str) -> None:
        """Wait until a job changes."""
        await self._changes.setdefault(job_id, asyncio.Event()).wait()

    def wake(self, job_id: str) -> None:
        """Wake all who wait for a change of a job."""
        event = self._changes.pop(job_id, None)
        if event is not None:
            event.set()

    def _changed(self, job: SandboxJob) -> None:
        self._store.save(job)
        self.wake(job.id)

    async def _run(self, job: SandboxJob) -> None:
        async with self._places:
            phase, error = await self._execute(job)
            job.results = self._collected(job, self._store.folder(job) / "work")
            self.finish(job, phase, error)
        if phase is Phase.COMPLETED:
            await asyncio.sleep(PROVENANCE_DELAY_SECONDS)
            job.results = [*job.results, self._provenance(job)]
            self._changed(job)
        self._runs.pop(job.id, None)

    async def _execute(self, job: SandboxJob) -> tuple[Phase, str | None]:
        """Run the job's process to its end, or to the end of its time."""
        folder = self._store.folder(job)
        (folder / "work").mkdir(parents=True, exist_ok=True)
        with (folder / "stdout").open("wb") as stdout, (folder / "stderr").open("wb") as stderr:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                str(folder),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                start_new_session=True,
                env=os.environ | {"EXPRES_TABLES": str(self._store.directory / "tables")},
            )
        try:
            job.phase, job.process_id = Phase.EXECUTING, process.pid
            self._changed(job)
            async with asyncio.timeout(job.execution_duration):
                code = await process.wait()
        except TimeoutError:
            return Phase.ERROR, f"Execution duration of {job.execution_duration} s exceeded"
        finally:
            await _end(process)
        if code == 0:
            return Phase.COMPLETED, None
        lines = (folder / "stderr").read_text("utf-8", "replace").strip().splitlines()
        return Phase.ERROR, lines[-1] if lines else f"ExPRES ended with code {code}"

    def _collected(self, job: SandboxJob, work: Path) -> list[Entity]:
        """Take up the files that the run left: spectra under their names, the log by its role."""
        found = [(path, path.name) for path in sorted(work.glob("*.cdf"))]
        found += [(path, "log") for path in work.glob("run.log")]
        return [self._entity(path, role) for path, role in found]

    def _provenance(self, job: SandboxJob) -> Entity:
        """Write where the results come from, as PROV-JSON, a moment after the job completed."""
        path = self._store.folder(job) / "work" / "provenance.json"
        used = {name: value.text for name, value in job.parameters.items()}
        record = {
            "activity": {f"opus:{job.id}": {"prov:label": job.job_list, "opus:parameters": used}},
            "entity": {f"opus:{entity.id}": {"prov:label": entity.name} for entity in job.results},
        }
        path.write_text(json.dumps(record))
        return self._entity(path, "provjson", "application/json")

    def _entity(self, path: Path, role: str, media_type: str | None = None) -> Entity:
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha1").hexdigest()
        return Entity(
            id=self._store.new_id(),
            role=role,
            name=path.name,
            path=f"work/{path.name}",
            media_type=media_type or _MEDIA_TYPES[path.suffix],
            sha1=digest,
        )


async def _end(process: asyncio.subprocess.Process) -> None:
    """End a process and all that it started: first kindly, then for good."""
    if process.returncode is not None:
        return
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(KILL_AFTER_SECONDS):
                await process.wait()
                return
