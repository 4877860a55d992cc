"""A replaying server and quick time for the sources on the network."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from prefect_expres.ephemeris import Clock
from tests.ephemeris.replay_server import QuickTime, ReplayServer, replay_server


@pytest_asyncio.fixture
async def server() -> AsyncIterator[ReplayServer]:
    """Serve recorded answers on loopback."""
    async with replay_server() as replay:
        yield replay


@pytest.fixture
def time() -> QuickTime:
    """Give time that passes at once."""
    return QuickTime()


@pytest.fixture
def clock(time: QuickTime) -> Clock:
    """Give a clock of quick time."""
    return Clock(time.now, time.sleep)
