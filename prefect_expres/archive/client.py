"""The client of an archive: pyvo writes and reads the protocol, this package sends the requests.

So proxy, certificate authorities, deadlines, limits and the hosts that may be asked are those of
all other requests. Queries are read page by page, in the order of the identifiers: however many
rows there are, each answer is small.
"""

import asyncio
import re
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

from prefect_expres.archive.address import MASER, Archive
from prefect_expres.archive.adql import REQUIRED, Sought, columns_query, page_query
from prefect_expres.archive.extra import TO_ASK, require
from prefect_expres.archive.granule import (
    Granule,
    PublishedSimulation,
    SearchResult,
    simulations_of,
)
from prefect_expres.archive.home import BroughtHome, bring_home
from prefect_expres.archive.votable import read_table
from prefect_expres.errors import (
    ArchiveError,
    ProtocolError,
    RequestRejected,
    ServiceError,
    TransferError,
)
from prefect_expres.execution import Listener, ignore
from prefect_expres.net.clock import Clock, MonotonicClock
from prefect_expres.net.deadline import Deadline, seconds_left, within
from prefect_expres.net.network import Network
from prefect_expres.net.retry import persist
from prefect_expres.uws import ClientOptions, DownloadClient
from prefect_expres.uws.elements import LARGEST_DOCUMENT
from prefect_expres.uws.http import Http

PAGE = 1000
"""Rows that are asked for at once."""
MOST_ROWS = 10_000
"""Rows that a search gives unless more are asked for."""
ATTEMPTS = 4
"""How often a request is tried unless it is said otherwise."""
_MOST_COLUMNS = 1000
_QUERY = re.compile(r"\?REQUEST=\S*")


class ArchiveClient(DownloadClient):
    """Asks one archive; use it as an asynchronous context manager.

    Args:
        archive: The archive.
        network: The way out of the network; None for that of the environment.
        page: Rows that are asked for at once.
        attempts: How often a request is tried at most.
        clock: Replaces the machine's clock, for instance in tests.
    """

    def __init__(
        self,
        archive: Archive = MASER,
        network: Network | None = None,
        *,
        page: int = PAGE,
        attempts: int = ATTEMPTS,
        clock: Clock | None = None,
    ) -> None:
        require(TO_ASK)
        self.archive = archive
        self.clock = clock or MonotonicClock()
        options = ClientOptions(trusted_hosts=archive.trusted_hosts, network=network)
        self.http = Http(archive.url, options=options)
        self._page = page
        self._attempts = attempts
        self._columns: frozenset[str] | None = None

    async def __aenter__(self) -> Self:
        """Enter a block that closes the connections at its end."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connections."""
        await self.http.aclose()

    async def search(self, sought: Sought, most: int = MOST_ROWS) -> SearchResult:
        """Find published simulations.

        Args:
            sought: What is searched for.
            most: Rows to read at most.

        Raises:
            ArchiveError: There is no such table, it lacks columns, or the query is refused.
            ServiceError: The archive does not answer.
        """
        with within(Deadline(self.clock, self.archive.timeout)):
            columns = await self._known_columns()
            found: list[Granule] = []
            seen: set[str] = set()
            after, complete = None, False
            while not complete and len(seen) < most:
                size = min(self._page, most - len(seen))
                query = page_query(self.archive.table, columns, sought, size, after)
                rows, whole = await self._rows(query, size)
                granules = [Granule.of(row) for row in rows]
                fresh = [each for each in granules if each.granule_uid not in seen]
                complete = whole and len(rows) < size
                self._require_progress(fresh, complete=complete)
                seen.update(each.granule_uid for each in fresh)
                found += filter(sought.matches, fresh)
                after = granules[-1].granule_uid if granules else after
        return SearchResult(
            archive=self.archive,
            simulations=simulations_of(found),
            rows=len(found),
            complete=complete,
        )

    async def find(self, obs_id: str) -> PublishedSimulation:
        """Find one simulation by its identifier.

        Raises:
            ArchiveError: It is not published there, or as in a search.
            ServiceError: The archive does not answer.
        """
        found = await self.search(Sought(obs_id=obs_id))
        simulation = next(iter(found.simulations), None)
        if simulation is None:
            msg = (
                f"{self.archive.table} of {self.archive.url} has no simulation {obs_id[:200]!r}; "
                "prefect-expres archive search shows what there is"
            )
            raise ArchiveError(msg)
        return simulation

    def _require_progress(self, fresh: list[Granule], *, complete: bool) -> None:
        """Refuse to ask for ever."""
        if complete:
            return
        if not fresh:
            msg = (
                f"{self.archive.url} gives no further rows, but says that there are more; ask for "
                "fewer days, or tell those who run it"
            )
            raise ArchiveError(msg)
        if seconds_left() <= 0:
            msg = (
                f"{self.archive.url} did not give all rows in {self.archive.timeout:.0f} s; ask "
                "for fewer days, or give it a longer timeout"
            )
            raise ArchiveError(msg)

    async def _known_columns(self) -> frozenset[str]:
        """Ask once which columns the table has.

        Raises:
            ArchiveError: There is no such table, or it lacks what is needed.
        """
        if self._columns is None:
            rows, _ = await self._rows(columns_query(self.archive.table), _MOST_COLUMNS)
            names = {str(row.get("column_name")).strip('"').lower() for row in rows}
            where = f"{self.archive.table} of {self.archive.url}"
            if not names:
                msg = f"There is no table {where}; look at its name and at the address"
                raise ArchiveError(msg)
            if missing := ", ".join(name for name in REQUIRED if name not in names):
                msg = f"{where} is no table of EPN-TAP 2.0: it has no {missing}; name another table"
                raise ArchiveError(msg)
            self._columns = frozenset(names)
        return self._columns

    async def _rows(self, query: str, most: int) -> tuple[list[dict[str, Any]], bool]:
        """Send a query, and give the rows and whether they are all."""
        from pyvo.dal import TAPQuery  # noqa: PLC0415 - slow, and an extra

        asked = TAPQuery(self.archive.url, query, maxrec=most)
        url = f"{asked.queryurl}?{urlencode(asked)}"

        async def step() -> tuple[list[dict[str, Any]], bool]:
            document = await self.http.read(url, limit=LARGEST_DOCUMENT)
            return await asyncio.to_thread(read_table, document, asked.queryurl, most)

        try:
            return await persist(step, self.clock, attempts=self._attempts)
        except (RequestRejected, ProtocolError, TransferError) as fault:
            msg = f"The archive does not answer as a TAP service does. {_without_query(fault)}"
            raise ArchiveError(msg) from None
        except ServiceError as fault:
            raise type(fault)(
                _without_query(fault), asked.queryurl, fault.status, fault.reason, fault.retry_after
            ) from None


