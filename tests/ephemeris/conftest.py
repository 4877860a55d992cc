"""A replaying server and a clock without pauses for the sources on the network."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.ephemeris.replay_server import ReplayServer, replay_server
from tests.support.no_pause import NoPause


@pytest_asyncio.fixture
async def server() -> AsyncIterator[ReplayServer]:
    """Serve recorded answers on loopback."""
    async with replay_server() as replay:
        yield replay


@pytest.fixture
def clock() -> NoPause:
    """Give a clock on which pauses take no time."""
    return NoPause()
