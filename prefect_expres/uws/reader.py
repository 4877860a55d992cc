"""Read one job list: jobs, their phases, parameters, results and output.

A read is tried again when that may help, also when the answer was cut or is no valid document.
"""

import asyncio
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import quote, urlencode

import httpx

from prefect_expres.errors import JobNotFound, ProtocolError, ServiceError, TooLarge
from prefect_expres.net.clock import Clock, MonotonicClock
from prefect_expres.net.retry import persist
from prefect_expres.uws import xml
from prefect_expres.uws.http import Http
from prefect_expres.uws.http_errors import with_url
from prefect_expres.uws.list_address import ListAddress
from prefect_expres.uws.list_query import ListQuery
from prefect_expres.uws.locations import check_list_url, whole_location
from prefect_expres.uws.models import Job, JobRef, Parameter, Phase, ResultRef
from prefect_expres.uws.options import DEFAULTS, ClientOptions
from prefect_expres.uws.opus_address import split_list_url
from prefect_expres.uws.terse_list import TerseList
from prefect_expres.uws.text import read_description, read_error, read_seconds, read_text, read_word

DESCRIPTION_LIMIT = 2**20
WAIT_MARGIN = 15.0
_READ_AT_ONCE = 2**16
"""Bytes of a document that is read in the event loop; a longer one is read in a thread."""
_JOB_ID = re.compile(r"[^\x00-\x20/\\?#%\x7f]{1,200}")

T = TypeVar("T")


