"""A service that answers as a test tells it, and a client of it."""

import pytest

from prefect_expres.uws import UWSClient
from tests.support.no_pause import NoPause
from tests.support.scripted_service import JOBS_URL, ScriptedService


@pytest.fixture
def service() -> ScriptedService:
    """Give a service without scripts."""
    return ScriptedService()


@pytest.fixture
def client(service: ScriptedService) -> UWSClient:
    """Give a client whose pauses take no time."""
    return UWSClient(JOBS_URL, transport=service, clock=NoPause())
