"""Jobs, parameters and results as frozen values; the names are those of UWS 1.1.

They are plain slotted objects: a job list may hold tens of thousands.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from urllib.parse import unquote_plus

FARTHEST_WEST = timedelta(hours=12)
"""How far local time is behind UTC at most."""


class Phase(StrEnum):
    """The execution phases of UWS 1.1, section 2.1.3."""

    PENDING = "PENDING"
    QUEUED = "QUEUED"
    EXECUTING = "EXECUTING"
    COMPLETED = "COMPLETED"
    ERROR = "ERROR"
    ABORTED = "ABORTED"
    HELD = "HELD"
    SUSPENDED = "SUSPENDED"
    UNKNOWN = "UNKNOWN"
    ARCHIVED = "ARCHIVED"

    @property
    def finished(self) -> bool:
        """The phase will not change any more, except to ARCHIVED."""
        return self in _FINISHED

    @property
    def waits(self) -> bool:
        """UWS 1.1, section 2.2.1.1: a WAIT may block in this phase."""
        return self in _WAITING


_FINISHED = frozenset({Phase.COMPLETED, Phase.ERROR, Phase.ABORTED, Phase.ARCHIVED})
_WAITING = frozenset({Phase.PENDING, Phase.QUEUED, Phase.EXECUTING})


@dataclass(frozen=True, slots=True)
class Timestamp:
    """A time as the service wrote it: most give UTC with ``Z``, OPUS its local time without.

    It is read when it is asked for.
    """

    text: str

    @property
    def moment(self) -> datetime | None:
        """The time, aware if the service gave a zone; None if it is no ISO 8601 time."""
        try:
            return datetime.fromisoformat(self.text)
        except ValueError:
            return None

    @property
    def order(self) -> float:
        """A number to sort by; a time without a zone counts as UTC, and what is no time is last."""
        moment = self.moment
        if moment is None:
            return float("inf")
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


@dataclass(frozen=True, slots=True)
class Extra:
    """An element or attribute that UWS does not define; kept as it came."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class ErrorSummary:
    """Why a job failed, in short."""

    message: str
    type: str | None = None
    has_detail: bool | None = None
    extras: tuple[Extra, ...] = ()


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a job.

    ``text`` is what the document holds. OPUS percent-encodes it; ``encoded`` says so.
    """

    id: str
    text: str
    by_reference: bool = False
    is_post: bool | None = None
    encoded: bool = False
    extras: tuple[Extra, ...] = ()

    @property
    def value(self) -> str:
        """The value that was given to the job, or the URL it is referenced by."""
        return unquote_plus(self.text) if self.encoded else self.text


@dataclass(frozen=True, slots=True)
class ResultRef:
    """One result of a job: where it is, and what the service says about it.

    ``size`` is in bytes; ``hash`` is hexadecimal (OPUS: SHA-1 of the bytes). ``job_id`` is the job
    in whose list it was read.
    """

    id: str
    href: str | None = None
    mime_type: str | None = None
    size: int | None = None
    name: str | None = None
    hash: str | None = None
    extras: tuple[Extra, ...] = ()
    job_id: str | None = None


@dataclass(frozen=True, slots=True)
class JobRef:
    """A job's entry in the job list.

    ``href`` is not used for requests: OPUS gives a dead link.
    """

    id: str
    href: str | None = None
    phase: Phase = Phase.UNKNOWN
    run_id: str | None = None
    owner_id: str | None = None
    creation_time: Timestamp | None = None
    extras: tuple[Extra, ...] = ()

    @property
    def age(self) -> tuple[float, str]:
        """The key that sorts jobs, oldest first: creation time, then id."""
        return (self.creation_time.order if self.creation_time else float("inf"), self.id)

    def may_be_after(self, moment: datetime) -> bool:
        """Say whether the job may have been created after a time.

        A time without a zone that the service wrote is its local time: it is certainly earlier
        than a time with a zone only if it is earlier by twelve hours as UTC.

        Args:
            moment: The time; without a zone it is compared as UTC with times that have one.
        """
        created = self.creation_time.moment if self.creation_time else None
        if created is None:
            return True
        if created.tzinfo is None and moment.tzinfo is not None:
            return created.replace(tzinfo=UTC) + FARTHEST_WEST > moment
        if created.tzinfo is not None and moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return created > moment


@dataclass(frozen=True, slots=True)
class Job:
    """A job, as its document describes it.

    ``quote`` is kept as text: UWS defines a time, OPUS gives a number of seconds.
    ``execution_duration`` is in seconds, 0 for no limit.
    """

    id: str
    phase: Phase = Phase.UNKNOWN
    run_id: str | None = None
    owner_id: str | None = None
    quote: str | None = None
    creation_time: Timestamp | None = None
    start_time: Timestamp | None = None
    end_time: Timestamp | None = None
    execution_duration: float | None = None
    destruction: Timestamp | None = None
    parameters: tuple[Parameter, ...] = ()
    results: tuple[ResultRef, ...] = ()
    error_summary: ErrorSummary | None = None
    job_info: tuple[Extra, ...] = ()
    version: str | None = None
    extras: tuple[Extra, ...] = ()
