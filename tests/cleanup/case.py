"""A service, an output and flow runs, for tests of housekeeping in virtual time."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from prefect_expres.cleanup.actions import Housekeeper, Review
from prefect_expres.cleanup.inventory import take_inventory
from prefect_expres.cleanup.jobs import find_our_jobs
from prefect_expres.cleanup.rules import Rules
from prefect_expres.expres import Configuration, SimulationRequest
from prefect_expres.expres.run_id import RunId
from prefect_expres.uws import Phase
from tests.support.virtual_jobs import VirtualJob
from tests.support.virtual_service import BEGAN, VirtualService
from tests.support.virtual_steps import UnseenSteps

DAY = 86_400.0


OWNER, UNKNOWN = "0123456789abcdefghijkQ", "fedcba9876543210zyxwvQ"


LIST, OTHER_LIST = "ExPRES", "ExPRES_testing"


@dataclass(frozen=True)
class FlowRun:
    """A flow run that has created jobs."""

    ended: bool = True
    output: str | None = None


class Case:
    """A service, an output, and the flow runs that are known.

    Args:
        output: The folder under which simulations are kept.
    """

    def __init__(self, output: Path) -> None:
        self.service = VirtualService()
        self.steps = UnseenSteps({LIST: self.service})
        self.output = str(output)
        self.owner = FlowRun()

    def job(self, simulation: SimulationRequest, phase: Phase, age: float = 20.0) -> VirtualJob:
        """Add a job of ours that ended some days ago, an hour after it was created."""
        ended = -age * DAY
        return self.service.plant(
            simulation,
            run_id=str(RunId.new("io", simulation.fingerprint, OWNER)),
            phase=phase,
            created=ended - 3600.0,
            started=ended - 1800.0,
            ended=ended if phase.finished else None,
        )

    async def find_owners(self, owners: Collection[str]) -> Mapping[str, FlowRun]:
        """Find the one flow run that is known."""
        return {OWNER: self.owner} if OWNER in owners else {}

    async def review(self, *, dry_run: bool = False, keep_days: float = 14.0) -> list[Review]:
        """Review all jobs of ours."""
        jobs, _ = await find_our_jobs(self.steps, [LIST], self.find_owners)
        inventory = await take_inventory(self.output)
        rules = Rules(BEGAN, keep_days)
        keeper = Housekeeper(self.steps, self.output, rules, inventory, dry_run)
        return [review async for review in keeper.review(jobs)]

    async def collect(self, simulation: SimulationRequest) -> None:
        """Have the results of a young job collected."""
        job = self.job(simulation, Phase.COMPLETED, 1.0)
        (review,) = await self.review()
        assert review.collected
        del self.service.jobs[job.id]
        self.service.requests.clear()

    @property
    def writes(self) -> list[str]:
        """What was asked of the service that changes something."""
        return [line for _, line in self.service.requests if not line.startswith("GET")]


def another(simulation: SimulationRequest, name: str) -> SimulationRequest:
    """Give another simulation."""
    content = simulation.configuration.content()
    changed = content | {"SIMU": content["SIMU"] | {"NAME": name}}
    return SimulationRequest.build(Configuration.from_mapping(changed), label="io")
