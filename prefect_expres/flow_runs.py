"""Flow runs as the Prefect server knows them, page by page."""

from collections.abc import AsyncGenerator, Collection
from contextlib import aclosing

from prefect import get_client
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import FlowRunFilter
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.sorting import FlowRunSort

from prefect_expres.expres.run_id import owner_of

_PAGE = 200


async def read_flow_runs(client: PrefectClient, wanted: FlowRunFilter) -> AsyncGenerator[FlowRun]:
    """Read all flow runs that a filter lets pass, the youngest first.

    Sort and limit are given, since not every server takes the client's null for its default.
    """
    read = 0
    while True:
        page = await client.read_flow_runs(
            flow_run_filter=wanted, sort=FlowRunSort.ID_DESC, limit=_PAGE, offset=read
        )
        for run in page:
            yield run
        read += len(page)
        if len(page) < _PAGE:
            return


async def find_owners(owners: Collection[str]) -> dict[str, bool]:
    """Find the flow runs that owners in runIds stand for, among those that this server knows.

    Args:
        owners: The digits, see `RunId`.

    Returns:
        For each owner that was found, whether its flow run has ended.
    """
    missing = set(owners)
    found: dict[str, bool] = {}
    if not missing:
        return found
    async with get_client() as client, aclosing(read_flow_runs(client, FlowRunFilter())) as runs:
        async for run in runs:
            owner = owner_of(run.id)
            if owner in missing:
                found[owner] = run.state is not None and run.state.is_final()
                missing.remove(owner)
            if not missing:
                break
    return found