class JobListReader:
    """Reads one job list of a UWS 1.0 or 1.1 service.

    Args:
        jobs_url: The job list, for instance ``https://host/rest/ExPRES``.
        user: User name for Basic authentication; None for a guest.
        token: The token that goes with the user name.
        options: How to talk to the service.
        transport: Replaces the network, for instance in tests.
        clock: Replaces the machine's clock, for instance in tests.
    """

    def __init__(
        self,
        jobs_url: str,
        user: str | None = None,
        token: str | None = None,
        *,
        options: ClientOptions = DEFAULTS,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Clock | None = None,
    ) -> None:
        check_list_url(jobs_url)
        jobs_url = jobs_url.rstrip("/")
        self.clock = clock or MonotonicClock()
        self._attempts, self._limit = options.attempts, options.document_limit
        credentials = (user, token or "") if user else None
        self.http = Http(jobs_url, credentials, options, transport)
        self._address = ListAddress(jobs_url, options.or_at, self.http, self._limit)
        self._terse_list = TerseList(self.job)
        self._local_times = False

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

    @property
    def jobs_url(self) -> str:
        """The job list, where it was found."""
        return self._address.jobs_url

    def job_url(self, job_id: str) -> str:
        """Build a job's URL from its id; the links in a job list may be dead.

        Raises:
            ProtocolError: The id cannot be a part of a URL.
        """
        if not _JOB_ID.fullmatch(job_id) or job_id in {".", ".."}:
            msg = f"{job_id[:80]!r} is no job id"
            raise ProtocolError(msg)
        return f"{self.jobs_url}/{quote(job_id)}"

    async def job(
        self,
        job_id: str,
        *,
        wait: int | None = None,
        phase: Phase | None = None,
        attempts: int | None = None,
    ) -> Job:
        """Read a job; with ``wait``, ask the service to answer when the phase changes.

        Args:
            job_id: The job.
            wait: Seconds that the service may take until it answers; it may ignore this.
            phase: The phase whose end is waited for.
            attempts: How often it is tried at most; None for the number of this client.
        """
        query: list[tuple[str, str]] = []
        if wait is not None:
            query.append(("WAIT", str(wait)))
            if phase is not None:
                query.append(("PHASE", phase.value))
        url = self.job_url(job_id) + (f"?{urlencode(query)}" if query else "")
        return await self._read(url, xml.read_job, wait=wait, attempts=attempts)

    async def phase(self, job_id: str) -> Phase:
        """Read a job's phase.

        Raises:
            ProtocolError: The answer is no phase.
        """
        return await self._read(f"{self.job_url(job_id)}/phase", read_word)

    async def jobs(
        self,
        phases: Iterable[Phase] = (),
        *,
        after: datetime | str | None = None,
        last: int | None = None,
    ) -> tuple[JobRef, ...]:
        """Read the job list, oldest first.

        The filters are applied here as well, since a service may ignore them.

        Args:
            phases: Only jobs in these phases.
            after: Only jobs created after this time; one without a zone is the service's own time,
                and a text is sent as it is.
            last: Only so many of the youngest jobs.
        """
        kept = await self._listed(ListQuery(frozenset(phases), after))
        return kept if last is None else kept[max(len(kept) - last, 0) :]

    async def _listed(self, query: ListQuery) -> tuple[JobRef, ...]:
        """Read the list, and all of it if the service compares times in its local time."""
        if query.needs_utc and not self._local_times:
            url = query.url(self.jobs_url, local_times=False)
            listed = await self._read(url, query.read_in_utc)
            if listed is not None:
                return listed
            self._local_times = True
        url = query.url(self.jobs_url, local_times=self._local_times)
        return await self._read(url, query.read)

    async def named_jobs(
        self, phases: Iterable[Phase] = (), *, after: datetime | None = None
    ) -> tuple[JobRef, ...]:
        """Read the job list with every job's runId and creation time, oldest first.

        A list of UWS 1.0 has neither. Then the jobs themselves are read, each once.

        Args:
            phases: Only jobs in these phases.
            after: Only jobs created after this time, see `jobs`.
        """
        listed = await self.jobs(phases, after=after)
        if any(job.run_id or job.creation_time for job in listed):
            return listed
        found = await self._terse_list.named(listed)
        kept = [ref for ref in found if after is None or ref.may_be_after(after)]
        return tuple(sorted(kept, key=lambda ref: ref.age))

    async def find(self, run_id: str) -> tuple[JobRef, ...]:
        """Find the jobs of one runId, oldest first."""
        return tuple(job for job in await self.named_jobs() if job.run_id == run_id)

    async def results(self, job_id: str) -> tuple[ResultRef, ...]:
        """Read the list of a job's results; relative locations are resolved.

        Safir answers 404 for a job that has none.

        Raises:
            JobNotFound: There is no such job.
        """
        url = f"{self.job_url(job_id)}/results"
        try:
            listed = await self._read(url, xml.read_results)
        except JobNotFound:
            await self.phase(job_id)
            return ()
        return tuple(
            replace(result, href=whole_location(url, result.href), job_id=job_id)
            for result in listed
        )

    async def parameters(self, job_id: str) -> tuple[Parameter, ...]:
        """Read a job's parameters."""
        return await self._read(f"{self.job_url(job_id)}/parameters", xml.read_parameters)

    async def content(self, url: str, limit: int) -> bytes:
        """Read a small file that the service has, for instance a parameter given as a file.

        Raises:
            UnsafeLocation: The URL is not one of the service.
            TooLarge: It has more than ``limit`` bytes.
        """
        return await persist(
            lambda: self.http.read(url, limit=limit), self.clock, attempts=self._attempts
        )

    async def execution_duration(self, job_id: str) -> float:
        """Read how many seconds a job may run; 0 means no limit."""
        return read_seconds(await self.text(job_id, "executionduration"))

    async def destruction(self, job_id: str) -> str:
        """Read when the service will delete the job, as it writes it."""
        return await self.text(job_id, "destruction")

    async def error(self, job_id: str) -> str:
        """Read the error of a failed job, in whatever form the service gives it."""
        return await self._read(f"{self.job_url(job_id)}/error", read_error)

    async def stdout(self, job_id: str) -> str:
        """Read what the job printed (OPUS)."""
        return await self.text(job_id, "stdout")

    async def stderr(self, job_id: str) -> str:
        """Read what the job printed as errors (OPUS)."""
        return await self.text(job_id, "stderr")

    async def describe(self) -> dict[str, Any]:
        """Read the service's own description of the job (OPUS, ``/jdl/{name}/json``).

        Raises:
            ProtocolError: The list is not under ``/rest/`` or ``/uws/``, or this is no JSON.
        """
        parts = split_list_url(self.jobs_url)
        if parts is None:
            msg = f"{self.jobs_url} is not under /rest/ or /uws/, so it has no OPUS description"
            raise ProtocolError(msg, self.jobs_url)
        root, _, name = parts
        url = f"{root}/jdl/{name}/json"
        return await self._read(url, read_description, limit=DESCRIPTION_LIMIT)

    async def list_document(self) -> bytes:
        """Read the document of the job list, as it came, once."""
        return await self._read(self.jobs_url, bytes, attempts=1)

    async def text(self, job_id: str, resource: str) -> str:
        """Read a resource of a job as text."""
        return await self._read(f"{self.job_url(job_id)}/{resource}", read_text)

    async def _read(
        self,
        url: str,
        decode: Callable[[bytes], T],
        *,
        wait: int | None = None,
        attempts: int | None = None,
        limit: int | None = None,
    ) -> T:
        read_timeout = None if wait is None else wait + WAIT_MARGIN

        async def read(at: str) -> bytes:
            return await self.http.read(at, limit=limit or self._limit, read_timeout=read_timeout)

        async def once() -> T:
            try:
                document = await self._address.ask(url, read)
                if len(document) > _READ_AT_ONCE:
                    return await asyncio.to_thread(decode, document)
                return decode(document)
            except TooLarge as fault:
                raise ProtocolError(str(fault), url) from None
            except ServiceError as fault:
                raise fault if fault.url else with_url(fault, url) from None

        return await persist(once, self.clock, attempts=attempts or self._attempts)
