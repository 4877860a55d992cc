"""What is done for a flow run that cannot do it itself any more: its jobs are stopped.

A flow run that is told of its end stops its jobs on the way out. One that was killed is not told;
then Prefect calls these hooks, in the process of the worker or of ``serve``.
"""

from typing import Any

import anyio
from prefect import Flow, get_client
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

from prefect_expres.blocks import ExpresService
from prefect_expres.errors import ExpresError, Unreachable
from prefect_expres.execution import stop_jobs
from prefect_expres.expres.access import DEFAULT_BRANCH, job_list_for
from prefect_expres.expres.run_id import owner_of
from prefect_expres.prefect_support.flow_runs import read_flow_runs
from prefect_expres.uws import Phase

STOP_SECONDS = 20.0
_MASK = "*****"


async def stop_remote_jobs(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:
    """Stop the jobs of a flow run and of the flows that it called; it does no harm to do it twice.

    Runs of deployments that it asked for live on: they have processes and hooks of their own.

    It stands on `simulate` already. Put it on a flow of your own that calls `simulate`, so that
    the jobs are stopped also when your flow run is killed::

        @flow(on_cancellation=[stop_remote_jobs], on_crashed=[stop_remote_jobs])

    Args:
        flow: The flow.
        flow_run: The flow run that was cancelled or has crashed.
        state: Its state.
    """
    away: set[str] = set()
    for run in await _family(flow_run):
        logger = flow_run_logger(run, flow)
        try:
            stopped = await _stop(run, away)
        except (ExpresError, ValueError) as fault:
            logger.warning("Jobs could not be stopped; look at them on the service. %s", fault)
            continue
        for job_url, phase in stopped.items():
            logger.info("%s is %s", job_url, phase.value if phase else "deleted")


async def _family(flow_run: FlowRun) -> list[FlowRun]:
    """Give a flow run and all that it called, but for those that have completed."""
    family, parents = [flow_run], [flow_run]
    async with get_client() as client:
        while parents:
            parents = await _called_by(client, parents)
            family += parents
    return family


async def _called_by(client: PrefectClient, parents: list[FlowRun]) -> list[FlowRun]:
    """Give what flow runs have called, in their own processes."""
    called = FlowRunFilter(
        deployment_id=FlowRunFilterDeploymentId(is_null_=True),
        parent_flow_run_id=FlowRunFilterParentFlowRunId(any_=[run.id for run in parents]),
        state=FlowRunFilterState(type=FlowRunFilterStateType(not_any_=[StateType.COMPLETED])),
    )
    return [run async for run in read_flow_runs(client, called)]


async def _stop(run: FlowRun, away: set[str]) -> dict[str, Phase | None]:
    """Stop a run's jobs; a service that does not answer is asked once for the whole family."""
    service = await _service_of(run)
    if service is None or service.base_url in away:
        return {}
    branch = run.parameters.get("branch") or DEFAULT_BRANCH
    keep_running = bool(run.parameters.get("keep_running"))
    try:
        with anyio.fail_after(STOP_SECONDS):
            async with service.get_client(job_list_for(branch)) as client:
                return await stop_jobs(client, owner_of(run.id), spare_started=keep_running)
    except (TimeoutError, Unreachable):
        away.add(service.base_url)
        msg = f"{service.base_url} does not answer"
        raise Unreachable(msg, service.base_url) from None


async def _service_of(run: FlowRun) -> ExpresService | None:
    """Load the service that a run of `simulate` was given.

    Prefect keeps a service that was given as an object with its token masked: one that is saved as
    a block is loaded again, another one cannot be used from here.
    """
    given = run.parameters.get("service")
    if isinstance(given, ExpresService):
        return given
    if not isinstance(given, dict):
        return None
    if "$ref" in given:
        return await ExpresService.aload_from_ref(given["$ref"])
    if _MASK not in str(given.get("token")):
        fields = {name: given[name] for name in ExpresService.model_fields.keys() & given.keys()}
        return ExpresService(**fields)
    if saved := given.get("_block_document_id"):
        return await ExpresService.aload_from_ref({"block_document_id": saved})
    return None
