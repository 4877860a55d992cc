"""The jobs of the sandbox: rows of an SQLite database, and a folder of files for each job."""

import fcntl
import secrets
import shutil
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import BinaryIO, Literal

from pydantic import BaseModel, Field

from prefect_expres.errors import ExpresError
from prefect_expres.uws.models import Phase


@dataclass(frozen=True)
class Stream:
    """A text of a job that is served under the job itself, as OPUS does."""

    path: str
    media_type: str


STREAMS = {
    "stdout": Stream("stdout", "text/plain"),
    "stderr": Stream("stderr", "text/plain"),
    "provjson": Stream("provenance.json", "application/json"),
    "provxml": Stream("provenance.xml", "text/xml"),
    "provsvg": Stream("provenance.svg", "image/svg+xml"),
}


GUEST_NAME = "anonymous"
Event = Literal["created", "started"]


class Entity(BaseModel):
    """A file that is served under ``/store?ID=``."""

    id: str
    role: str
    name: str
    path: str
    media_type: str
    sha1: str
    size: int = 0


class Value(BaseModel):
    """A parameter of a job: a text, or an uploaded file."""

    text: str
    entity: Entity | None = None


class SandboxJob(BaseModel):
    """Everything that the service knows of a job; times are UTC."""

    id: str
    job_list: str
    owner: str
    run_id: str
    phase: Phase = Phase.PENDING
    created: datetime
    started: datetime | None = None
    ended: datetime | None = None
    destruction: datetime
    execution_duration: int
    process_id: int | None = None
    error: str | None = None
    parameters: dict[str, Value] = Field(default_factory=dict)
    results: list[Entity] = Field(default_factory=list)
    streams: list[str] = Field(default_factory=list)
    aborted_before_run: bool = False
    token: str = ""
    husk: bool = False

    @property
    def active(self) -> bool:
        """Whether the job is queued or executing."""
        return self.phase in {Phase.QUEUED, Phase.EXECUTING}

    @property
    def of_guests(self) -> bool:
        """Whether the job was created without credentials."""
        return self.owner == GUEST_NAME

    @property
    def entities(self) -> list[Entity]:
        """The files of the job that can be fetched."""
        uploads = [value.entity for value in self.parameters.values() if value.entity]
        return [*self.results, *uploads]


class Store:
    """A store of jobs in a folder; saved jobs survive a restart.

    Args:
        directory: The folder, with ``jobs.sqlite`` and a folder for each job.

    Raises:
        ExpresError: Another service uses the directory.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True)
        self._claim = _claimed(directory)
        self._lock = Lock()
        self._database = sqlite3.connect(directory / "jobs.sqlite", check_same_thread=False)
        with self._lock, self._database as database:
            database.execute("PRAGMA journal_mode=WAL")
            database.execute(
                "CREATE TABLE IF NOT EXISTS jobs "
                "(number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, content TEXT)"
            )
            database.execute(
                "CREATE TABLE IF NOT EXISTS counts "
                "(event TEXT, job_list TEXT, jobs INTEGER, PRIMARY KEY (event, job_list))"
            )
            rows = database.execute("SELECT content FROM jobs ORDER BY number").fetchall()
        loaded = (SandboxJob.model_validate_json(content) for (content,) in rows)
        self._jobs = {job.id: job for job in loaded}
        self._owners = {entity.id: job.id for job in self.jobs() for entity in job.entities}

    def close(self) -> None:
        """Close the database and let go of the directory."""
        with self._lock:
            self._database.close()
        self._claim.close()

    def new_id(self) -> str:
        """Make an id that no job or file has: six hexadecimal digits, as OPUS."""
        while True:
            identifier = secrets.token_hex(3)
            if identifier not in self._jobs and identifier not in self._owners:
                return identifier

    def get(self, job_id: str) -> SandboxJob | None:
        """Return a job; None if there is none with this id."""
        return self._jobs.get(job_id)

    def jobs(self) -> list[SandboxJob]:
        """Return all jobs, oldest first."""
        return list(self._jobs.values())

    def entity(self, entity_id: str) -> tuple[SandboxJob, Entity] | None:
        """Return a served file and its job; None if there is none with this id."""
        job = self._jobs.get(self._owners.get(entity_id, ""))
        if job is None:
            return None
        return next(((job, each) for each in job.entities if each.id == entity_id), None)

    def add(self, job: SandboxJob) -> None:
        """Save a new job, and count it."""
        self._remember(job)
        with self._lock, self._database as database:
            database.execute(
                "INSERT INTO jobs (id, content) VALUES (?, ?)", (job.id, job.model_dump_json())
            )
            _count(database, "created", job)

    def count_start(self, job: SandboxJob) -> None:
        """Count a job that was started."""
        with self._lock, self._database as database:
            _count(database, "started", job)

    def save(self, job: SandboxJob) -> None:
        """Save a changed job; a job that was deleted meanwhile stays deleted."""
        if job.id not in self._jobs:
            return
        self._remember(job)
        with self._lock, self._database as database:
            database.execute(
                "UPDATE jobs SET content = ? WHERE id = ?", (job.model_dump_json(), job.id)
            )

    def delete(self, job: SandboxJob) -> None:
        """Delete a job and its files."""
        self._jobs.pop(job.id, None)
        for entity in job.entities:
            self._owners.pop(entity.id, None)
        with self._lock, self._database as database:
            database.execute("DELETE FROM jobs WHERE id = ?", (job.id,))
        shutil.rmtree(self.folder(job), ignore_errors=True)

    def folder(self, job: SandboxJob) -> Path:
        """Return the folder with the files of a job."""
        return self.directory / "jobs" / job.id

    def job_count(self, job_list: str | None = None, event: Event = "created") -> int:
        """Count the jobs that were ever created or started, in one list or in all."""
        with self._lock:
            rows = self._database.execute(
                "SELECT job_list, jobs FROM counts WHERE event = ?", (event,)
            ).fetchall()
        return sum(jobs for name, jobs in rows if job_list in {None, name})

    def _remember(self, job: SandboxJob) -> None:
        self._jobs[job.id] = job
        self._owners |= {entity.id: job.id for entity in job.entities}


def _count(database: sqlite3.Connection, event: Event, job: SandboxJob) -> None:
    database.execute(
        "INSERT INTO counts VALUES (?, ?, 1) "
        "ON CONFLICT (event, job_list) DO UPDATE SET jobs = jobs + 1",
        (event, job.job_list),
    )


def _claimed(directory: Path) -> BinaryIO:
    """Lock the directory for this service; two services would run the same queue twice."""
    claim = (directory / "in-use").open("wb")
    try:
        fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        claim.close()
        msg = f"Another sandbox uses {directory}; stop it, or choose another directory"
        raise ExpresError(msg) from None
    return claim


def now() -> datetime:
    """Return the time in UTC, in whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)
