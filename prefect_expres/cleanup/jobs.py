"""Which jobs on the service are ours, and so may be touched."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from prefect_expres.execution import Steps
from prefect_expres.expres.run_id import RunId
from prefect_expres.uws import JobRef


class Owner(Protocol):
    """A flow run that has created jobs."""

    @property
    def ended(self) -> bool:
        """It will do nothing more."""

    @property
    def output(self) -> str | None:
        """Path or fsspec URL under which it keeps results, if it tells."""


FindOwners = Callable[[Collection[str]], Awaitable[Mapping[str, Owner]]]
"""Finds the flow runs that the owners in runIds stand for, among those that are known here."""


@dataclass(frozen=True)
class OurJob:
    """A job of ours, as its list tells it.

    ``owner`` is the flow run that created it; None if it is not known here.
    """

    job_list: str
    ref: JobRef
    name: RunId
    owner: Owner | None


async def find_our_jobs(
    steps: Steps, job_lists: Iterable[str], find_owners: FindOwners, account: str | None = None
) -> tuple[list[OurJob], int]:
    """Give the jobs that may be touched, oldest first in each list, and count the others.

    A job is ours if its runId names a flow run that is known here: guests share one list, where a
    runId of our form may be anybody's. In an account, every job with a runId of our form may be
    taken for the user's own.

    Args:
        steps: Gives the client of each list.
        job_lists: The lists.
        find_owners: Finds the flow runs.
        account: The user all of whose jobs are ours; None if the flow run must be known.

    Raises:
        ServiceError: A list cannot be read.
    """
    listed: list[tuple[str, JobRef]] = []
    for job_list in job_lists:
        async with steps.client(job_list) as client:
            listed += [(job_list, ref) for ref in await client.named_jobs()]
    named = [(where, ref, name) for where, ref in listed if (name := RunId.parse(ref.run_id))]
    owners = await find_owners({name.owner for _, _, name in named})
    ours = [
        OurJob(where, ref, name, owners.get(name.owner))
        for where, ref, name in named
        if name.owner in owners or (account is not None and ref.owner_id in {None, account})
    ]
    return ours, len(listed) - len(ours)
