"""The rules of the sandbox service: which user may do what with a job, and when."""

import asyncio
import contextlib
import hashlib
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePath

from prefect_expres.expres.access import DEFAULT_BRANCH, Access, job_list_for
from prefect_expres.sandbox.behaviour import Behaviour
from prefect_expres.sandbox.dialects import Dialect
from prefect_expres.sandbox.husks import REASON, default_configuration
from prefect_expres.sandbox.refusal import Kind, Refusal
from prefect_expres.sandbox.requested import NewJob, UploadedFile, User
from prefect_expres.sandbox.runner import Runner
from prefect_expres.sandbox.store import (
    GUEST_NAME,
    STREAMS,
    Entity,
    SandboxJob,
    Store,
    Stream,
    Value,
    now,
)
from prefect_expres.uws.models import Phase

FILE_PARAMETERS = {"config": "application/json", "ephemeride": "text/csv"}
PARAMETERS = ("branch", *FILE_PARAMETERS)
JOB_LISTS = ("ExPRES", "ExPRES-dev")
DEFAULT_SECONDS = 600
DESTRUCTION_DAYS = 30
SWEEP_SECONDS = 1.0
LONGEST_NAME = 200


class Service:
    """Creates, starts, aborts and deletes jobs.

    Args:
        store: The store of jobs.
        runner: Runs the jobs.
        dialect: When it refuses.
        behaviour: Its limits, and its faults.
    """

    def __init__(
        self, store: Store, runner: Runner, dialect: Dialect, behaviour: Behaviour
    ) -> None:
        self._store = store
        self._runner = runner
        self._limit_at_creation = dialect.limit_at_creation
        named_twice = ("runId",) if dialect.keeps_control_parameters else ()
        self._changeable = (*PARAMETERS, *named_twice)
        self._behaviour = behaviour
        self._husks = behaviour.husks

    async def delete_expired(self) -> None:
        """Delete jobs after their destruction time, until it is cancelled."""
        while True:
            for job in self._store.jobs():
                if job.destruction <= datetime.now(UTC):
                    await self.delete(job)
            await asyncio.sleep(SWEEP_SECONDS)

    def jobs(self, job_list: str, user: User) -> list[SandboxJob]:
        """Return the jobs of a user, oldest first; an unknown list is empty."""
        return [job for job in self._store.jobs() if job.job_list == job_list and user.owns(job)]

    def job(self, job_list: str, job_id: str, user: User | None) -> SandboxJob:
        """Return a job, to its owner only; to anybody if no user is given."""
        job = self._store.get(job_id)
        if job is None or job.job_list != job_list:
            raise Refusal(Kind.MISSING, f'Job "{job_id}" NOT FOUND')
        if user is not None and not user.owns(job):
            raise Refusal(Kind.OWNER, f"User {user.name} is not the owner of the job")
        return job

    def file(self, entity_id: str, user: User) -> tuple[Path, Entity]:
        """Return a stored file, to who has its owner's name, whatever the token."""
        found = self._store.entity(entity_id)
        if found is None:
            raise Refusal(Kind.MISSING, f'Entity "{entity_id}" NOT FOUND')
        job, entity = found
        if job.owner != user.name:
            raise Refusal(Kind.FILE_OWNER, f"User {user.name} is not the owner of the entity")
        return self._store.folder(job) / entity.path, entity

    def stream(self, job: SandboxJob, name: str) -> tuple[bytes, Stream]:
        """Return the output of a job, or its provenance; empty if there is none yet."""
        stream = STREAMS[name]
        path = self._store.folder(job) / stream.path
        return (path.read_bytes() if path.exists() else b""), stream

    def create(self, job_list: str, user: User, asked: NewJob) -> SandboxJob:
        """Create a job in phase PENDING."""
        if job_list not in JOB_LISTS:
            raise Refusal(Kind.UNKNOWN_LIST, f"VOTable not found for job {job_list}")
        if self._limit_at_creation:
            self._check_limit(user.name)
        created = now()
        job = SandboxJob(
            id=self._store.new_id(),
            job_list=job_list,
            owner=user.name,
            token=user.token,
            run_id=asked.texts.get("runId", ""),
            created=created,
            destruction=asked.destruction or created + timedelta(days=DESTRUCTION_DAYS),
            execution_duration=DEFAULT_SECONDS,
        )
        if asked.execution_duration is not None:
            job.execution_duration = _allowed_seconds(user.name, asked.execution_duration)
        lacking = FILE_PARAMETERS.keys() - asked.files.keys() - asked.texts.keys()
        if self._husks > 0 or (self._behaviour.file_inputs and lacking):
            self._leave_husk(job, asked)
        job.parameters = {name: self._value(job, name, text) for name, text in asked.texts.items()}
        job.parameters.setdefault("branch", Value(text=DEFAULT_BRANCH))
        for name in FILE_PARAMETERS.keys() & asked.files.keys():
            job.parameters[name] = self._upload(job, name, asked.files[name])
        self._store.add(job)
        return job

    def start(self, job: SandboxJob) -> None:
        """Put a job into the queue.

        As on the real service, ``ExPRES`` runs the release and ``ExPRES-dev`` the development
        branch, and guests run only ``master``. Another branch is refused here; on the real service
        its program would not be found.
        """
        self._only_pending(job)
        if not self._limit_at_creation:
            self._check_limit(job.owner)
        if job.husk:
            self._upload(job, "config", UploadedFile("default.json", default_configuration()))
        branch = job.parameters.get("branch", Value(text=DEFAULT_BRANCH)).text
        if job_list_for(branch) != job.job_list or (job.of_guests and branch != DEFAULT_BRANCH):
            reason = f"Branch {branch} cannot be run on {job.job_list} by {job.owner}"
            raise Refusal(Kind.UNSUPPORTED, reason)
        self._store.count_start(job)
        self._runner.queue(job)

    async def abort(self, job: SandboxJob) -> None:
        """Stop a job; a finished one cannot be aborted."""
        _only_unfinished(job)
        job.aborted_before_run = job.phase is Phase.PENDING
        await self._runner.stop(job)
        # Another request may have ended it while its processes were stopped.
        _only_unfinished(job)
        self._runner.finish(job, Phase.ABORTED, f"Job aborted by user {job.owner}")

    async def delete(self, job: SandboxJob) -> None:
        """Stop a job if it runs, and delete it."""
        await self._runner.stop(job)
        self._store.delete(job)
        self._runner.wake()

    def set_parameter(self, job: SandboxJob, name: str, given: str | UploadedFile) -> None:
        """Change a parameter of a PENDING job."""
        self._only_pending(job)
        if name not in self._changeable:
            raise Refusal(Kind.UNSUPPORTED, f"Parameter {name} is not defined")
        if isinstance(given, str):
            job.parameters[name] = self._value(job, name, given)
        elif name in FILE_PARAMETERS:
            job.parameters[name] = self._upload(job, name, given)
        else:
            raise Refusal(Kind.UNSUPPORTED, f"Parameter {name} is not a file")
        self._store.save(job)

    def set_duration(self, job: SandboxJob, text: str) -> None:
        """Change the execution duration of a PENDING job, at most to the longest allowed."""
        self._only_pending(job)
        job.execution_duration = _allowed_seconds(job.owner, text)
        self._store.save(job)

    def set_destruction(self, job: SandboxJob, moment: datetime) -> None:
        """Change the destruction time of a job, in any phase."""
        job.destruction = moment
        self._store.save(job)

    async def await_leaving(self, job: SandboxJob, seconds: float, *, even_deleted: bool) -> bool:
        """Wait until a job leaves its phase; return whether it did in this number of seconds.

        Args:
            job: The job.
            seconds: How long to wait at most.
            even_deleted: Wait on when the job is deleted, and do not notice it, as OPUS does.
        """
        phase = job.phase

        def left() -> bool:
            deleted = self._store.get(job.id) is None
            return job.phase is not phase or (deleted and not even_deleted)

        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not left() and not self._runner.closing:
                    await self._runner.next_change()
        return left()

    def _leave_husk(self, job: SandboxJob, asked: NewJob) -> None:
        """Fail as OPUS does, and leave a job without its inputs."""
        self._husks -= 1
        job.husk = True
        kept = {name: text for name, text in asked.texts.items() if name not in PARAMETERS}
        job.parameters = {name: Value(text=text) for name, text in kept.items()}
        self._store.add(job)
        raise Refusal(Kind.FAILED, REASON)

    def _check_limit(self, user: str) -> None:
        active = sum(job.active for job in self._store.jobs() if job.owner == user)
        most = self._behaviour.active_jobs
        if active >= most:
            reason = f"Maximum number of active jobs reached for {user} ({most})"
            raise Refusal(Kind.LIMIT, reason)

    def _only_pending(self, job: SandboxJob) -> None:
        if job.phase is not Phase.PENDING:
            raise Refusal(Kind.CONFLICT, "Job has to be in PENDING phase")

    def _value(self, job: SandboxJob, name: str, text: str) -> Value:
        """Return a text parameter; the text of a file parameter is the content of the file."""
        if name not in FILE_PARAMETERS:
            return Value(text=text)
        return self._upload(job, name, UploadedFile(name, text.encode()))

    def _upload(self, job: SandboxJob, role: str, upload: UploadedFile) -> Value:
        name = _plain_name(upload.name) or role
        folder = self._store.folder(job) / "inputs" / role
        folder.mkdir(parents=True, exist_ok=True)
        for earlier in folder.iterdir():
            earlier.unlink()
        (folder / name).write_bytes(upload.content)
        entity = Entity(
            id=self._store.new_id(),
            role=role,
            name=name,
            path=f"inputs/{role}/{name}",
            media_type=FILE_PARAMETERS[role],
            sha1=hashlib.sha1(upload.content, usedforsecurity=False).hexdigest(),
            size=len(upload.content),
        )
        return Value(text=name, entity=entity)


def _only_unfinished(job: SandboxJob) -> None:
    if job.phase.finished:
        reason = f"Job {job.id} cannot be aborted while in phase {job.phase}"
        raise Refusal(Kind.CONFLICT, reason)


def _allowed_seconds(user: str, text: str) -> int:
    """Parse an execution duration; 0 means the longest that is allowed for the user."""
    try:
        seconds = int(float(text))
    except (ValueError, OverflowError):
        reason = "Execution duration must be an integer or a float"
        raise Refusal(Kind.BAD, reason) from None
    longest = Access.of(None if user == GUEST_NAME else user).longest_run
    return min(seconds, longest) if seconds > 0 else longest


def _plain_name(name: str) -> str:
    """Return the base name of an upload, in characters that are valid on every file system."""
    base = PurePath(name.replace("\\", "/")).name
    return re.sub(r"[^A-Za-z0-9._-]", "_", base).lstrip(".")[-LONGEST_NAME:]