def _without_query(fault: Exception) -> str:
    """Tell an error without the question in its address, which is long."""
    return _QUERY.sub("", str(fault))


async def search_archive(
    first: date,
    last: date | None = None,
    *,
    observer: str | None = None,
    moon: str | None = None,
    archive: Archive = MASER,
    most: int = MOST_ROWS,
) -> SearchResult:
    """Find what is published of some days.

    Args:
        first: The first day, UTC.
        last: The last day, UTC; by default the first.
        observer: An observer, as Earth or Juno; None for all.
        moon: A moon, as Io; None for all.
        archive: Where to search.
        most: Rows to read at most; a simulation has one for each of its files.

    Raises:
        ArchiveError: There is no such table, it lacks columns, or the query is refused.
        ServiceError: The archive does not answer.
        UsageError: A name cannot be one, or the last day is before the first.
    """
    sought = Sought(first, last, observer, moon)
    async with ArchiveClient(archive) as client:
        return await client.search(sought, most)


async def get_published(
    obs_id: str, output: str | Path, *, archive: Archive = MASER, tell: Listener = ignore
) -> BroughtHome:
    """Bring a published simulation home: its files, checked, and a manifest of where they are from.

    Args:
        obs_id: Its identifier, from `search_archive`.
        output: Path or fsspec URL under which it gets a folder of its own.
        archive: Where it is published.
        tell: Is told which files do not come, and why.

    Raises:
        ArchiveError: It is not published there, or has no CDF file.
        ArchiveMismatch: The CDF file is not what the table says of it; nothing is kept.
        TransferError: The CDF file did not arrive whole, or may not be fetched.
        ServiceError: The archive does not answer.
    """
    async with ArchiveClient(archive) as client:
        found = await client.find(obs_id)
        return await bring_home(client, archive, found, str(output), tell)
