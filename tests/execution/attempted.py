"""Attempts at a simulation in virtual time."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from prefect_expres.execution import (
    Attempts,
    ClientSteps,
    Finished,
    RunOptions,
)
from prefect_expres.expres import SimulationRequest
from prefect_expres.uws import Phase
from tests.support.listening import Told
from tests.support.virtual_jobs import VirtualJob
from tests.support.virtual_service import VirtualService

OWNER = "0123456789abcdefghijkQ"


CREATE = "POST $"


@asynccontextmanager
async def attempts_at(
    service: VirtualService,
    simulation: SimulationRequest,
    folder: Path,
    told: Told | None = None,
    owner: str = OWNER,
    **options: Any,
) -> AsyncIterator[Attempts]:
    """Give the attempts at a simulation."""
    tell = told or Told()
    async with service.client() as client:
        steps = ClientSteps(client, tell=tell)
        yield Attempts(simulation, str(folder), steps, RunOptions(owner, **options), tell)


async def finish(
    service: VirtualService, simulation: SimulationRequest, folder: Path, **options: Any
) -> Finished:
    """Run a simulation, and give its job and results."""
    async with attempts_at(service, simulation, folder, **options) as attempts:
        return await attempts.finish()


def failing(service: VirtualService, times: int) -> None:
    """Have the first jobs of clients fail."""

    class Jobs(dict[str, VirtualJob]):
        def __setitem__(self, key: str, job: VirtualJob) -> None:
            if len(self) < times:
                job.ends_in = Phase.ERROR
                job.texts = {"stderr": f"it broke in {key}"}
            super().__setitem__(key, job)

    service.jobs = Jobs()
