"""Prefect's server: a command that needs it says so before it begins."""

import asyncio

from prefect_expres.errors import PrefectUnreachable

ANSWER_SECONDS = 8.0


def require_prefect_server() -> None:
    """Refuse a server that is named and does not answer; without one a run makes its own.

    Raises:
        PrefectUnreachable: It does not answer.
    """
    from prefect.settings import get_current_settings  # noqa: PLC0415 - imports Prefect

    url = get_current_settings().api.url
    if url and not asyncio.run(_answers()):
        msg = (
            f"Prefect's server at {url} does not answer. Start it, set PREFECT_API_URL to one that "
            "runs, or unset it (prefect config unset PREFECT_API_URL): then the run has a "
            "temporary server of its own"
        )
        raise PrefectUnreachable(msg)


async def _answers() -> bool:
    import anyio  # noqa: PLC0415 - with Prefect
    from prefect import get_client  # noqa: PLC0415 - imports Prefect

    with anyio.move_on_after(ANSWER_SECONDS):
        async with get_client() as client:
            return await client.api_healthcheck() is None
    return False
