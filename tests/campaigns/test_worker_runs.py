"""The flow runs of a campaign's workers: nobody runs them here, their states are set by hand."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest
from prefect import get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterIdempotencyKey
from prefect.client.schemas.objects import FlowRun
from prefect.states import Cancelled, Cancelling, Completed, Crashed, Failed, Running, State

from prefect_expres.blocks import ExpresService
from prefect_expres.campaigns.journal import Heartbeat, Journal
from prefect_expres.campaigns.plan import RoutinePlan
from prefect_expres.campaigns.runner import CampaignSettings
from prefect_expres.campaigns.workers import (
    MOST_STARTS,
    CampaignWorkers,
    check_deployment,
    worker_parameters,
)
from prefect_expres.errors import CampaignError
from prefect_expres.execution import RunOptions
from prefect_expres.flows.campaign import campaign_worker
from prefect_expres.prefect_support.names import WORKER_DEPLOYMENT
from tests.support.no_pause import NoPause
from tests.support.processes import PrefectServer
from tests.support.runs import deploy

PLAN = RoutinePlan(first=date(2018, 9, 13), last=date(2018, 9, 14))
POOL = "nobody-works-here"


class Story(NoPause):
    """A campaign whose workers' flow runs are moved from state to state between its looks.

    ``alive`` says that heartbeats are sent when it is enough.

    Args:
        output: The campaign's output.
    """

    def __init__(self, output: Path) -> None:
        super().__init__()
        service = ExpresService(base_url="http://127.0.0.1:9")
        settings = CampaignSettings(service, str(output), "master", RunOptions("A" * 22), 4, None)
        self.campaign = uuid4().hex
        self.journal = Journal(str(output), self.campaign)
        parameters = worker_parameters(PLAN, settings, self.campaign, 1)
        self._workers = CampaignWorkers(self.campaign, parameters, self.journal, self)
        self._steps: list[Callable[[], Awaitable[object]]] = []
        self.alive = True

    async def told(self, *steps: Callable[[], Awaitable[object]]) -> int:
        """Run the workers; a step happens before each look, of which the last one is enough."""
        self._steps = list(steps)
        return await self._workers.run(lambda: not self._steps, self._next)

    async def _next(self) -> None:
        if self._steps:
            await self._steps.pop(0)()

    async def sleep(self, seconds: float) -> None:
        """Let time pass at once; when it is enough, ten seconds from heartbeat to heartbeat."""
        await super().sleep(seconds if self._steps else 10.0)
        if not self._steps and self.alive:
            await self.beats(int(self.now()), 0)()

    async def runs(self) -> list[FlowRun]:
        """Read the flow runs of the workers, in the order of their starts."""
        keys = [f"{self.campaign}-0-{start}" for start in range(MOST_STARTS + 2)]
        named = FlowRunFilter(idempotency_key=FlowRunFilterIdempotencyKey(any_=keys))
        async with get_client() as client:
            found = await client.read_flow_runs(flow_run_filter=named)
        return sorted(found, key=lambda run: keys.index(run.idempotency_key or ""))

    def puts(self, state: State) -> Callable[[], Awaitable[None]]:
        """Give the step that puts the last flow run into a state."""

        async def step() -> None:
            (*_, last) = await self.runs()
            async with get_client() as client:
                await client.set_flow_run_state(last.id, state, force=True)

        return step

    def at(self, seconds: float) -> Callable[[], Awaitable[None]]:
        """Give the step in which it gets so late, and nothing else happens."""

        async def step() -> None:
            self.time = seconds

        return step

    def beats(self, beats: int, list_requests: int) -> Callable[[], Awaitable[None]]:
        """Give the step in which the last flow run shows that it is alive."""

        async def step() -> None:
            (*_, last) = await self.runs()
            heartbeat = Heartbeat(beats=beats, list_requests=list_requests)
            await self.journal.beat(str(last.id), heartbeat)

        return step

    async def states(self) -> list[str | None]:
        """Tell in which states the flow runs are."""
        return [run.state_name for run in await self.runs()]


async def nothing() -> None:
    """Let nothing happen."""


@pytest.fixture
async def story(server: PrefectServer, tmp_path: Path) -> AsyncIterator[Story]:
    """Deploy the workers' flow to a pool without workers; none of its runs is left afterwards."""
    async with get_client() as client:
        await client.create_work_pool(WorkPoolCreate(name=POOL, type="process"), overwrite=True)
        await asyncio.to_thread(deploy, campaign_worker, WORKER_DEPLOYMENT.partition("/")[2], POOL)
        told = Story(tmp_path)
        yield told
        for run in await told.runs():
            await client.delete_flow_run(run.id)


