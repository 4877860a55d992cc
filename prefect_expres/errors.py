"""All errors of the package, as one tree.

``except`` with one of them catches all below it::

    ExpresError
    ├── UsageError, AccessError, ConfigurationError (NothingVisible), DeployError, WaitTimeout
    ├── EphemerisError: EphemerisUnavailable
    ├── ResultError, ObservationError, ObservatoryError, PrefectUnreachable
    ├── StorageError: StorageUnavailable
    ├── ArchiveError: ArchiveMismatch
    ├── ServiceError: Unreachable, UntrustedCertificate, ServerFault, SubmissionUncertain
    │   ├── RequestRejected: AuthenticationFailed, JobNotFound (JobListNotFound)
    │   ├── Busy: ActiveJobsLimit
    │   └── ProtocolError: Malformed
    ├── JobError: JobFailed, JobAborted, JobLost, ResultsMissing, ResultMismatch
    ├── CampaignError: TooManyFailures
    └── TransferError: Interrupted, SizeMismatch, ChecksumMismatch, TooLarge, UnsafeName,
                       UnsafeLocation

All arguments go to ``Exception``, for pickle; the message alone is enough, for Prefect's JSON.
"""

from typing import ClassVar

_HEADINGS = ("Detail", "Last lines of stderr", "Last lines of stdout")


class ExpresError(Exception):
    """Base class of all errors; ``args[0]`` is the message: what happened and what to do.

    ``retryable`` says whether the same step may succeed when it is tried again.
    """

    retryable: ClassVar[bool] = False

    def __init_subclass__(cls, *, retryable: bool | None = None) -> None:
        super().__init_subclass__()
        cls.retryable = cls.retryable if retryable is None else retryable

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else type(self).__name__


class UsageError(ExpresError):
    """What a command or flow was given is wrong: options, parameters, environment, profiles."""


class ConfigurationError(ExpresError):
    """The configuration breaks rules; ``problems`` tell each: JSON path, value, rule and fix."""

    def __init__(self, message: str, problems: tuple[str, ...] = ()) -> None:
        super().__init__(message, problems)
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join([self.args[0], *(f"  {problem}" for problem in self.problems)])


class NothingVisible(ConfigurationError):
    """A preview shows no emission, so nothing was sent."""


class AccessError(ExpresError):
    """The access rules of the service forbid the request; nothing was sent."""


class EphemerisError(ExpresError):
    """An ephemeris is missing, has a wrong name, or cannot be read."""


