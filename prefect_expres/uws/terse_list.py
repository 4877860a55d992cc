"""The jobs of a list of UWS 1.0, which has neither runIds nor times: they are read one by one."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from prefect_expres.errors import JobNotFound, ProtocolError
from prefect_expres.uws.models import Job, JobRef

MOST_JOBS_READ_SINGLY = 200
READS_AT_ONCE = 8


class TerseList:
    """Reads what a list does not say, for each job once.

    Args:
        read: Reads a job.
    """

    def __init__(self, read: Callable[[str], Awaitable[Job]]) -> None:
        self._read = read
        self._known: dict[str, Job] = {}

    async def named(self, listed: Sequence[JobRef]) -> list[JobRef]:
        """Give the last entries with runId and time; those that cannot be read are left out."""
        gate = asyncio.Semaphore(READS_AT_ONCE)

        async def named(ref: JobRef) -> JobRef | None:
            async with gate:
                job = await self._job(ref.id)
            if job is None:
                return None
            return replace(ref, run_id=job.run_id, creation_time=job.creation_time)

        found = await asyncio.gather(*map(named, listed[-MOST_JOBS_READ_SINGLY:]))
        return [ref for ref in found if ref]

    async def _job(self, job_id: str) -> Job | None:
        if job_id not in self._known:
            try:
                self._known[job_id] = await self._read(job_id)
            except (JobNotFound, ProtocolError):
                return None
        return self._known[job_id]
