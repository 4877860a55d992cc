"""What a campaign has in memory while its simulations wait for the service."""

import asyncio
import contextlib
import gc
from pathlib import Path
from typing import ClassVar

from prefect_expres.blocks import ExpresService
from prefect_expres.campaigns.plan import RoutinePlan
from prefect_expres.campaigns.runner import PREPARED_AT_ONCE
from prefect_expres.ephemeris import AnalyticEphemeris, Ephemeris, Span
from prefect_expres.expres import SimulationRequest
from prefect_expres.flows.campaign import campaign
from prefect_expres.net.clock import Clock
from tests.support.campaign_files import quick_sandbox_for_campaigns


class CountedEphemeris(AnalyticEphemeris):
    """Counts how many are computed at once."""

    now: ClassVar[int] = 0
    most: ClassVar[int] = 0

    async def compute(self, span: Span, clock: Clock) -> Ephemeris:
        """Compute, and count."""
        CountedEphemeris.now += 1
        CountedEphemeris.most = max(self.now, self.most)
        try:
            return await super().compute(span, clock)
        finally:
            CountedEphemeris.now -= 1


def requests_in_memory() -> list[SimulationRequest]:
    """Give the requests that somebody holds: what only waits to be collected does not count."""
    gc.collect()
    return [each for each in gc.get_objects() if isinstance(each, SimulationRequest)]


async def requests_in_flight(plan: RoutinePlan, folder: Path) -> list[SimulationRequest]:
    """Give the requests that a campaign holds when all its jobs run, which do not end."""
    count = plan.count()
    others = requests_in_memory()
    with quick_sandbox_for_campaigns(folder, silent_ends=count) as sandbox:
        service, output = ExpresService(base_url=sandbox.url), str(folder / "results")
        running = asyncio.ensure_future(
            campaign(plan, service, output=output, in_flight=count, reuse="never")
        )
        while sandbox.started_count() < count and not running.done():  # noqa: ASYNC110 - no event
            await asyncio.sleep(0.05)
        held = requests_in_memory()
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
    return [each for each in held if not any(each is other for other in others)]


async def test_simulations_in_flight_share_their_file(tmp_path: Path) -> None:
    """Those of one day have the same ephemeris, which is in memory once: it has 250 KB."""
    grid = {"SOURCE.*.ACCEL": [1, 2, 3, 4]}
    plan = RoutinePlan.model_validate({"first": "2018-09-13", "last": "2018-09-13", "grid": grid})
    held = await requests_in_flight(plan, tmp_path)
    assert len(held) == plan.count()
    assert len({id(each.ephemeris) for each in held}) == 1


async def test_a_few_simulations_are_prepared_at_once(tmp_path: Path) -> None:
    """Each takes memory of which the process keeps a part; those in flight are many more."""
    days = {"first": "2018-09-13", "last": "2018-09-22", "ephemeris": CountedEphemeris()}
    plan = RoutinePlan.model_validate(days)
    assert len(await requests_in_flight(plan, tmp_path)) == plan.count() > PREPARED_AT_ONCE
    assert CountedEphemeris.most == PREPARED_AT_ONCE
