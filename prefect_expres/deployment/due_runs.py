"""Whether the server makes the runs of schedules, and whether somebody runs them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    DeploymentFilterTags,
    FlowRunFilter,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.sorting import FlowRunSort

TAG = "expres"
MADE_WITHIN = timedelta(minutes=3)
"""How long the server may take to make the runs of a new schedule; it does so every minute."""
LATE_AFTER = timedelta(minutes=5)
"""How long a run may wait for a worker; it looks every 15 seconds."""
_LATEST = FlowRunSort.EXPECTED_START_TIME_DESC
_ENDED = {StateType.COMPLETED, StateType.FAILED, StateType.CRASHED}
"""A run that would be one too many at once is cancelled by the limit of its deployment."""


@dataclass(frozen=True)
class Scheduled:
    """A deployment with an active schedule, and its runs on the server.

    Attributes:
        name: The deployment.
        made: The server has made runs to come, or has had no time for it yet.
        late: When the oldest run was due that nobody has begun; None if there is none.
        last: How the last run ended, as ``Completed``; None if none has.
    """

    name: str
    made: bool
    late: datetime | None
    last: str | None


async def scheduled_deployments(client: PrefectClient) -> AsyncIterator[Scheduled]:
    """Look at the deployments of the package that have an active schedule."""
    ours = DeploymentFilter(tags=DeploymentFilterTags(all_=[TAG]))
    now = datetime.now(UTC)
    for each in await client.read_deployments(deployment_filter=ours):
        active = [schedule for schedule in each.schedules if schedule.active]
        if each.paused or not active:
            continue
        changed = max(schedule.updated or now for schedule in active)
        coming = await _first(client, each.id, {StateType.SCHEDULED}, after=now)
        waiting = await _first(client, each.id, {StateType.SCHEDULED}, before=now - LATE_AFTER)
        ended = await _first(client, each.id, _ENDED, before=now, sort=_LATEST)
        yield Scheduled(
            each.name,
            made=coming is not None or now - changed < MADE_WITHIN,
            late=waiting.expected_start_time if waiting else None,
            last=ended.state_name if ended else None,
        )


async def _first(
    client: PrefectClient,
    deployment: UUID,
    states: set[StateType],
    *,
    after: datetime | None = None,
    before: datetime | None = None,
    sort: FlowRunSort = FlowRunSort.EXPECTED_START_TIME_ASC,
) -> FlowRun | None:
    """Find the first run, in some order, of a deployment that is due in a time."""
    due = FlowRunFilterExpectedStartTime(after_=after, before_=before)
    of_state = FlowRunFilterState(type=FlowRunFilterStateType(any_=list(states)))
    runs = await client.read_flow_runs(
        deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[deployment])),
        flow_run_filter=FlowRunFilter(expected_start_time=due, state=of_state),
        sort=sort,
        limit=1,
    )
    return runs[0] if runs else None
