"""Register what the flows need on a Prefect server, as ``prefect-expres deploy`` does.

Each step changes only what differs. What an operator has set stays as it is, and so do schedules
and automations that were switched on or off. So the steps can be repeated, and a new version of
the package is deployed in the same way.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

import httpx
from prefect import get_client
from prefect.blocks.core import Block
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import (
    GlobalConcurrencyLimitCreate,
    GlobalConcurrencyLimitUpdate,
    WorkPoolCreate,
)
from prefect.events import EventTrigger
from prefect.events.actions import SendNotification
from prefect.events.schemas.automations import AutomationCore
from prefect.exceptions import ObjectNotFound
from pydantic import SecretStr

from prefect_expres.blocks import ExpresService, ExpresSimulation
from prefect_expres.deployment.definitions import ShippedDeployment, service_id, shipped
from prefect_expres.errors import DeployError
from prefect_expres.prefect_support.names import JOBS, JOBS_LIMIT, SERVICE

NOTIFICATION = "ExPRES - notify of failed jobs"
_BAD_ENDS = {"expres.job.error", "expres.job.aborted"}


@dataclass(frozen=True)
class Step:
    """A thing on the server, and what the step did with it."""

    what: str
    outcome: Literal["created", "updated", "unchanged", "left out"]
    note: str = ""


@dataclass(frozen=True)
class DeployOptions:
    """What to register.

    Args:
        service: The service to save as a block; None leaves it as it is.
        replace: Replace a service that is saved with other settings.
        jobs: The limit of jobs; None leaves it as it is, or takes the default.
        notify: A notification block, as ``TYPE/NAME``; None leaves the automation as it is.
    """

    service: ExpresService | None = None
    replace: bool = False
    jobs: int | None = None
    notify: str | None = None


async def deploy_all(options: DeployOptions) -> list[Step]:
    """Do all steps, and return them with their outcomes.

    Raises:
        DeployError: The server does not answer, a name is taken, or a named block is missing.
    """
    try:
        return [step async for step in _steps(options)]
    except httpx.HTTPError as fault:
        msg = (
            f"The Prefect server does not answer ({fault!r}). Is PREFECT_API_URL set, and correct?"
        )
        raise DeployError(msg) from None


async def _steps(options: DeployOptions) -> AsyncIterator[Step]:
    async with get_client() as client:
        for block in (ExpresService, ExpresSimulation):
            yield await _block_type(client, block)
        yield await _service(options)
        yield await _limit(client, options.jobs)
        for pool in dict.fromkeys(each.work_pool.name for each in shipped().deployments):
            yield await _work_pool(client, pool)
        service = await service_id(SERVICE)
        for deployment in shipped().deployments:
            yield await _deployment(client, deployment, service)
        yield await _notification(client, options.notify)


async def _block_type(client: PrefectClient, block: type[Block]) -> Step:
    what = f"block type {block.get_block_type_name()}"
    try:
        known = await client.read_block_type_by_slug(block.get_block_type_slug())
        before = await _schemas(client, known.id)
    except ObjectNotFound:
        before = None
    await block.aregister_type_and_schema(client=client)
    if before is None:
        return Step(what, "created")
    return Step(what, "unchanged" if await _schemas(client, known.id) == before else "updated")


async def _schemas(client: PrefectClient, block_type: UUID) -> set[UUID]:
    return {
        schema.id
        for schema in await client.read_block_schemas()
        if schema.block_type_id == block_type
    }


async def _service(options: DeployOptions) -> Step:
    """Save the service; a saved one is replaced only on request, so that its token is not lost."""
    what, wanted = f"service {SERVICE}", options.service
    saved = None if await service_id(SERVICE) is None else await ExpresService.aload(SERVICE)
    if wanted is None:
        if saved is None:
            note = "give --url to save it; until then schedules and triggers are off"
            return Step(what, "left out", note)
        return Step(what, "unchanged", saved.base_url)
    if saved is not None and _same(saved, wanted):
        return Step(what, "unchanged", saved.base_url)
    if saved is not None and not options.replace:
        msg = (
            f"A service is already saved as {SERVICE}, with other settings: {saved.base_url}, "
            f"{saved.user or 'as guest'}. Give --replace-service to replace it with its token, or "
            "leave --url and EXPRES_URL out to keep it"
        )
        raise DeployError(msg)
    await wanted.asave(SERVICE, overwrite=options.replace)
    return Step(what, "created" if saved is None else "updated", wanted.base_url)


def _same(saved: ExpresService, wanted: ExpresService) -> bool:
    def facts(service: ExpresService) -> tuple[str, str | None, SecretStr | None]:
        return service.base_url, service.user, service.token

    return facts(saved) == facts(wanted)


async def _limit(client: PrefectClient, jobs: int | None) -> Step:
    what = f"concurrency limit {JOBS_LIMIT}"
    try:
        present = (await client.read_global_concurrency_limit_by_name(JOBS_LIMIT)).limit
    except ObjectNotFound:
        limit = GlobalConcurrencyLimitCreate(name=JOBS_LIMIT, limit=jobs or JOBS)
        await client.create_global_concurrency_limit(limit)
        return Step(what, "created", str(limit.limit))
    if jobs is None or jobs == present:
        return Step(what, "unchanged", str(present))
    await client.update_global_concurrency_limit(
        JOBS_LIMIT, GlobalConcurrencyLimitUpdate(limit=jobs)
    )
    return Step(what, "updated", f"{present} to {jobs}")


async def _work_pool(client: PrefectClient, name: str) -> Step:
    what = f"work pool {name}"
    try:
        pool = await client.read_work_pool(name)
    except ObjectNotFound:
        pool = await client.create_work_pool(WorkPoolCreate(name=name, type="process"))
        return Step(what, "created", f"type {pool.type}")
    return Step(what, "unchanged", f"type {pool.type}")


async def _deployment(
    client: PrefectClient, definition: ShippedDeployment, service: UUID | None
) -> Step:
    """Apply a deployment, unless the server has the same version.

    Applying it again would reset its schedules and triggers to the state in the file.
    """
    what = f"deployment {definition.full_name}"
    wanted = definition.to_runner_deployment(definition.work_pool.name, service)
    try:
        present = await client.read_deployment_by_name(definition.full_name)
    except ObjectNotFound:
        present = None
    if present is not None and present.version == wanted.version:
        return Step(what, "unchanged")
    await wanted.aapply()
    return Step(what, "created" if present is None else "updated")


async def _notification(client: PrefectClient, notify: str | None) -> Step:
    """Create an example of an automation that sends messages; the operator switches it on."""
    what = f"automation {NOTIFICATION}"
    present = await client.read_automations_by_name(NOTIFICATION)
    if notify is None:
        if present:
            return Step(what, "unchanged")
        return Step(what, "left out", "give --notify with a notification block to create it")
    wanted = _automation(await _notifier(client, notify))
    if not present:
        await client.create_automation(wanted)
        return Step(what, "created", "switched off: switch it on in the UI")
    if present[0].actions == wanted.actions:
        return Step(what, "unchanged")
    kept = wanted.model_copy(update={"enabled": present[0].enabled})
    await client.update_automation(present[0].id, kept)
    return Step(what, "updated")


async def _notifier(client: PrefectClient, name: str) -> UUID:
    kind, _, block = name.partition("/")
    try:
        return (await client.read_block_document_by_name(block, kind)).id
    except ObjectNotFound:
        msg = f"There is no saved block {name!r}; write TYPE/NAME, as slack-webhook/alerts"
        raise DeployError(msg) from None


def _automation(notifier: UUID) -> AutomationCore:
    return AutomationCore(
        name=NOTIFICATION,
        description="Sends a notification when a job ends in phase ERROR or ABORTED.",
        enabled=False,
        tags=["expres"],
        trigger=EventTrigger(match={"prefect.resource.id": "expres.job.*"}, expect=_BAD_ENDS),
        actions=[
            SendNotification(
                block_document_id=notifier,
                subject="ExPRES: {{ event.payload.label }} ended in {{ event.payload.phase }}",
                body="{{ event.payload.job_url }}",
            )
        ],
    )
