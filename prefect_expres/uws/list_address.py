"""Where a job list is found, if it may be at several URLs, or at none.

The others are looked at only when the list is not at the first, which the first answer of 404 makes
worth a look.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from prefect_expres.errors import ExpresError, JobListNotFound, JobNotFound
from prefect_expres.uws import xml
from prefect_expres.uws.http import Http

T = TypeVar("T")


class ListAddress:
    """The URL of a job list, which may turn out to be another one than was given.

    Args:
        jobs_url: The URL that was given.
        others: URLs at which the list may be instead.
        http: Looks for it.
        limit: Most bytes of a list.
    """

    def __init__(self, jobs_url: str, others: Iterable[str], http: Http, limit: int) -> None:
        self.jobs_url = self._given = jobs_url
        self._others = tuple(others)
        self._http = http
        self._limit = limit
        self._looking = asyncio.Lock()

    async def ask(self, url: str, request: Callable[[str], Awaitable[T]]) -> T:
        """Make a request to a URL of the list, and again if the list is found somewhere else.

        Raises:
            JobListNotFound: It is the list that was asked for, and it is nowhere.
            JobNotFound: It is not found, and the list is where it was thought to be.
        """
        asked = self._now(url)
        try:
            return await request(asked)
        except JobNotFound as fault:
            async with self._looking:
                await self._look()
            if self._now(url) == asked:
                if self._is_list(asked) and not await self._is_at(self.jobs_url):
                    raise _without_list(self.jobs_url, fault) from None
                raise
        return await request(self._now(url))

    def _now(self, url: str) -> str:
        """Give a URL that begins with the given one as it is now."""
        below = url.removeprefix(self._given)
        return url if below == url else self.jobs_url + below

    def _is_list(self, url: str) -> bool:
        return url.partition("?")[0] == self.jobs_url

    async def _look(self) -> None:
        """Look for the list at the other URLs, once, if it is not where it was thought to be."""
        others, self._others = self._others, ()
        if not others or await self._is_at(self._given):
            return
        for other in others:
            if await self._is_at(other):
                self.jobs_url = other
                return

    async def _is_at(self, url: str) -> bool:
        try:
            xml.read_jobs(await self._http.read(url, limit=self._limit))
        except JobNotFound:
            return False
        except ExpresError:
            # Something is there, that may be a list at another time.
            return url == self._given
        return True


def _without_list(jobs_url: str, fault: JobNotFound) -> JobListNotFound:
    reason = f" ({fault.reason})" if fault.reason else ""
    msg = (
        f"There is no UWS job list at {jobs_url}, which answered {fault.status}{reason}: check the "
        "address. OPUS has its job lists as https://host/rest/ExPRES; of another service, its "
        "documentation gives the address that lists jobs."
    )
    return JobListNotFound(msg, fault.url, fault.status, fault.reason)
