"""What a campaign has in memory while its simulations wait for the service."""

import asyncio
import contextlib
import gc
from pathlib import Path

from prefect_expres.blocks import ExpresService
from prefect_expres.campaigns.plan import RoutinePlan
from prefect_expres.expres import SimulationRequest
from prefect_expres.flows.campaign import campaign
from tests.support.campaign_files import quick_sandbox_for_campaigns

COUNT = 4


async def test_simulations_in_flight_share_their_file(tmp_path: Path) -> None:
    """Those of one day have the same ephemeris, which is in memory once: it has 250 KB."""
    grid = {"SOURCE.*.ACCEL": list(range(1, COUNT + 1))}
    plan = RoutinePlan.model_validate({"first": "2018-09-13", "last": "2018-09-13", "grid": grid})
    with quick_sandbox_for_campaigns(tmp_path, silent_ends=COUNT) as sandbox:
        service = ExpresService(base_url=sandbox.url)
        running = asyncio.ensure_future(campaign(plan, service, output=str(tmp_path / "results")))
        while sandbox.started_count() < COUNT and not running.done():  # noqa: ASYNC110 - no event
            await asyncio.sleep(0.05)
        held = [each for each in gc.get_objects() if isinstance(each, SimulationRequest)]
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
    assert len(held) == COUNT
    assert len({id(each.ephemeris) for each in held}) == 1
