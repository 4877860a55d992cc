"""Run the simulations of a plan: many at once, watched together, each with a state of its own."""

import asyncio
import contextlib
import functools
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.tasks import exponential_backoff

from prefect_expres.archive import Archive, ArchiveReuse
from prefect_expres.blocks import ExpresService
from prefect_expres.campaigns.concurrency import JobSlots
from prefect_expres.campaigns.ephemerides import Ephemerides
from prefect_expres.campaigns.journal import Journal, Row
from prefect_expres.campaigns.plan import FilesPlan, Planned, RoutinePlan, beside
from prefect_expres.campaigns.steps import PollerSteps
from prefect_expres.errors import ExpresError, JobError, NothingVisible
from prefect_expres.execution import RunOptions, Take, unwrapped
from prefect_expres.execution.prepare import build_request, read_configuration
from prefect_expres.execution.run import run_simulation
from prefect_expres.expres import SimulationRequest
from prefect_expres.expres.access import job_list_for
from prefect_expres.monitoring.log import lines_name
from prefect_expres.monitoring.progress import LogListener
from prefect_expres.prefect_support.forms import Reuse
from prefect_expres.prefect_support.job_lists import record_job_list
from prefect_expres.prefect_support.retry import may_help
from prefect_expres.preview import preview_request
from prefect_expres.uws import JobListPoller

MOST_AROUND = 32
"""Simulations beyond those in flight that are prepared, downloaded or looked at meanwhile."""
PREPARED_AT_ONCE = 4
"""Two processors are busy with them; 500 at once took seven times as much memory."""
PREVIEWS_AT_ONCE = 2
"""Each takes a processor, and an auroral oval over a gigabyte."""


@task(
    name="Simulation",
    task_run_name="{label}",
    cache_policy=NO_CACHE,
    retries=3,
    retry_delay_seconds=exponential_backoff(5),
    retry_jitter_factor=0.5,
    retry_condition_fn=may_help,
)
async def run_planned(label: str, run: Callable[[], Awaitable[Row]]) -> Row:
    """Run one simulation of a campaign, and give its row.

    Retried when the service is busy or away, which is safe as a whole: each try goes on from what
    stands complete and from what the service knows. Not cached: the manifest says what is there.

    Args:
        label: The simulation's label.
        run: Runs it.
    """
    return await run()


@dataclass(frozen=True)
class CampaignSettings:
    """How a campaign is run.

    Args:
        service: The service.
        output: Path or fsspec URL of the campaign's output.
        branch: The ExPRES git branch.
        options: How each simulation is to be run.
        in_flight: How many may be on the service at once.
        max_failures: Begin no further simulation when more than so many have failed; None for no
            limit.
        preview_first: Send nothing of what shows no emission.
        archive: Where published simulations are looked for; None for nowhere.
    """

    service: ExpresService
    output: str
    branch: str
    options: RunOptions
    in_flight: int
    max_failures: int | None
    preview_first: bool = False
    archive: Archive | None = None

    @property
    def reuse(self) -> Reuse:
        """What replaces a new run, as the flows are told."""
        if self.options.exclusive:
            return "never"
        return "published" if self.archive is not None else "verified"

    def too_many_failed(self, failed: int) -> bool:
        """Say whether no further simulation may begin."""
        return self.max_failures is not None and failed > self.max_failures