@pytest.mark.parametrize(
    ("state", "starts"),
    [(Crashed(), MOST_STARTS), (Completed(), 1), (Cancelled(), 1)],
    ids=lambda given: getattr(given, "name", None),
)
async def test_a_flow_run_that_dies_is_started_again(
    story: Story, state: State, starts: int
) -> None:
    """Five times at most, unless it has come to its end; then the campaign tells that all have."""
    with pytest.raises(CampaignError, match="have all ended before the campaign was complete"):
        await story.told(nothing, *[story.puts(state)] * 9)
    assert await story.states() == [state.name] * starts
    assert MOST_STARTS == 5


@pytest.mark.parametrize(("seconds", "starts"), [(61.5, 1), (61.6, 2)])
async def test_a_flow_run_without_heartbeats_is_given_up(
    story: Story, seconds: float, starts: int
) -> None:
    """Over half a minute after the last one, or after it was started."""
    await story.told(
        *(nothing, story.puts(Running()), story.at(30.0)),
        *(story.beats(1, 2), story.at(seconds), nothing),
    )
    assert len(await story.runs()) == starts


@pytest.mark.parametrize(("seconds", "starts"), [(2030.0, 1), (2030.1, 2)])
async def test_a_flow_run_that_waits_for_its_turn_is_not_silent(
    story: Story, seconds: float, starts: int
) -> None:
    """It has no process yet that could send heartbeats; its time counts from then on."""
    await story.told(
        *(nothing, story.at(1000.0), story.at(2000.0)),
        *(story.puts(Running()), story.at(seconds), nothing),
    )
    assert len(await story.runs()) == starts


async def test_silence_is_told_to_prefect(story: Story) -> None:
    """The flow run is no more the campaign's: another one goes on."""
    await story.told(
        *(nothing, story.puts(Running()), story.at(31.0), story.puts(Running()), story.beats(1, 2)),
    )
    first, second = await story.runs()
    assert first.state is not None
    assert (first.state_name, first.state.message) == ("Crashed", "It sent no heartbeats")
    assert second.state_name == "Cancelling"


async def test_requests_of_all_flow_runs_are_counted(story: Story) -> None:
    """Those of the ones that died, too, as far as they have told."""
    requests = await story.told(
        *(nothing, story.puts(Running()), story.beats(1, 4), story.puts(Crashed())),
        *(story.puts(Running()), story.beats(1, 3), story.puts(Completed())),
    )
    assert requests == 7
    assert await story.states() == ["Crashed", "Completed"]


@pytest.mark.parametrize(
    ("states", "alive", "end", "message"),
    [
        ([], True, "Cancelled", "The campaign has ended"),
        ([Running()], True, "Cancelling", "The campaign has ended"),
        ([Running()], False, "Crashed", "It sent no heartbeats"),
        ([Running(), Cancelling(message="by hand")], True, "Cancelling", "by hand"),
        ([Completed(message="done")], True, "Completed", "done"),
        ([Failed(message="no")], True, "Failed", "no"),
    ],
)
async def test_no_flow_run_is_left_when_it_is_enough(
    story: Story, states: list[State], end: str, message: str, *, alive: bool
) -> None:
    """What was not begun never begins; what runs is asked to end, unless it has died."""
    story.alive = alive
    await story.told(nothing, nothing, *map(story.puts, states))
    (run,) = await story.runs()
    assert run.state is not None
    assert (run.state_name, run.state.message) == (end, message)


@pytest.mark.parametrize(
    ("state", "alive", "seconds"),
    [(Running(), True, 60.0), (Running(), False, 40.0), (Completed(), True, 10.0)],
)
async def test_flow_runs_end_by_themselves_in_their_time(
    story: Story, state: State, seconds: float, *, alive: bool
) -> None:
    """Whoever sends heartbeats has a minute; nobody is waited for longer than he runs."""
    story.alive = alive
    await story.told(nothing, story.puts(state))
    assert sum(story.slept[1:]) == seconds


async def test_campaigns_that_are_enough_start_nothing(story: Story) -> None:
    """Nor is anything there to be ended."""
    story.alive = False
    await story.told()
    assert await story.runs() == []


async def test_the_deployment_of_workers_is_looked_for(story: Story) -> None:
    """Before anything is sent; where it is not, what makes it is told."""
    await check_deployment()
    async with get_client() as client:
        there = await client.read_deployment_by_name(WORKER_DEPLOYMENT)
        await client.delete_deployment(there.id)
    with pytest.raises(CampaignError, match="which prefect-expres deploy makes"):
        await check_deployment()
