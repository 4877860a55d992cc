"""Flow runs as the Prefect server knows them, page by page."""

from collections.abc import AsyncGenerator, Collection
from dataclasses import dataclass

from prefect import get_client
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.sorting import FlowRunSort

from prefect_expres.expres.run_id import flow_run_of, owner_of

_PAGE = 200
_ASKED_AT_ONCE = _PAGE - 1  # a page that is not full is the last one


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


@dataclass(frozen=True)
class Owner:
    """A flow run that has created jobs.

    ``ended`` says that it will do nothing more, ``output`` is where it keeps results, if it tells.
    """

    ended: bool
    output: str | None


async def find_owners(owners: Collection[str]) -> dict[str, Owner]:
    """Find the flow runs that owners in runIds stand for, among those that this server knows.

    It is asked for these only, however many others it knows.

    Args:
        owners: What stands for the flow runs, see `RunId`.
    """
    ids = sorted(map(flow_run_of, owners))
    found: dict[str, Owner] = {}
    async with get_client() as client:
        for start in range(0, len(ids), _ASKED_AT_ONCE):
            wanted = FlowRunFilter(id=FlowRunFilterId(any_=ids[start : start + _ASKED_AT_ONCE]))
            async for run in read_flow_runs(client, wanted):
                found[owner_of(run.id)] = _owner(run)
    return found


def _owner(run: FlowRun) -> Owner:
    output = run.parameters.get("output")
    return Owner(
        ended=run.state is not None and run.state.is_final(),
        output=output if isinstance(output, str) else None,
    )
