"""Run a campaign on several workers, any of which may die.

Every worker may run all of the plan: it begins with its own part, then takes what others have left,
the last first. So those that live finish it. That nothing is run twice is not decided here: all
who ask for a simulation at the same time get the same job (`prefect_expres.execution`).
"""

import contextlib
import itertools
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
from prefect_expres.campaigns.plan import FilesPlan, RoutinePlan
from prefect_expres.campaigns.runner import CampaignRunner, CampaignSettings
from prefect_expres.errors import CampaignError, StorageUnavailable
from prefect_expres.monitoring.log import log_step, log_warning
from prefect_expres.net.clock import Clock, MonotonicClock
from prefect_expres.prefect_support.names import WORKER_DEPLOYMENT

BEAT_EVERY = 3.0
SILENT_AFTER = 30.0
MOST_STARTS = 5
END_SECONDS = 60.0
CLOCK = MonotonicClock()


def numbers_for(total: int, worker: int, workers: int) -> Iterator[int]:
    """Give the numbers of all simulations: those of a worker, then those of others, last first."""
    others = (number for number in reversed(range(total)) if number % workers != worker)
    return itertools.chain(range(worker, total, workers), others)


async def send_heartbeats(
    journal: Journal, who: str, runner: CampaignRunner, clock: Clock = CLOCK
) -> None:
    """Read what the others have done, and show that we are alive, until cancelled.

    Raises:
        StorageError: The journal cannot be read or written; that its host is away is only told.
    """
    for beats in itertools.count(1):
        with _outages_told():
            await journal.beat(who, Heartbeat(beats=beats, list_requests=runner.poller.readings))
            await journal.refresh()
        await clock.sleep(BEAT_EVERY)


@contextlib.contextmanager
def _outages_told() -> Iterator[None]:
    """Let pass that the journal's host is away; the next look may find it again."""
    try:
        yield
    except StorageUnavailable as fault:
        log_warning("%s", fault)


async def check_deployment() -> None:
    """Check that the workers' deployment is there.

    Raises:
        CampaignError: It is not.
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


def worker_parameters(
    plan: RoutinePlan | FilesPlan, settings: CampaignSettings, campaign: str, workers: int
) -> list[dict[str, Any]]:
    """Give the parameters of each worker's flow run.

    Args:
        plan: The plan.
        settings: How the campaign is run; its slots are divided among the workers.
        campaign: The campaign's id.
        workers: How many workers.

    Raises:
        CampaignError: There are more workers than slots, or the service cannot be handed on.
    """
    if settings.in_flight < workers:
        msg = f"{workers} workers need in_flight of at least {workers}, not {settings.in_flight}"
        raise CampaignError(msg)
    common = {
        "plan": plan.settled().model_dump(mode="json"),
        "service": as_parameter(settings.service),
        "output": settings.output,
        "campaign": campaign,
        "workers": workers,
        "max_failures": settings.max_failures,
        "branch": settings.branch,
        "execution_duration": settings.options.execution_duration,
        "timeout": settings.options.timeout,
        "reuse": settings.reuse,
        "archive": settings.archive.model_dump(mode="json") if settings.archive else None,
        "attempts": settings.options.attempts,
        "preview_first": settings.preview_first,
    }
    least, more = divmod(settings.in_flight, workers)
    return [
        {**common, "worker": worker, "in_flight": least + (worker < more)}
        for worker in range(workers)
    ]


def as_parameter(service: ExpresService) -> dict[str, Any]:
    """Give a service as a parameter of another flow run: by reference, without its secrets.

    Raises:
        CampaignError: It has a secret and is not saved, so that no other process can know it.
    """
    saved = service._block_document_id  # noqa: SLF001 - Prefect gives it no other name
    if saved is not None:
        return {"$ref": {"block_document_id": str(saved)}}
    if service.token is not None or service.proxy is not None:
        msg = "Save the service as a block first: other workers are not told its secrets otherwise"
        raise CampaignError(msg)
    return service.model_dump(mode="json", include=set(ExpresService.model_fields))


class CampaignWorkers:
    """The workers of a campaign, each a flow run.

    Args:
        campaign: The campaign's id.
        parameters: The parameters of each worker's flow run.
        journal: The campaign's journal.
        clock: Replaces the machine's clock, for instance in tests.
    """

    def __init__(
        self,
        campaign: str,
        parameters: list[dict[str, Any]],
        journal: Journal,
        clock: Clock = CLOCK,
    ) -> None:
        self._workers = [
            _Worker(f"{campaign}-{number}", given, journal, clock)
            for number, given in enumerate(parameters)
        ]
        self._journal = journal
        self._clock = clock

    async def run(self, enough: Callable[[], bool], show: Callable[[], Awaitable[None]]) -> int:
        """See to it that the workers run until it is enough, then that they have ended.

        Args:
            enough: Says whether the campaign is complete, or is to stop.
            show: Is awaited after each look.

        Returns:
            How often the workers have read the job list, as far as they have told.

        Raises:
            CampaignError: All have ended, again and again, before it was enough.
            StorageError: The journal cannot be read; that its host is away is only told.
        """
        try:
            while True:
                with _outages_told():
                    await self._journal.refresh()
                await show()
                if enough():
                    break
                alive = [await worker.see_running() for worker in self._workers]
                if not any(alive):
                    msg = (
                        "The workers' flow runs have all ended before the campaign was complete; "
                        "look at their logs. Run the campaign again: it goes on from here"
                    )
                    raise CampaignError(msg)
                await self._clock.sleep(BEAT_EVERY / 2)
            await self._await_ends()
        finally:
            for worker in self._workers:
                await worker.end()
        return sum(worker.list_requests for worker in self._workers)

    async def _await_ends(self) -> None:
        """Wait until they have seen by themselves that all is done."""
        deadline = self._clock.now() + END_SECONDS
        waiting = list(self._workers)
        while waiting and self._clock.now() < deadline:
            waiting = [worker for worker in waiting if await worker.is_busy()]
            await self._clock.sleep(BEAT_EVERY / 5)


class _Worker:
    """One worker: its present flow run, and how often it was started."""

    def __init__(
        self, key: str, parameters: dict[str, Any], journal: Journal, clock: Clock
    ) -> None:
        self._key = key
        self._parameters = parameters
        self._journal = journal
        self._clock = clock
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
                log_warning("A worker's flow run has ended: %s; starting another", state.message)
            elif not await self._is_silent(state):
                return True
            else:
                log_warning("A worker's flow run sends no heartbeats; starting another")
                await self._set(Crashed(message="It sent no heartbeats"))
        await self._start()
        return True

    async def is_busy(self) -> bool:
        """Say whether it has a flow run that is running and alive."""
        if self._run is None:
            return False
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
            await self._set(Crashed(message="It sent no heartbeats"))
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
        self._run, self._heartbeat, self._heard = run.id, None, self._clock.now()
        log_step("campaign", "Started a worker: flow run %s", run.name)

    async def _is_silent(self, state: State[Any]) -> bool:
        """Say whether a running flow run has not been heard of for a while."""
        try:
            heartbeat = await self._journal.heartbeat(str(self._run))
        except StorageUnavailable:  # nobody can be heard of now
            self._heard = self._clock.now()
            return False
        if heartbeat != self._heartbeat or not state.is_running():
            self._heartbeat, self._heard = heartbeat, self._clock.now()
        return self._clock.now() - self._heard > SILENT_AFTER

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