class EphemerisUnavailable(EphemerisError, retryable=True):
    """The source of an ephemeris did not answer, or asks to wait ``retry_after`` seconds."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message, retry_after)
        self.retry_after = retry_after


class ResultError(ExpresError):
    """A result file is not as ExPRES writes it."""


class ObservationError(ExpresError):
    """An observation cannot be read, or does not say what is needed of it."""


class ObservatoryError(ExpresError):
    """The observatory, or its target, is not known."""


class ArchiveError(ExpresError):
    """An archive of simulations does not give what was asked, or cannot be published."""


class ArchiveMismatch(ArchiveError):
    """A published file is not what the table says of it."""


class ServiceError(ExpresError):
    """The service did not do what was asked, or cannot be reached.

    Args:
        url: The requested URL, without credentials.
        status: The HTTP status, or None if there was no answer.
        reason: The message of the service.
        retry_after: Seconds to wait, as the service asked; None if it did not.
    """

    def __init__(
        self,
        message: str,
        url: str | None = None,
        status: int | None = None,
        reason: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, url, status, reason, retry_after)
        self.url, self.status, self.reason, self.retry_after = url, status, reason, retry_after


class RequestRejected(ServiceError):
    """The service understood the request and refused it."""


class AuthenticationFailed(RequestRejected):
    """The credentials are missing, wrong, or not those of the owner of the job."""


class JobNotFound(RequestRejected):
    """The service does not know this job."""


class JobListNotFound(JobNotFound):
    """There is no job list at this address, so there is no job below it."""


class Busy(ServiceError, retryable=True):
    """The service asks to come back later: too many requests or too many active jobs."""


class ActiveJobsLimit(Busy):
    """The user has as many jobs queued or executing as the service allows."""


class Unreachable(ServiceError, retryable=True):
    """There was no answer, or only that of a gateway, or a page of HTML in its place."""


class UntrustedCertificate(ServiceError):
    """The certificate of the service cannot be verified; nothing was sent."""


class ServerFault(ServiceError, retryable=True):
    """The service failed: a 5xx status that is not the fault of the request."""


class ProtocolError(ServiceError):
    """The answer cannot be read as UWS."""


class Malformed(ProtocolError, retryable=True):
    """The answer is not a UWS document: it was cut or damaged on its way, or is another page."""


class SubmissionUncertain(ServiceError):
    """The answer to a create was lost, so the job may exist: look for its runId first."""


class JobError(ExpresError):
    """The job ended without its results.

    Args:
        job_url: The job on the service.
        error: The error message of the service.
        stderr: The last lines of the standard error of the job.
        stdout: The last lines of the standard output of the job.
        detail: What the service says in detail beyond that message.
    """

    def __init__(
        self,
        message: str,
        job_url: str = "",
        error: str | None = None,
        stderr: str | None = None,
        stdout: str | None = None,
        detail: str | None = None,
    ) -> None:
        super().__init__(message, job_url, error, stderr, stdout, detail)
        self.job_url, self.error, self.detail = job_url, error, detail
        self.stderr, self.stdout = stderr, stdout

    @property
    def evidence(self) -> tuple[tuple[str, str], ...]:
        """The longer texts, each with its heading; empty ones are left out."""
        texts = zip(_HEADINGS, (self.detail, self.stderr, self.stdout), strict=True)
        return tuple((heading, text) for heading, text in texts if text)

    def __str__(self) -> str:
        said = [f"The service says: {self.error}"] if self.error else []
        return "\n".join([self.args[0], *said, *map(":\n".join, self.evidence)])


class JobFailed(JobError):
    """The job ended in phase ERROR."""


class JobAborted(JobError):
    """The job ended in phase ABORTED."""


class JobLost(JobError):
    """The service no longer knows the job: it was deleted, or the service lost it."""


class ResultsMissing(JobError):
    """The job ended in phase COMPLETED, but results are missing."""


class ResultMismatch(JobError):
    """The result is not the simulation that was asked for; ``detail`` has a line per difference."""

    @property
    def differences(self) -> tuple[str, ...]:
        """What the result shows, and what was asked for."""
        return tuple((self.detail or "").splitlines())


class WaitTimeout(ExpresError):
    """The job ``job_url`` was still in ``phase`` after ``waited`` seconds, the time to wait."""

    def __init__(self, message: str, job_url: str = "", phase: str = "", waited: float = 0) -> None:
        super().__init__(message, job_url, phase, waited)
        self.job_url, self.phase, self.waited = job_url, phase, waited


class CampaignError(ExpresError):
    """A campaign cannot be run as asked, or it lost all its workers."""


class TooManyFailures(CampaignError):
    """After ``failed`` simulations, ``not_begun`` were left; ``manifest`` tells the reasons."""

    def __init__(
        self, message: str, failed: int = 0, not_begun: int = 0, manifest: str = ""
    ) -> None:
        super().__init__(message, failed, not_begun, manifest)
        self.failed, self.not_begun, self.manifest = failed, not_begun, manifest


class DeployError(ExpresError):
    """The Prefect server cannot be set up as asked."""


class PrefectUnreachable(ExpresError):
    """The Prefect server does not answer."""


class StorageError(ExpresError):
    """The file or folder ``path`` cannot be written, or what is there cannot be read."""

    def __init__(self, message: str, path: str = "") -> None:
        super().__init__(message, path)
        self.path = path


class StorageUnavailable(StorageError, retryable=True):
    """The host of a file or folder does not answer, or not now."""


class TransferError(ExpresError):
    """The file ``name``, as the service calls it, did not arrive from ``url``."""

    def __init__(self, message: str, name: str = "", url: str | None = None) -> None:
        super().__init__(message, name, url)
        self.name, self.url = name, url


class Interrupted(TransferError, retryable=True):
    """The connection ended before the file was complete."""


class SizeMismatch(TransferError):
    """The size of the file is not the announced one, however often it came."""


class ChecksumMismatch(TransferError):
    """The hash of the file is not the one that the service announced, however often it came."""


class TooLarge(TransferError):
    """The file or document is larger than the limit."""


class UnsafeName(TransferError):
    """The name of the file could lead out of its folder, or is that of another file."""


class UnsafeLocation(TransferError):
    """The URL is one that results must not be fetched from."""
