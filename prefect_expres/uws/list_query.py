"""Which jobs of a list are asked for: the query that is sent, and the filters that hold here.

The filters are part of reading the document: a long list is read and sorted in a thread.

A service may ignore a filter, or compare times in its local time, as OPUS does.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from prefect_expres.uws import xml
from prefect_expres.uws.models import JobRef, Phase
from prefect_expres.uws.text import utc_text


@dataclass(frozen=True)
class ListQuery:
    """A choice of jobs.

    Args:
        phases: Only jobs in these phases; none for all.
        after: Only jobs created after this time; without a zone it is the service's own time.
    """

    phases: frozenset[Phase] = frozenset()
    after: datetime | str | None = None

    @property
    def needs_utc(self) -> bool:
        """Whether the service has to compare times in UTC."""
        return isinstance(self.after, datetime) and self.after.tzinfo is not None

    def url(self, jobs_url: str, *, local_times: bool) -> str:
        """Give the URL to read.

        ``PHASE`` keys come last, which OPUS needs. A time without a zone is not sent: UWS 1.1 has
        none. ``LAST`` is never sent: OPUS answers it with the oldest jobs.

        Args:
            jobs_url: The job list.
            local_times: Whether the service compares in its local time; then no time is sent.
        """
        sent = self.after if isinstance(self.after, str) or self.needs_utc else None
        keys = [("AFTER", utc_text(sent))] if sent is not None and not local_times else []
        keys += [("PHASE", phase.value) for phase in sorted(self.phases)]
        return jobs_url + (f"?{urlencode(keys, safe=':')}" if keys else "")

    def read(self, document: bytes) -> tuple[JobRef, ...]:
        """Read a job list: the jobs that were asked for, oldest first."""
        return self._kept(xml.read_jobs(document))

    def read_in_utc(self, document: bytes) -> tuple[JobRef, ...] | None:
        """Read a job list whose service compares times in UTC; None if it may do so in local time.

        A service that writes its times with a zone compares in UTC, and so does one that says which
        version of UWS it follows, while its list is empty.
        """
        listed = xml.read_jobs(document)
        times = (job.creation_time.moment for job in listed if job.creation_time)
        first = next((moment for moment in times if moment), None)
        if first is None:
            in_utc = bool(listed) or xml.read_version(document) is not None
        else:
            in_utc = first.tzinfo is not None
        return self._kept(listed) if in_utc else None

    def _kept(self, listed: Iterable[JobRef]) -> tuple[JobRef, ...]:
        kept = [job for job in listed if not self.phases or job.phase in self.phases]
        if isinstance(self.after, datetime):
            kept = [job for job in kept if job.may_be_after(self.after)]
        return tuple(sorted(kept, key=lambda ref: ref.age))
