"""The shipped deployments: ``prefect.yaml``, read as Prefect's own objects.

``prefect deploy`` reads the file as it is, and passes over keys that it does not know; here they
are errors.
"""

import hashlib
from functools import cached_property
from importlib.resources import files
from typing import Any, Literal
from uuid import UUID

import yaml
from prefect import Flow, get_client
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.deployments.runner import RunnerDeployment
from prefect.events import DeploymentEventTrigger
from prefect.exceptions import ObjectNotFound
from prefect.schedules import Schedule
from prefect.types.entrypoint import EntrypointType
from prefect.utilities.importtools import import_object
from pydantic import BaseModel, ConfigDict, Field

from prefect_expres import __version__


class Strict(BaseModel):
    """A part of the file, all of whose keys are known."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ShippedSchedule(Strict):
    """When a deployment runs by itself."""

    cron: str
    timezone: str
    slug: str
    active: bool


class ShippedLimit(Strict):
    """How many runs of a deployment go on at once, and what becomes of more."""

    limit: int
    collision_strategy: ConcurrencyLimitStrategy


class ShippedPool(Strict):
    """Where a deployment's runs wait for a worker."""

    name: str


class ShippedTrigger(Strict):
    """The events that start a run, and what they say to it."""

    type: Literal["event"]
    name: str
    description: str
    enabled: bool
    match: dict[str, str]
    match_related: dict[str, str]
    expect: list[str]
    parameters: dict[str, str]


class ShippedDeployment(Strict):
    """One deployment."""

    name: str
    entrypoint: str
    description: str
    tags: list[str]
    work_pool: ShippedPool
    concurrency_limit: ShippedLimit
    parameters: dict[str, Any]
    schedules: list[ShippedSchedule] = []
    triggers: list[ShippedTrigger] = []

    @cached_property
    def flow(self) -> Flow[..., Any]:
        """The flow, imported."""
        flow = import_object(self.entrypoint)
        assert isinstance(flow, Flow)
        return flow

    @property
    def full_name(self) -> str:
        """The name under which Prefect finds it: the flow's, a stroke, its own."""
        return f"{self.flow.name}/{self.name}"

    def of_prefect(self, pool: str | None, service: UUID | None) -> RunnerDeployment:
        """Make what Prefect deploys.

        Its version names what it was made of, so that one may ask whether it is still the same.

        Args:
            pool: The work pool; None for a process that serves.
            service: The block of the service, which the form then shows as chosen. Without it
                nothing runs by itself.
        """
        parameters, schedules, triggers = self.parameters, self.schedules, self.triggers
        if service is None:
            parameters = {key: value for key, value in parameters.items() if key != "service"}
            schedules = [each.model_copy(update={"active": False}) for each in schedules]
            triggers = [each.model_copy(update={"enabled": False}) for each in triggers]
        else:
            parameters = parameters | {"service": {"$ref": {"block_document_id": str(service)}}}
        return RunnerDeployment.from_flow(
            self.flow,
            self.name,
            version=self._version(pool, service),
            description=self.description,
            tags=self.tags,
            parameters=parameters,
            schedules=[Schedule(**each.model_dump()) for each in schedules],
            concurrency_limit=ConcurrencyLimitConfig(**self.concurrency_limit.model_dump()),
            triggers=[DeploymentEventTrigger(**each.model_dump()) for each in triggers],
            work_pool_name=pool,
            entrypoint_type=EntrypointType.MODULE_PATH,
        )

    def _version(self, pool: str | None, service: UUID | None) -> str:
        form = self.flow.parameters.model_dump_json()
        made_of = f"{self.model_dump_json()} {form} {pool} {service}"
        return f"{__version__}-{hashlib.sha256(made_of.encode()).hexdigest()[:12]}"


class Shipped(Strict):
    """All that the file holds."""

    name: str
    pull: list[Any] = Field(max_length=0)
    deployments: list[ShippedDeployment]


def shipped() -> Shipped:
    """Read the file."""
    file = files("prefect_expres.deployments") / "prefect.yaml"
    return Shipped.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))


async def service_id(name: str) -> UUID | None:
    """Find the block of a service; None if none of this name is saved."""
    async with get_client() as client:
        try:
            block = await client.read_block_document_by_name(name, "expres-service")
        except ObjectNotFound:
            return None
    return block.id
