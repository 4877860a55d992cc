"""A sandbox whose jobs have grown old, and what stands in their list."""

import asyncio
import contextlib
import shutil
import sqlite3
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from pydantic import SecretStr

from prefect_expres.blocks import ExpresService
from prefect_expres.cli.demo import free_port
from prefect_expres.execution.manifest import SimulationResult
from prefect_expres.expres import Configuration, SimulationRequest
from prefect_expres.expres.run_id import RunId, owner_of
from prefect_expres.flows.simulate import simulate
from prefect_expres.sandbox.dialects import DialectName
from prefect_expres.sandbox.serving import SandboxServer
from prefect_expres.sandbox.store import SandboxJob
from prefect_expres.uws import Upload
from tests.support.quick import SUPPORT

ORDERED_RUN = (sys.executable, str(SUPPORT / "ordered_run.py"))


class AgingSandbox:
    """A sandbox that is closed for a while, in which its jobs grow old.

    Args:
        data: Folder of its jobs.
        dialect: ``opus`` or ``standard``.
    """

    def __init__(self, data: Path, dialect: DialectName = "opus") -> None:
        self._data = data
        self._dialect: DialectName = dialect
        self._port = free_port()
        self.service = ExpresService(base_url=f"http://127.0.0.1:{self._port}")

    def open(self) -> SandboxServer:
        """Serve, with all jobs that were there."""
        return SandboxServer(self._data, self._dialect, self._port, ORDERED_RUN)

    def as_user(self, name: str) -> ExpresService:
        """Give the service to a user with an account."""
        return ExpresService(base_url=self.service.base_url, user=name, token=SecretStr("t0ken"))

    def age(self, days: float, *, lasts: float = 30) -> None:
        """Have all jobs grow older, to be destroyed in some days from now."""
        with contextlib.closing(sqlite3.connect(self._data / "jobs.sqlite")) as database, database:
            for number, content in database.execute("SELECT number, content FROM jobs").fetchall():
                job = SandboxJob.model_validate_json(content)
                for name in ("created", "started", "ended"):
                    if moment := getattr(job, name):
                        setattr(job, name, moment - timedelta(days=days))
                job.destruction = datetime.now(UTC) + timedelta(days=lasts)
                aged = (job.model_dump_json(), number)
                database.execute("UPDATE jobs SET content = ? WHERE number = ?", aged)

    def jobs(self) -> dict[str, SandboxJob]:
        """Give all jobs by their ids, as they are kept."""
        with contextlib.closing(sqlite3.connect(self._data / "jobs.sqlite")) as database:
            rows = database.execute("SELECT content FROM jobs").fetchall()
        return {job.id: job for (text,) in rows for job in [SandboxJob.model_validate_json(text)]}


def ordered(configuration: dict[str, Any], orders: str) -> dict[str, Any]:
    """Give a simulation whose run does as it is ordered."""
    return configuration | {"SIMU": configuration["SIMU"] | {"NAME": orders}}


def simulate_and_lose(
    service: ExpresService, content: dict[str, Any], away: Path, **more: Any
) -> SimulationResult:
    """Run a simulation whose results are lost with the disk that they were on."""
    result: SimulationResult = simulate(content, service, output=str(away), **more)
    shutil.rmtree(away)
    return result


def create(service: ExpresService, content: dict[str, Any], name: RunId | str = "") -> str:
    """Create a job that is not started, under a name that may be anybody's."""
    model = Configuration.from_mapping(content)

    async def created() -> str:
        async with service.get_client() as client:
            upload = Upload("io.json", model.to_json(), "application/json")
            return await client.create({"runId": str(name), "branch": "master"}, {"config": upload})

    return asyncio.run(created())


def named(content: dict[str, Any], owner: str) -> RunId:
    """Name a job for a simulation."""
    request = SimulationRequest.build(Configuration.from_mapping(content))
    return RunId.new(request.label, request.fingerprint, owner)


def new_owner() -> str:
    """Stand for a flow run of another Prefect server."""
    return owner_of(uuid4())


def owner_in(result: SimulationResult) -> str:
    """Give the owner in a result's runId."""
    name = RunId.parse(result.run_id)
    assert name is not None
    return name.owner
