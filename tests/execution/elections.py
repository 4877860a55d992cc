"""Elections in virtual time."""

from typing import Any

from prefect_expres.execution import Election, RunOptions, Submission
from prefect_expres.expres import SimulationRequest
from prefect_expres.expres.run_id import RunId
from tests.support.listening import Told
from tests.support.virtual_service import VirtualService

OWNER = "0123456789abcdefghijkQ"


CREATE = "POST $"
LIMIT = "Maximum number of active jobs reached"


async def submit(
    service: VirtualService,
    simulation: SimulationRequest,
    *,
    excluded: tuple[str, ...] = (),
    tell: Told | None = None,
    **options: Any,
) -> Submission:
    """Choose the one job."""
    told = tell or Told()
    async with service.client() as client:
        run = RunOptions(OWNER, **options)
        return await Election(client, simulation, run, excluded, told).submit()


def own_name(simulation: SimulationRequest) -> str:
    """Name another job of the same flow run."""
    return str(RunId.new(simulation.label, simulation.fingerprint, OWNER))
