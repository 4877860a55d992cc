"""The sandbox's jobs: rows of an SQLite database, and a folder of files for each."""

import secrets
import shutil
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from pydantic import BaseModel, Field

from prefect_expres.uws.models import Phase


class Entity(BaseModel):
    """A file that the service serves under ``/store?ID=``."""

    id: str
    role: str
    name: str
    path: str
    media_type: str
    sha1: str


class Value(BaseModel):
    """A job's parameter: a text, or a file that was uploaded."""

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
    aborted_before_run: bool = False

    @property
    def active(self) -> bool:
        """The job waits for its turn or runs."""
        return self.phase in {Phase.QUEUED, Phase.EXECUTING}


class Store:
    """Keeps jobs in ``directory``; what is saved survives a restart.

    Args:
        directory: Holds ``jobs.sqlite`` and a folder a job.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True)
        self._lock = Lock()
        self._database = sqlite3.connect(directory / "jobs.sqlite", check_same_thread=False)
        with self._lock, self._database as database:
            database.execute("PRAGMA journal_mode=WAL")
            database.execute(
                "CREATE TABLE IF NOT EXISTS jobs "
                "(number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, content TEXT)"
            )
            rows = database.execute("SELECT content FROM jobs ORDER BY number").fetchall()
        loaded = (SandboxJob.model_validate_json(content) for (content,) in rows)
        self._jobs = {job.id: job for job in loaded}

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def new_id(self) -> str:
        """Make an id that no job or file has: six hexadecimal digits, as OPUS."""
        while True:
            identifier = secrets.token_hex(3)
            if identifier not in self._jobs and self.entity(identifier) is None:
                return identifier

    def get(self, job_id: str) -> SandboxJob | None:
        """Give a job."""
        return self._jobs.get(job_id)

    def jobs(self) -> list[SandboxJob]:
        """Give all jobs, oldest first."""
        return list(self._jobs.values())

    def entity(self, entity_id: str) -> tuple[SandboxJob, Entity] | None:
        """Find a served file and the job it belongs to."""
        for job in self.jobs():
            uploads = [value.entity for value in job.parameters.values() if value.entity]
            for entity in (*job.results, *uploads):
                if entity.id == entity_id:
                    return job, entity
        return None

    def save(self, job: SandboxJob) -> None:
        """Write a job, new or changed."""
        statement = (
            "UPDATE jobs SET content = ? WHERE id = ?"
            if job.id in self._jobs
            else "INSERT INTO jobs (content, id) VALUES (?, ?)"
        )
        self._jobs[job.id] = job
        with self._lock, self._database as database:
            database.execute(statement, (job.model_dump_json(), job.id))

    def delete(self, job: SandboxJob) -> None:
        """Forget a job and remove its files."""
        self._jobs.pop(job.id, None)
        with self._lock, self._database as database:
            database.execute("DELETE FROM jobs WHERE id = ?", (job.id,))
        shutil.rmtree(self.folder(job), ignore_errors=True)

    def folder(self, job: SandboxJob) -> Path:
        """Give the folder of a job's files."""
        return self.directory / "jobs" / job.id

    def created_count(self) -> int:
        """Count the jobs that were ever created, deleted ones too."""
        with self._lock:
            row = self._database.execute(
                "SELECT seq FROM sqlite_sequence WHERE name = 'jobs'"
            ).fetchone()
        return int(row[0]) if row else 0


def now() -> datetime:
    """Give the time to the second, in UTC."""
    return datetime.now(UTC).replace(microsecond=0)
