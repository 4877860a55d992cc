"""What is sent to and answered by services where jobs are made and changed."""

from urllib.parse import parse_qs

import httpx

from prefect_expres.uws import UWSClient
from tests.support.scripted_service import (
    JOBS_URL,
    redirect,
)

OK = redirect(f"{JOBS_URL}/j1")
LOST = httpx.ReadError("reset")


def form(request: httpx.Request) -> dict[str, list[str]]:
    """Give the fields of a form."""
    return parse_qs(request.content.decode())


def paused(client: UWSClient) -> float:
    """Give the seconds that were slept."""
    return client.clock.now()
