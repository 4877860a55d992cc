"""Prefect's server: a command that needs it says so before it begins."""

import asyncio
from typing import TYPE_CHECKING

from prefect_expres.errors import PrefectUnreachable
from prefect_expres.net.url import shown_url

if TYPE_CHECKING:
    from prefect.client.orchestration import PrefectClient

ANSWER_SECONDS = 5.0


def require_prefect_server() -> None:
    """Refuse a server that is named and does not answer; without one a run makes its own.

    Raises:
        PrefectUnreachable: It does not answer.
    """
    from prefect.settings import get_current_settings  # noqa: PLC0415 - imports Prefect

    url = get_current_settings().api.url
    if url and asyncio.run(_fault()):
        msg = (
            f"Prefect's server at {shown_url(url)} does not answer. Start it, set PREFECT_API_URL "
            "to one that runs, or unset it (prefect config unset PREFECT_API_URL): then the run "
            "has a temporary server of its own"
        )
        raise PrefectUnreachable(msg)


async def _fault() -> Exception | None:
    from prefect import get_client  # noqa: PLC0415 - imports Prefect

    async with get_client() as client:
        return await why_no_answer(client)


async def why_no_answer(client: "PrefectClient") -> Exception | None:
    """Wait some seconds for an answer of Prefect's server, and give what came instead of it."""
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            return await client.api_healthcheck()
    except TimeoutError as late:
        return late
