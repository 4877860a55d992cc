"""The differences between the two dialects: OPUS as observed, and UWS 1.1 as specified."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, Protocol
from urllib.parse import parse_qsl

from prefect_expres.sandbox.pages import error_page
from prefect_expres.sandbox.refusal import Kind, Refusal
from prefect_expres.sandbox.store import SandboxJob
from prefect_expres.sandbox.writer import OpusWriter, StandardWriter, Writer
from prefect_expres.uws.models import Phase

DialectName = Literal["opus", "standard"]
NO_REASON = "Internal Server Error"
"""What OPUS says where it has not foreseen a fault."""


@dataclass(frozen=True)
class Answer:
    """The response to a request that cannot be served."""

    status: int
    text: str
    media_type: str
    headers: Mapping[str, str]


class Dialect(Protocol):
    """How a service reads, decides and writes, where the dialects differ."""

    writer: Writer
    wait_cap: int
    waits_in: frozenset[Phase]
    stale_after_wait: bool
    waits_for_deleted: bool
    open_to_anybody: frozenset[str]
    keeps_control_parameters: bool
    gives_content_of_parameters: bool
    folds_case: bool
    accepts_unknown_lists: bool
    limit_at_creation: bool
    undeletable_if_aborted_before_run: bool

    def choose(self, query: str, jobs: list[SandboxJob]) -> list[SandboxJob]:
        """Apply PHASE, AFTER and LAST of a query to jobs, which are sorted oldest first."""

    def moment(self, text: str) -> datetime:
        """Parse a time of a request."""

    def refused(self, refusal: Refusal, url: str) -> Answer:
        """Return the response to a request that the rules refuse."""

    def failed(self, status: int, reason: str, url: str) -> Answer:
        """Return the response to a request that is not one of UWS."""


class Opus:
    """OPUS, with its faults: all of them were observed on a real service."""

    writer: Writer = OpusWriter()
    wait_cap = 600
    waits_in = frozenset({Phase.QUEUED, Phase.EXECUTING})
    stale_after_wait = True
    waits_for_deleted = True
    open_to_anybody = frozenset({"stdout", "stderr"})
    keeps_control_parameters = True
    gives_content_of_parameters = False
    folds_case = False
    accepts_unknown_lists = True
    limit_at_creation = True
    undeletable_if_aborted_before_run = True

    _statuses = {Kind.OWNER: 403, Kind.MISSING: 404, Kind.UNSUPPORTED: 400}  # noqa: RUF012 - a table, never changed

    def choose(self, query: str, jobs: list[SandboxJob]) -> list[SandboxJob]:
        """Split the raw query at ``PHASE=``, so that keys after a PHASE become a part of it.

        LAST gives the oldest.
        """
        keys = dict(parse_qsl(query))
        if "PHASE" in keys:
            phases = re.split("&?PHASE=", query)[1:]
            jobs = [job for job in jobs if job.phase in phases]
        if "AFTER" in keys:
            jobs = [job for job in jobs if self.writer.time(job.created) > keys["AFTER"]]
        return jobs[: _count(keys["LAST"])] if "LAST" in keys else jobs

    def moment(self, text: str) -> datetime:
        """Parse a time as local time of the server; a time zone is ignored."""
        try:
            return datetime.strptime(text[:19], "%Y-%m-%dT%H:%M:%S").astimezone(UTC)
        except (ValueError, OverflowError):
            reason = f"Destruction time must be in ISO8601 format ({text})"
            raise Refusal(Kind.BAD, reason) from None

    def refused(self, refusal: Refusal, url: str) -> Answer:
        """Answer 500 to most faults of the client."""
        reason = NO_REASON if refusal.kind is Kind.UNREADABLE else refusal.reason
        return self.failed(self._statuses.get(refusal.kind, 500), reason, url)

    def failed(self, status: int, reason: str, url: str) -> Answer:
        """Answer with an HTML page."""
        return Answer(status, error_page(status, url, reason), "text/html", {})


class Standard:
    """UWS 1.1 as specified."""

    writer: Writer = StandardWriter()
    wait_cap = 60
    waits_in = frozenset({Phase.PENDING, Phase.QUEUED, Phase.EXECUTING})
    stale_after_wait = False
    waits_for_deleted = False
    open_to_anybody: frozenset[str] = frozenset()
    keeps_control_parameters = False
    gives_content_of_parameters = True
    folds_case = True
    accepts_unknown_lists = False
    limit_at_creation = False
    undeletable_if_aborted_before_run = False

    _statuses = {  # noqa: RUF012 - a table, never changed
        Kind.BAD: 400,
        Kind.CONFLICT: 403,
        Kind.LIMIT: 503,
        Kind.OWNER: 403,
        Kind.FILE_OWNER: 403,
        Kind.MISSING: 404,
        Kind.UNKNOWN_LIST: 404,
        Kind.FAILED: 500,
        Kind.UNREADABLE: 400,
        Kind.UNSUPPORTED: 400,
    }

    def choose(self, query: str, jobs: list[SandboxJob]) -> list[SandboxJob]:
        """Apply PHASE, then AFTER, then LAST: the most recent, the youngest first (2.2.2.1).

        Jobs in phase ARCHIVED are listed only if PHASE names it.
        """
        pairs = [(key.upper(), value) for key, value in parse_qsl(query)]
        phases = {value.upper() for key, value in pairs if key == "PHASE"}
        if not phases <= set(Phase):
            unknown = sorted(phases - set(Phase))
            raise Refusal(Kind.BAD, f"PHASE={unknown[0]} is not a phase")
        keys = dict(pairs)
        wanted = phases or set(Phase) - {Phase.ARCHIVED}
        jobs = [job for job in jobs if job.phase in wanted]
        if "AFTER" in keys:
            after = self.moment(keys["AFTER"])
            jobs = [job for job in jobs if job.created > after]
        if "LAST" not in keys:
            return jobs
        if (count := _count(keys["LAST"])) == 0:
            raise Refusal(Kind.BAD, "LAST=0 is not positive")
        return jobs[::-1][:count]

    def moment(self, text: str) -> datetime:
        """Parse a time; without a time zone it is UTC, and a year or a month is its beginning."""
        day = {4: f"{text}-01-01", 7: f"{text}-01"}.get(len(text), text)
        try:
            moment = datetime.fromisoformat(day)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            raise Refusal(Kind.BAD, f"{text} is not an ISO 8601 time") from None

    def refused(self, refusal: Refusal, url: str) -> Answer:
        """Answer with the status that fits, and with Retry-After at the limit of active jobs."""
        later = {"Retry-After": "1"} if refusal.kind is Kind.LIMIT else {}
        return Answer(self._statuses[refusal.kind], refusal.reason, "text/plain", later)

    def failed(self, status: int, reason: str, url: str) -> Answer:
        """Answer with plain text."""
        return Answer(status, reason, "text/plain", {})


def dialect_named(name: DialectName) -> Dialect:
    """Return a dialect by its name."""
    return Opus() if name == "opus" else Standard()


def _count(text: str) -> int:
    if not text.isdecimal():
        raise Refusal(Kind.UNREADABLE, f"LAST={text} is not a number")
    return int(text)
