"""A block in a flow run asks the source of an ephemeris once, as tasks and flows do."""

import asyncio
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from prefect import flow, get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId
from prefect.runtime import flow_run

from prefect_expres.blocks import ExpresService, ExpresSimulation
from prefect_expres.ephemeris import AnalyticEphemeris, span_of
from prefect_expres.expres import Configuration
from prefect_expres.prefect_support.sync_call import call_from_anywhere
from prefect_expres.sandbox.serving import SandboxServer
from prefect_expres.tasks import compute_ephemeris
from tests.support.processes import PrefectServer


@pytest.fixture
def block(
    server: PrefectServer,
    quick_opus: SandboxServer,
    configuration: dict[str, Any],
    tmp_path: Path,
) -> ExpresSimulation:
    """Give a simulation whose observer nobody has asked for yet."""
    start = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(minutes=random.randrange(10**7))
    observer = configuration["OBSERVER"] | {
        "TYPE": "Pre-Defined",
        "SC": "Earth",
        "SCTIME": f"{start:%Y%m%d%H%M}",
    }
    return ExpresSimulation(
        service=ExpresService(base_url=quick_opus.url),
        configuration=configuration | {"OBSERVER": observer},
        ephemeris=AnalyticEphemeris(),
        output=str(tmp_path),
    )


async def computed() -> list[str | None]:
    """Give how each ephemeris of the running flow run was come by, in this order."""
    async with get_client() as client:
        runs = await client.read_task_runs(
            flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=[flow_run.id]))
        )
    runs = [run for run in runs if run.name.startswith("Compute ephemeris")]
    return [run.state_name for run in sorted(runs, key=lambda run: run.expected_start_time)]


async def test_async_flow_asks_once_and_anew_if_never_is_to_be_reused(
    block: ExpresSimulation,
) -> None:
    """The task and the block share what was computed; a run that reuses nothing computes again."""
    span = span_of(Configuration.from_mapping(block.configuration))

    @flow
    async def whole() -> list[str | None]:
        await compute_ephemeris(AnalyticEphemeris(), span)
        for reuse in ("verified", "never"):
            run = await block.model_copy(update={"reuse": reuse}).atrigger()
            await run.await_for_completion()
        return await computed()

    assert await whole() == ["Completed", "Cached", "Completed"]


async def test_sync_flow_asks_once(block: ExpresSimulation) -> None:
    """It has the value, too."""

    @flow
    def whole() -> list[str | None]:
        for _ in range(2):
            block.trigger().wait_for_completion()
        found: list[str | None] = call_from_anywhere(computed())
        return found

    assert await asyncio.to_thread(whole) == ["Completed", "Cached"]
