"""The shipped deployments: ``prefect.yaml``, read as Prefect's own objects.

``prefect deploy`` reads the file as it is, and passes over keys that it does not know; here they
are errors.
"""

from importlib.resources import files
from typing import Any, Literal

import yaml
from prefect import Flow
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.deployments.runner import RunnerDeployment
from prefect.events import DeploymentEventTrigger
from prefect.schedules import Schedule
from prefect.types.entrypoint import EntrypointType
from prefect.utilities.importtools import import_object
from pydantic import BaseModel, ConfigDict, Field

FILE = files("prefect_expres.deployments") / "prefect.yaml"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ShippedSchedule(_Strict):
    """When a deployment runs by itself."""

    cron: str
    timezone: str
    slug: str
    active: bool = True
    parameters: dict[str, Any] = {}


class ShippedLimit(_Strict):
    """How many runs of a deployment go on at once, and what becomes of more."""

    limit: int
    collision_strategy: ConcurrencyLimitStrategy


class ShippedPool(_Strict):
    """Where a deployment's runs wait for a worker."""

    name: str


class ShippedTrigger(_Strict):
    """The events that start a run, and what they say to it."""

    type: Literal["event"]
    name: str
    description: str
    enabled: bool
    match: dict[str, str]
    expect: list[str]
    parameters: dict[str, str]


class ShippedDeployment(_Strict):
    """One deployment."""

    name: str
    entrypoint: str
    description: str
    tags: list[str]
    work_pool: ShippedPool
    concurrency_limit: ShippedLimit
    parameters: dict[str, Any] = {}
    schedules: list[ShippedSchedule] = []
    triggers: list[ShippedTrigger] = []

    def flow(self) -> Flow[..., Any]:
        """Import the flow."""
        flow = import_object(self.entrypoint)
        assert isinstance(flow, Flow)
        return flow

    def of_prefect(self, pool: str | None, parameters: dict[str, Any]) -> RunnerDeployment:
        """Make what Prefect deploys, for a work pool, or for a process that serves.

        Args:
            pool: The work pool.
            parameters: Given to every run, on top of the file's own.
        """
        limit = self.concurrency_limit
        return RunnerDeployment.from_flow(
            self.flow(),
            self.name,
            description=self.description,
            tags=self.tags,
            parameters=self.parameters | parameters,
            schedules=[Schedule(**each.model_dump()) for each in self.schedules],
            concurrency_limit=ConcurrencyLimitConfig(**limit.model_dump()),
            triggers=[DeploymentEventTrigger(**each.model_dump()) for each in self.triggers],
            work_pool_name=pool,
            entrypoint_type=EntrypointType.MODULE_PATH,
        )


class Shipped(_Strict):
    """All that the file holds."""

    name: str
    pull: list[Any] = Field(max_length=0)
    deployments: list[ShippedDeployment]


def shipped() -> Shipped:
    """Read the file."""
    return Shipped.model_validate(yaml.safe_load(FILE.read_text(encoding="utf-8")))
