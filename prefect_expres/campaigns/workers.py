"""Share a campaign among several workers, and outlast the death of each.

Every worker may do all of it: each begins with its own part, then takes what others have left, the
last first. So whoever lives finishes. That nothing is run twice is not decided here: whoever asks
for a simulation at the same time comes to the same job (`prefect_expres.execution`).
"""

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any
from uuid import UUID

from prefect import get_client
from prefect.client.schemas.objects import State
from prefect.deployments import run_deployment
from prefect.exceptions import ObjectNotFound
from prefect.states import Cancelled, Cancelling, Crashed

from prefect_expres.blocks import ExpresService
from prefect_expres.campaigns.journal import Heartbeat, Journal
from prefect_expres.campaigns.runner import CampaignRunner
from prefect_expres.errors import CampaignError
from prefect_expres.monitoring.log import log_step, log_warning
from prefect_expres.prefect_support.names import WORKER_DEPLOYMENT

BEAT_EVERY = 3.0
SILENT_AFTER = 30.0
MOST_STARTS = 5
END_SECONDS = 60.0


def numbers_for(total: int, share: int, shares: int) -> Iterator[int]:
    """Give the numbers of all simulations: those of one share, then those of others, last first."""
    others = (number for number in reversed(range(total)) if number % shares != share)
    return itertools.chain(range(share, total, shares), others)


async def send_heartbeats(journal: Journal, who: str, runner: CampaignRunner) -> None:
    """Read what the others have done, and show that we are alive, for ever."""
    for beats in itertools.count(1):
        await journal.beat(who, Heartbeat(beats=beats, list_requests=runner.poller.readings))
        await journal.refresh()
        await asyncio.sleep(BEAT_EVERY)


async def check_deployment() -> None:
    """Check that there is a deployment that takes shares.

    Raises:
        CampaignError: There is none.
    """
    async with get_client() as client:
        try:
            await client.read_deployment_by_name(WORKER_DEPLOYMENT)
        except ObjectNotFound:
            msg = (
                f"A campaign on several workers needs the deployment {WORKER_DEPLOYMENT}, which "
                "prefect-expres deploy makes; or leave workers at 1"
            )
            raise CampaignError(msg) from None


def as_parameter(service: ExpresService) -> dict[str, Any]:
    """Give a service as a parameter of another flow run: by reference, without its token.

    Raises:
        CampaignError: It has a token and is not saved, so that no other process can know it.
    """
    saved = service._block_document_id  # noqa: SLF001 - Prefect gives it no other name
    if saved is not None:
        return {"$ref": {"block_document_id": str(saved)}}
    if service.token is not None:
        msg = "Save the service as a block first: other workers are not told its token otherwise"
        raise CampaignError(msg)
    return service.model_dump(mode="json", include=set(ExpresService.model_fields))


class CampaignWorkers:
    """The flow runs that share a campaign.

    Args:
        campaign: The campaign's id.
        parameters: The parameters of each share's flow run, by share.
        journal: The campaign's journal.
    """

    def __init__(self, campaign: str, parameters: list[dict[str, Any]], journal: Journal) -> None:
        self._shares = [
            _Worker(f"{campaign}-{number}", given, journal)
            for number, given in enumerate(parameters)
        ]
        self._journal = journal

    @property
    def list_requests(self) -> int:
        """How often they have read the job list, as far as they have told."""
        return sum(share.list_requests for share in self._shares)

    async def run(self, enough: Callable[[], bool], show: Callable[[], Awaitable[None]]) -> None:
        """See to it that the shares run until it is enough, then that they have ended.

        Args:
            enough: Says whether the campaign is complete, or is to stop.
            show: Is awaited after each look.

        Raises:
            CampaignError: All have ended, again and again, before it was enough.
        """
        try:
            while True:
                await self._journal.refresh()
                await show()
                if enough():
                    break
                alive = [await share.see_running() for share in self._shares]
                if not any(alive):
                    msg = (
                        "The workers' flow runs have all ended before the campaign was complete; "
                        "look at their logs. Run the campaign again: it goes on from here"
                    )
                    raise CampaignError(msg)
                await asyncio.sleep(BEAT_EVERY / 2)
            await self._await_ends()
        finally:
            for share in self._shares:
                await share.end()

    async def _await_ends(self) -> None:
        """Let them find out by themselves that all is done."""
        deadline = time.monotonic() + END_SECONDS
        waiting = list(self._shares)
        while waiting and time.monotonic() < deadline:
            waiting = [share for share in waiting if await share.is_busy()]
            await asyncio.sleep(BEAT_EVERY / 5)


class _Worker:
    """One share: its present flow run, and how often it was started."""

    def __init__(self, key: str, parameters: dict[str, Any], journal: Journal) -> None:
        self._key = key
        self._parameters = parameters
        self._journal = journal
        self._starts = 0
        self._run: UUID | None = None
        self._heartbeat: Heartbeat | None = None
        self._heard = 0.0
        self._earlier_requests = 0

    @property
    def list_requests(self) -> int:
        return self._earlier_requests + (self._heartbeat.list_requests if self._heartbeat else 0)

    async def see_running(self) -> bool:
        """Start a flow run if there is none, or the last one has died; False if it is over."""
        if self._run is not None:
            state = await self._state()
            if state.is_final():
                if state.is_completed() or state.is_cancelled() or self._starts >= MOST_STARTS:
                    return False
                log_warning("A worker's flow run has ended: %s; another one goes on", state.message)
            elif not await self._is_silent(state):
                return True
            else:
                log_warning("A worker's flow run gives no sign of life; another one goes on")
                await self._set(Crashed(message="It gave no sign of life"))
        await self._start()
        return True

    async def is_busy(self) -> bool:
        """Say whether its flow run is running and alive."""
        state = await self._state()
        return state.is_running() and not await self._is_silent(state)

    async def end(self) -> None:
        """End the flow run, in whatever state it is."""
        if self._run is None:
            return
        state = await self._state()
        if state.is_final() or state.is_cancelling():
            return
        if not state.is_running():
            await self._set(Cancelled(message="The campaign has ended"))
        elif await self._is_silent(state):
            await self._set(Crashed(message="It gave no sign of life"))
        else:
            await self._set(Cancelling(message="The campaign has ended"))

    async def _start(self) -> None:
        key = f"{self._key}-{self._starts}"
        self._starts += 1
        self._earlier_requests = self.list_requests
        starting: Any = run_deployment(
            WORKER_DEPLOYMENT, parameters=self._parameters, timeout=0, idempotency_key=key
        )
        run = await starting
        self._run, self._heartbeat, self._heard = run.id, None, time.monotonic()
        log_step("campaign", "A worker is asked for: flow run %s", run.name)

    async def _is_silent(self, state: State[Any]) -> bool:
        """Say whether a running flow run has not been heard of for a while."""
        heartbeat = await self._journal.heartbeat(str(self._run))
        if heartbeat != self._heartbeat or not state.is_running():
            self._heartbeat, self._heard = heartbeat, time.monotonic()
        return time.monotonic() - self._heard > SILENT_AFTER

    async def _state(self) -> State[Any]:
        assert self._run is not None
        async with get_client() as client:
            run = await client.read_flow_run(self._run)
        assert run.state is not None
        return run.state

    async def _set(self, state: State[Any]) -> None:
        assert self._run is not None
        async with get_client() as client:
            await client.set_flow_run_state(self._run, state, force=True)
