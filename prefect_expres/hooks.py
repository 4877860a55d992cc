"""What is done for a flow run that cannot do it itself any more: its jobs are stopped.

A flow run that is told of its end stops its jobs on the way out. One that was killed is not told;
then Prefect calls these hooks, in the process of the worker or of ``serve``. They know the flow
run only: its parameters, and the labels with which it recorded which job lists it uses.

May import: services, blocks, execution, expres, uws, prefect_support.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import anyio
from prefect import Flow, get_client
from prefect.blocks.core import Block
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterParentFlowRunId,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.logging.loggers import flow_run_logger
from pydantic import ValidationError

from prefect_expres.blocks import ExpresService, ExpresSimulation
from prefect_expres.errors import ExpresError, Unreachable
from prefect_expres.execution import stop_jobs
from prefect_expres.execution.stop import ANSWER_SECONDS, was_given_up
from prefect_expres.expres.access import job_list_for
from prefect_expres.expres.run_id import owner_of
from prefect_expres.prefect_support.current_run import ran_here
from prefect_expres.prefect_support.flow_runs import read_flow_runs
from prefect_expres.prefect_support.job_lists import (
    UsedJobList,
    recorded_job_lists,
    recorded_jobs,
    service_known_here,
)
from prefect_expres.services.parameters import is_masked, reference_in, services_in
from prefect_expres.uws import Phase

STOP_SECONDS = 20.0
"""How long a service may take; where the flow run itself ends, it must answer within less."""

Load = Callable[[dict[str, Any]], Awaitable[object]]
"""Loads the block that a reference, as ``{"block_document_id": …}``, leads to."""
Logger = logging.Logger | logging.LoggerAdapter[Any]


async def stop_remote_jobs(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:
    """Stop the jobs of a flow run and of the flows that it called; it does no harm to do it twice.

    Runs of deployments that it asked for live on: they have processes and hooks of their own.

    It stands on `simulate` already. Put it on a flow of your own that calls `simulate` or the
    tasks, so that the jobs are stopped also when your flow run is killed::

        @flow(on_cancellation=[stop_remote_jobs], on_crashed=[stop_remote_jobs])

    The service is found as a parameter of any name, and as the tasks recorded it. A token that is
    not saved with a block is known only in the process that ran the flow; where that is gone, the
    log says which jobs may be still running.

    Args:
        flow: The flow.
        flow_run: The flow run that was cancelled or has crashed.
        state: Its state.
    """
    async with get_client() as client:
        family = await read_family(client, flow_run)
    away: set[str] = set()
    for run in family:
        await stop_jobs_of(run, Block.aload_from_ref, flow_run_logger(run, flow), away)


async def read_family(client: PrefectClient, flow_run: FlowRun) -> list[FlowRun]:
    """Give a flow run, with the labels it got while it ran, and all that it called.

    What was called and has completed has no jobs any more, and is left out.
    """
    parents = [await client.read_flow_run(flow_run.id)]
    family = list(parents)
    while parents:
        called = FlowRunFilter(
            deployment_id=FlowRunFilterDeploymentId(is_null_=True),
            parent_flow_run_id=FlowRunFilterParentFlowRunId(any_=[run.id for run in parents]),
            state=FlowRunFilterState(type=FlowRunFilterStateType(not_any_=[StateType.COMPLETED])),
        )
        parents = [run async for run in read_flow_runs(client, called)]
        family += parents
    return family


async def stop_jobs_of(run: FlowRun, load: Load, logger: Logger, away: set[str]) -> None:
    """Stop the jobs of one flow run, and log what became of them.

    Args:
        run: The flow run, with its parameters and labels.
        load: Loads blocks.
        logger: Gets the lines.
        away: Addresses of services that do not answer: they are asked once for a whole family.
    """
    lists, problems = await find_job_lists(run.parameters, run.labels, load)
    for problem in problems:
        logger.warning("%s", problem)
    own, owner = ran_here(run.id), owner_of(run.id)
    if own and was_given_up(owner):
        return
    for each in lists:
        if each.service.base_url in away:
            continue
        try:
            stopped = await _stop(each, owner, ANSWER_SECONDS if own else STOP_SECONDS)
        except ExpresError as fault:
            if isinstance(fault, Unreachable):
                away.add(each.service.base_url)
            logger.warning("Jobs could not be stopped; look at them on the service. %s", fault)
            continue
        for job_url, phase in stopped.items():
            logger.info("%s is %s", job_url, phase.value if phase else "deleted")


async def _stop(each: "JobList", owner: str, first: float) -> dict[str, Phase | None]:
    """Stop the jobs of an owner in a list; ``first`` are the seconds for the first answer."""
    until = anyio.current_time() + STOP_SECONDS
    try:
        with anyio.fail_after(first) as limit:

            def answered() -> None:
                limit.deadline = until

            async with each.service.get_client(each.name) as client:
                return await stop_jobs(
                    client, owner, spare_started=each.keep_running, on_answer=answered
                )
    except TimeoutError:
        msg = f"{each.service.base_url} does not answer"
        raise Unreachable(msg, each.service.base_url) from None


@dataclass(frozen=True)
class JobList:
    """A job list in which a flow run may have jobs, and the service to reach it.

    Args:
        service: The service.
        name: The job list.
        keep_running: Leave started jobs running.
    """

    service: ExpresService
    name: str
    keep_running: bool


async def find_job_lists(
    parameters: Mapping[str, Any], labels: Mapping[str, Any], load: Load
) -> tuple[list[JobList], list[str]]:
    """Find in which job lists a flow run may have jobs, from its parameters and labels.

    A service that is a parameter may have jobs in each list that its user may use, unless the
    parameter ``branch`` says in which.

    Args:
        parameters: The flow run's, as Prefect's server keeps them: tokens may be masked.
        labels: The flow run's.
        load: Loads blocks.

    Returns:
        The job lists, and for each service that cannot be reached the reason.
    """
    services = _Services(load)
    for given in services_in(parameters):
        await services.add(given)
    keep_running = bool(parameters.get("keep_running"))
    found: dict[tuple[str, str | None, str], JobList] = {}

    def add(service: ExpresService, name: str, *, keep: bool) -> None:
        key = (service.base_url, service.user, name)
        keep = keep and (key not in found or found[key].keep_running)
        found[key] = JobList(service, name, keep)

    for used in recorded_job_lists(labels):
        service = await services.reaching(used)
        if service is not None:
            add(service, used.job_list, keep=used.keep_running or keep_running)
    recorded = {(base_url, user) for base_url, user, _ in found}
    branch = parameters.get("branch")
    for service in services.loaded:
        if branch or (service.base_url, service.user) not in recorded:
            for name in (job_list_for(branch),) if branch else service.access.job_lists:
                add(service, name, keep=keep_running)
    reached = {each.service.base_url for each in found.values() if each.service.user}
    lost = sorted(services.lost - reached)
    return list(found.values()), services.problems + [_why_lost(url, labels) for url in lost]


def _why_lost(base_url: str, labels: Mapping[str, Any]) -> str:
    """Say why the jobs on a service cannot be stopped, and which they are as far as is known."""
    jobs = [url for url in recorded_jobs(labels) if url.startswith(base_url)]
    return (
        f"Jobs on {base_url} may be still running: {', '.join(jobs) or 'look at the service'}. "
        "Their service has a token, which ended with the flow run: Prefect keeps it only for a "
        "service that is saved as a block. Save it, and load it in the flow."
    )


class _Services:
    """The services of a flow run, as far as they can be used from here.

    ``lost`` are the addresses of those whose token is not known here.
    """

    def __init__(self, load: Load) -> None:
        self._load = load
        self.loaded: list[ExpresService] = []
        self.lost: set[str] = set()
        self.problems: list[str] = []

    async def add(self, given: ExpresService | dict[str, Any]) -> None:
        """Add a service that is given as an object, a reference, or its fields."""
        if isinstance(given, ExpresService):
            self.loaded.append(given)
        elif reference := reference_in(given):
            service = await self._from_block(reference)
            if service is not None:
                self.loaded.append(service)
        elif is_masked(given, "token"):
            self.lost.add(str(given["base_url"]))
        else:
            try:
                # Without a proxy of its own a service is reached through that of the environment.
                proxy = {"proxy": None} if is_masked(given, "proxy") else {}
                self.loaded.append(ExpresService.model_validate(given | proxy))
            except ValidationError as fault:
                # Its own text shows what was given, and so the token.
                reasons = "; ".join(error["msg"] for error in fault.errors())
                self.problems.append(f"A parameter is no service that can be used: {reasons}")

    async def reaching(self, used: UsedJobList) -> ExpresService | None:
        """Give a service that reaches a recorded job list: one that is here, or a saved one."""
        wanted = (used.base_url, used.user)
        for service in (service_known_here(used), *self.loaded):
            if isinstance(service, ExpresService) and (service.base_url, service.user) == wanted:
                return service
        saved = used.block_document_id
        if saved and (service := await self._from_block({"block_document_id": str(saved)})):
            return service
        if used.user is None:
            return ExpresService(base_url=used.base_url)
        if not saved:
            self.lost.add(used.base_url)
        return None

    async def _from_block(self, reference: dict[str, Any]) -> ExpresService | None:
        """Load a service from a block; None if the block is of another kind."""
        try:
            block = await self._load(reference)
        except Exception as fault:  # noqa: BLE001 - Prefect's client and pydantic have many
            self.problems.append(
                f"Jobs may be still running: their service cannot be loaded from {reference}. "
                f"{fault}"
            )
            return None
        if isinstance(block, ExpresSimulation):
            return block.service
        return block if isinstance(block, ExpresService) else None