class CampaignRunner:
    """Runs simulations of a plan in this flow run.

    Use it as an asynchronous context manager, within a flow run. It begins no further simulation
    when too many have failed.

    Args:
        settings: How the campaign is run.
        journal: Gets a row for each simulation.
        on_row: Is called after each row.
    """

    def __init__(
        self,
        settings: CampaignSettings,
        journal: Journal,
        on_row: Callable[[], Awaitable[None]],
    ) -> None:
        self._settings = settings
        self._journal = journal
        self._on_row = on_row
        self._under_way: set[int] = set()
        self._ephemerides = Ephemerides(refresh=settings.options.exclusive)
        self._preparations = asyncio.Semaphore(PREPARED_AT_ONCE)
        self._previews = asyncio.Semaphore(PREVIEWS_AT_ONCE)

    async def __aenter__(self) -> Self:
        """Record the job list for hooks, and open the poller, the slots and the archive."""
        job_list = job_list_for(self._settings.branch)
        service = self._settings.service
        await record_job_list(service.use_of(job_list), service)
        async with contextlib.AsyncExitStack() as stack:
            self.poller = await stack.enter_async_context(
                service.get_client(job_list, JobListPoller)
            )
            slots = await stack.enter_async_context(JobSlots(self._settings.in_flight))
            self._take: Take | None = None
            if self._settings.archive is not None:
                reuse = ArchiveReuse(self._settings.archive, service.network, LogListener())
                self._take = (await stack.enter_async_context(reuse)).take
            self._steps = PollerSteps(self.poller, slots, service.largest_result)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close them."""
        await self._stack.__aexit__(kind, fault, trace)

    async def run(self, plan: RoutinePlan | FilesPlan, numbers: Iterable[int]) -> None:
        """Run simulations, as many at once as there are slots, and some more around them.

        Those that have a row, or are under way, are skipped.

        Args:
            plan: The plan.
            numbers: Which of its simulations, in the order in which they begin.
        """
        in_flight = self._settings.in_flight
        handled = asyncio.Semaphore(in_flight + min(in_flight, MOST_AROUND))
        try:
            async with asyncio.TaskGroup() as group:
                for number in numbers:
                    await handled.acquire()
                    if self._settings.too_many_failed(self._journal.failed):
                        break
                    if number in self._journal.rows or number in self._under_way:
                        handled.release()
                        continue
                    self._under_way.add(number)
                    one = group.create_task(self._one(plan, number))
                    one.add_done_callback(lambda _: handled.release())
        except BaseExceptionGroup as faults:
            raise unwrapped(faults) from None

    async def _one(self, plan: RoutinePlan | FilesPlan, number: int) -> None:
        """Run one simulation; its failure is a row like any other."""
        row = await self._row(plan, number)
        await self._journal.keep(row)
        self._under_way.discard(number)
        await self._on_row()

    async def _row(self, plan: RoutinePlan | FilesPlan, number: int) -> Row:
        try:
            planned = await asyncio.to_thread(plan.simulation, number)
        except ExpresError as fault:
            return _failure(number, f"simulation-{number}", fault)
        run = functools.partial(self._named, planned)
        # Prefect's annotations do not know that an async task's state is awaited, too.
        ending: Any = run_planned(planned.label, run, return_state=True)
        state: State[Row] = await ending
        outcome = await state.aresult(raise_on_failure=False)
        return outcome if isinstance(outcome, Row) else _failure(number, planned.label, outcome)

    async def _named(self, planned: Planned) -> Row:
        """Run one simulation; all that it logs begins with its name."""
        with lines_name(planned.label):
            return await self._run(planned)

    async def _run(self, planned: Planned) -> Row:
        settings = self._settings
        request, made_from = await self._prepared(planned)
        try:
            result, _ = await run_simulation(
                request,
                settings.output,
                self._steps,
                settings.options,
                made_from=made_from,
                take=self._take,
                beforehand=self._preview if settings.preview_first else None,
                tell=LogListener(),
            )
        except NothingVisible as fault:
            return Row(
                number=planned.number,
                label=planned.label,
                state="empty",
                fingerprint=request.fingerprint,
                error=str(fault),
            )
        return Row.of(planned.number, planned.label, result)

    async def _prepared(self, planned: Planned) -> tuple[SimulationRequest, tuple[object, object]]:
        """Build the request of a simulation, a few at once, and give what it was made from."""
        configuration, ephemeris = planned.configuration, planned.ephemeris
        async with self._preparations:
            if ephemeris is None and isinstance(configuration, str):
                named = (await read_configuration(configuration)).observer.ephem
                ephemeris = beside(configuration, named) if named else None
            request = await build_request(
                configuration,
                self._settings.service.access,
                ephemeris,
                self._settings.branch,
                planned.label,
                compute=self._ephemerides.compute,
                tell=LogListener(),
            )
        return self._ephemerides.shared(request), (configuration, ephemeris)

    async def _preview(self, request: SimulationRequest) -> None:
        """Preview a simulation, a few at once, and refuse it if it shows nothing."""
        async with self._previews:
            (await preview_request(request, tell=LogListener())).require_emission()


def _failure(number: int, label: str, fault: object) -> Row:
    """Make the row of a simulation that failed."""
    return Row(
        number=number,
        label=label,
        state="failed",
        job_url=fault.job_url if isinstance(fault, JobError) else None,
        error=f"{type(fault).__name__}: {fault}",
    )
