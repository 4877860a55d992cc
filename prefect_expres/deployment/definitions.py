"""The shipped deployments: ``prefect.yaml``, read as objects of Prefect.

``prefect deploy`` ignores keys of the file that it does not know; here they are errors.
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
    """A part of the file; an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ShippedSchedule(Strict):
    """A schedule of a deployment."""

    cron: str
    timezone: str
    slug: str
    active: bool


class ShippedLimit(Strict):
    """How many runs of a deployment may be active at once, and what happens to more."""

    limit: int
    collision_strategy: ConcurrencyLimitStrategy


class ShippedPool(Strict):
    """The work pool of a deployment."""

    name: str


class ShippedTrigger(Strict):
    """The events that start a run, and the parameters that they give it."""

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
        """The flow, which is imported from the entrypoint."""
        flow = import_object(self.entrypoint)
        assert isinstance(flow, Flow)
        return flow

    @property
    def full_name(self) -> str:
        """The name of the deployment in Prefect: ``FLOW/DEPLOYMENT``."""
        return f"{self.flow.name}/{self.name}"

    def to_runner_deployment(self, pool: str | None, service: UUID | None) -> RunnerDeployment:
        """Return the deployment as Prefect takes it.

        Its version is a hash of its content, to check whether the server has the same.

        Args:
            pool: The work pool; None for a process that serves the deployment.
            service: Id of the block of the service, the default in the form. Without it schedules
                and triggers are off.
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
        content = f"{self.model_dump_json()} {form} {pool} {service}"
        return f"{__version__}-{hashlib.sha256(content.encode()).hexdigest()[:12]}"


class Shipped(Strict):
    """The whole file."""

    name: str
    pull: list[Any] = Field(max_length=0)
    deployments: list[ShippedDeployment]


def shipped() -> Shipped:
    """Read the file of shipped deployments."""
    file = files("prefect_expres.deployments") / "prefect.yaml"
    return Shipped.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))


async def service_id(name: str) -> UUID | None:
    """Return the id of the saved block of a service; None if there is none of this name."""
    async with get_client() as client:
        try:
            block = await client.read_block_document_by_name(name, "expres-service")
        except ObjectNotFound:
            return None
    return block.id
