"""What is done for a flow run that cannot do it itself any more: its jobs are stopped.

A flow run that is told of its end stops its jobs on the way out. One that was killed is not told;
then Prefect calls these hooks, in the process of the worker or of ``serve``.
"""

from typing import Any

from prefect import Flow, get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterParentFlowRunId
from prefect.client.schemas.objects import FlowRun, State
from prefect.logging.loggers import flow_run_logger

from prefect_expres.blocks import ExpresService
from prefect_expres.errors import ExpresError
from prefect_expres.expres.access import DEFAULT_BRANCH, job_list_for
from prefect_expres.expres.run_id import owner_of
from prefect_expres.submission import stop_jobs

_MASK = "*****"


async def stop_remote_jobs(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:
    """Stop the jobs of a flow run and of the flows that it called; it does no harm to do it twice.

    It stands on `simulate` already. Put it on a flow of your own that calls `simulate`, so that
    the jobs are stopped also when your flow run is killed::

        @flow(on_cancellation=[stop_remote_jobs], on_crashed=[stop_remote_jobs])

    Args:
        flow: The flow.
        flow_run: The flow run that was cancelled or has crashed.
        state: Its state.
    """
    for run in await _family(flow_run):
        service = await _service_of(run)
        if service is not None:
            await _stop(flow, run, service)


async def _family(flow_run: FlowRun) -> list[FlowRun]:
    """Give a flow run and all that it called."""
    family, parents = [flow_run], [flow_run.id]
    async with get_client() as client:
        while parents:
            called = FlowRunFilter(parent_flow_run_id=FlowRunFilterParentFlowRunId(any_=parents))
            found = await client.read_flow_runs(flow_run_filter=called)
            family += found
            parents = [run.id for run in found]
    return family


async def _service_of(flow_run: FlowRun) -> ExpresService | None:
    """Load the service that a run of `simulate` was given.

    A service that was given as an object stands in the parameters with its token masked, and
    cannot be used from here.
    """
    given = flow_run.parameters.get("service")
    if isinstance(given, ExpresService):
        return given
    if not isinstance(given, dict):
        return None
    if "$ref" in given:
        return await ExpresService.aload_from_ref(given["$ref"])
    if _MASK in str(given.get("token")):
        return None
    fields = {name: value for name, value in given.items() if name in ExpresService.model_fields}
    return ExpresService(**fields)


async def _stop(flow: Flow[..., Any], run: FlowRun, service: ExpresService) -> None:
    logger = flow_run_logger(run, flow)
    branch = run.parameters.get("branch") or DEFAULT_BRANCH
    try:
        async with service.get_client(job_list_for(branch)) as client:
            stopped = await stop_jobs(
                client,
                owner_of(run.id),
                spare_started=bool(run.parameters.get("keep_running")),
            )
    except ExpresError as fault:
        logger.warning("Jobs could not be stopped; look at them on the service. %s", fault)
        return
    for job_url, phase in stopped.items():
        logger.info("%s is %s", job_url, phase.value if phase else "deleted")
