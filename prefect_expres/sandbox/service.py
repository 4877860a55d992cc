"""The rules of the sandbox service: who may do what to a job, and when."""

import asyncio
import contextlib
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePath

from prefect_expres.expres.access import Access, job_list_for
from prefect_expres.sandbox.runner import Runner
from prefect_expres.sandbox.store import Entity, SandboxJob, Store, Value, now
from prefect_expres.uws.models import Phase

GUEST = "anonymous"
FILE_PARAMETERS = {"config": "application/json", "ephemeride": "text/csv"}
PARAMETERS = ("branch", *FILE_PARAMETERS)
JOB_LISTS = ("ExPRES", "ExPRES-dev")
DESTRUCTION_DAYS = 30
SWEEP_SECONDS = 1.0


class Refusal(Exception):
    """The service says no.

    Args:
        kind: What kind of no: ``bad``, ``conflict``, ``limit``, ``owner``, ``missing``.
        reason: The words for the user.
    """

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(kind, reason)
        self.kind = kind
        self.reason = reason


@dataclass(frozen=True)
class UploadedFile:
    """A file that came with a new job."""

    name: str
    content: bytes


class Service:
    """Creates, starts, aborts and deletes jobs.

    Args:
        store: Keeps the jobs.
        runner: Runs them.
        active_jobs: How many jobs one owner may have queued or executing.
    """

    def __init__(self, store: Store, runner: Runner, active_jobs: int) -> None:
        self._store = store
        self._runner = runner
        self._active_jobs = active_jobs

    async def keep_house(self) -> None:
        """Delete what is past its destruction time, for ever."""
        while True:
            for job in self._store.jobs():
                if job.destruction <= datetime.now(UTC):
                    await self._runner.stop(job)
                    self._store.delete(job)
            await asyncio.sleep(SWEEP_SECONDS)

    def jobs(self, job_list: str, user: str) -> list[SandboxJob]:
        """Give a user's jobs, oldest first; an unknown list is empty."""
        return [job for job in self._store.jobs() if job.job_list == job_list and job.owner == user]

    def job(self, job_list: str, job_id: str, user: str) -> SandboxJob:
        """Give a job to its owner."""
        job = self._store.get(job_id)
        if job is None or job.job_list != job_list:
            raise Refusal("missing", f'Job "{job_id}" NOT FOUND')
        if job.owner != user:
            raise Refusal("owner", f"User {user} is not the owner of the job")
        return job

    def file(self, entity_id: str, user: str) -> tuple[Path, Entity]:
        """Give a stored file to its owner."""
        found = self._store.entity(entity_id)
        if found is None:
            raise Refusal("missing", f'Entity "{entity_id}" NOT FOUND')
        job, entity = found
        if job.owner != user:
            raise Refusal("bad", f"User {user} is not the owner of the entity")
        return self._store.folder(job) / entity.path, entity

    def stream(self, job: SandboxJob, name: str) -> str:
        """Give what a job has printed."""
        path = self._store.folder(job) / name
        return path.read_text("utf-8", "replace") if path.exists() else ""

    def create(
        self,
        job_list: str,
        user: str,
        fields: Mapping[str, str],
        files: Mapping[str, UploadedFile],
    ) -> SandboxJob:
        """Create a job in phase PENDING."""
        if job_list not in JOB_LISTS:
            raise Refusal("unknown-list", f"VOTable not found for job {job_list}")
        created = now()
        longest = Access.of(None if user == GUEST else user).longest_run
        job = SandboxJob(
            id=self._store.new_id(),
            job_list=job_list,
            owner=user,
            run_id=fields.get("runId", ""),
            created=created,
            destruction=created + timedelta(days=DESTRUCTION_DAYS),
            execution_duration=min(600, longest),
        )
        if "executionDuration" in fields:
            self._set_duration(job, fields["executionDuration"])
        job.parameters = {
            name: Value(text=text)
            for name, text in fields.items()
            if name not in {"PHASE", *FILE_PARAMETERS}
        }
        job.parameters.setdefault("branch", Value(text="master"))
        for name, upload in files.items():
            if name in FILE_PARAMETERS:
                job.parameters[name] = self._upload(job, name, upload)
        self._store.save(job)
        return job

    def start(self, job: SandboxJob) -> None:
        """Put a job into the queue."""
        if job.phase is not Phase.PENDING:
            raise Refusal("conflict", "Job has to be in PENDING phase")
        active = sum(other.active for other in self._store.jobs() if other.owner == job.owner)
        if active >= self._active_jobs:
            reason = f"Maximum number of active jobs reached for {job.owner} ({self._active_jobs})"
            raise Refusal("limit", reason)
        branch = job.parameters["branch"].text
        guest = job.owner == GUEST
        if job_list_for(branch) != job.job_list or (guest and branch != "master"):
            raise Refusal("bad", f"Branch {branch} cannot be run on {job.job_list} by {job.owner}")
        self._runner.queue(job)

    async def abort(self, job: SandboxJob) -> None:
        """Stop a job; a finished one cannot be aborted."""
        if job.phase.finished:
            raise Refusal("conflict", f"Job {job.id} cannot be aborted while in phase {job.phase}")
        job.aborted_before_run = job.phase is Phase.PENDING
        await self._runner.stop(job)
        self._runner.finish(job, Phase.ABORTED, f"Job aborted by user {job.owner}")

    async def delete(self, job: SandboxJob) -> None:
        """Stop a job if it runs, and forget it."""
        await self._runner.stop(job)
        self._store.delete(job)
        self._runner.wake(job.id)

    def set_parameter(self, job: SandboxJob, name: str, text: str) -> None:
        """Change a parameter of a PENDING job."""
        self._only_pending(job)
        if name not in PARAMETERS:
            raise Refusal("bad", f"Parameter {name} is not defined")
        job.parameters[name] = Value(text=text)
        self._store.save(job)

    def set_duration(self, job: SandboxJob, text: str) -> None:
        """Change how long a PENDING job may run."""
        self._only_pending(job)
        self._set_duration(job, text)
        self._store.save(job)

    def set_destruction(self, job: SandboxJob, text: str) -> None:
        """Change when a job is deleted; a time without a zone is the server's local time."""
        try:
            job.destruction = datetime.fromisoformat(text).astimezone(UTC)
        except ValueError:
            raise Refusal("bad", f"Bad destruction time {text}") from None
        self._store.save(job)

    async def changed(self, job: SandboxJob, seconds: float) -> bool:
        """Wait until a job changes; say whether it did within so many seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._runner.change_of(job.id)
                return True
        return False

    def _set_duration(self, job: SandboxJob, text: str) -> None:
        try:
            seconds = int(float(text))
        except (ValueError, OverflowError):
            raise Refusal("bad", f"Bad execution duration {text}") from None
        longest = Access.of(None if job.owner == GUEST else job.owner).longest_run
        job.execution_duration = min(seconds, longest) if seconds > 0 else longest

    def _only_pending(self, job: SandboxJob) -> None:
        if job.phase is not Phase.PENDING:
            raise Refusal("conflict", "Job has to be in PENDING phase")

    def _upload(self, job: SandboxJob, role: str, upload: UploadedFile) -> Value:
        name = re.sub(r"[^A-Za-z0-9._-]", "_", PurePath(upload.name).name) or role
        folder = self._store.folder(job) / "inputs" / role
        folder.mkdir(parents=True)
        (folder / name).write_bytes(upload.content)
        entity = Entity(
            id=self._store.new_id(),
            role=role,
            name=name,
            path=f"inputs/{role}/{name}",
            media_type=FILE_PARAMETERS[role],
            sha1=hashlib.sha1(upload.content, usedforsecurity=False).hexdigest(),
        )
        return Value(text=name, entity=entity)
