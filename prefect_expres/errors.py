"""The tree of errors.

Who catches one catches all below it::

    ExpresError
    ├── UsageError             what a command was told does not fit together
    ├── ConfigurationError     the configuration breaks rules: all problems at once
    ├── AccessError            the service's access rules forbid it; nothing was sent
    ├── EphemerisError         an ephemeris is missing, misnamed or unreadable
    │   └── EphemerisUnavailable   its source did not answer, or says: later
    ├── ResultError            a result file is not what ExPRES writes
    ├── ObservatoryError       an observatory, or what it shall look at, is not known
    ├── ServiceError           the service, or the way to it
    │   ├── RequestRejected    it understood and said no
    │   │   ├── AuthenticationFailed
    │   │   └── JobNotFound
    │   ├── Busy               it says: later
    │   │   └── ActiveJobsLimit  the user has as many active jobs as allowed
    │   ├── Unreachable        no answer, or a gateway's answer
    │   ├── ServerFault        it failed inside, and does not blame the request
    │   ├── ProtocolError      an answer that is no UWS
    │   │   └── Malformed      an answer that is cut or garbled
    │   └── SubmissionUncertain  a create whose answer was lost
    ├── JobError               the job ended without its results
    │   ├── JobFailed
    │   ├── JobAborted
    │   ├── JobLost            the service has forgotten it
    │   └── ResultsMissing
    ├── WaitTimeout            our own deadline passed
    ├── CampaignError          a campaign cannot be run as asked, or has lost all its workers
    │   └── TooManyFailures
    ├── DeployError            Prefect's server cannot be set up as asked
    └── TransferError          a file did not arrive
        ├── Interrupted        the body stopped early
        ├── SizeMismatch
        ├── ChecksumMismatch
        ├── TooLarge
        ├── UnsafeName
        └── UnsafeLocation

Every error takes positional arguments only and hands all of them to ``Exception``, so that it
pickles: Prefect sends errors from one process to another. ``retryable`` says whether the same
step may succeed when it is tried again.
"""

from typing import ClassVar


class ExpresError(Exception):
    """The root of all errors of this package; ``args[0]`` is the message for the reader."""

    retryable: ClassVar[bool] = False

    def __str__(self) -> str:
        """Show the message only; the facts are attributes."""
        return str(self.args[0]) if self.args else type(self).__name__


class UsageError(ExpresError):
    """What a command was told, by options, environment or profiles, does not fit together."""


class ConfigurationError(ExpresError):
    """The configuration breaks rules.

    Args:
        message: What is wrong as a whole.
        problems: One line a problem: JSON path, value, rule and cure.
    """

    def __init__(self, message: str, problems: tuple[str, ...] = ()) -> None:
        super().__init__(message, problems)
        self.problems = problems

    def __str__(self) -> str:
        """Show every problem on a line of its own."""
        return "\n".join([self.args[0], *(f"  {problem}" for problem in self.problems)])


class AccessError(ExpresError):
    """The service's access rules forbid the request; nothing was sent."""


class EphemerisError(ExpresError):
    """An ephemeris is missing, misnamed or unreadable."""


class EphemerisUnavailable(EphemerisError):
    """The source of an ephemeris did not answer, or asks to come back later.

    Args:
        message: What happened.
        retry_after: Seconds that the source asks to wait, if it said so.
    """

    retryable = True

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message, retry_after)
        self.retry_after = retry_after


class ResultError(ExpresError):
    """A result file is not what ExPRES writes."""


class ObservatoryError(ExpresError):
    """An observatory, or what it shall look at, is not known."""


class ServiceError(ExpresError):
    """The service, or the way to it, did not do what was asked.

    Args:
        message: What happened and what to do.
        url: The URL that was asked, without credentials.
        status: The HTTP status, or None if there was no answer.
        reason: The service's own words.
        retry_after: Seconds that the service asks to wait, if it said so.
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
        self.url = url
        self.status = status
        self.reason = reason
        self.retry_after = retry_after


class RequestRejected(ServiceError):
    """The service understood the request and refused it."""


class AuthenticationFailed(RequestRejected):
    """The credentials are missing, wrong, or not those of the job's owner."""


class JobNotFound(RequestRejected):
    """The service knows no such job."""


class Busy(ServiceError):
    """The service asks to come back later: too many requests or too many active jobs."""

    retryable = True


class ActiveJobsLimit(Busy):
    """The user has as many jobs queued or executing as the service allows."""


class Unreachable(ServiceError):
    """No answer came, or only a gateway's."""

    retryable = True


class ServerFault(ServiceError):
    """The service failed inside: a 5xx that does not blame the request."""

    retryable = True


class ProtocolError(ServiceError):
    """The answer cannot be read as UWS."""


class Malformed(ProtocolError):
    """The answer is no document at all: it was cut or garbled on its way, or is another page."""

    retryable = True


class SubmissionUncertain(ServiceError):
    """The answer to a create was lost: the job may exist. Look for its runId before posting."""


class JobError(ExpresError):
    """The job ended without its results.

    Args:
        message: What happened and what to do.
        job_url: The job on the service.
        error: The service's error message.
        stderr: The last lines of the job's standard error.
        stdout: The last lines of the job's standard output.
        detail: The service's longer account of the error, where it differs from the message.
    """

    def __init__(
        self,
        message: str,
        job_url: str,
        error: str | None = None,
        stderr: str | None = None,
        stdout: str | None = None,
        detail: str | None = None,
    ) -> None:
        super().__init__(message, job_url, error, stderr, stdout, detail)
        self.job_url = job_url
        self.error = error
        self.stderr = stderr
        self.stdout = stdout
        self.detail = detail

    @property
    def evidence(self) -> tuple[tuple[str, str], ...]:
        """The longer texts that are there, each under its heading."""
        texts = (
            ("Detail", self.detail),
            ("Last lines of stderr", self.stderr),
            ("Last lines of stdout", self.stdout),
        )
        return tuple((heading, text) for heading, text in texts if text)

    def __str__(self) -> str:
        """Show the message, the service's words and the tails of stderr and stdout."""
        said = [f"The service says: {self.error}"] if self.error else []
        evidence = [f"{heading}:\n{text}" for heading, text in self.evidence]
        return "\n".join([self.args[0], *said, *evidence])


class JobFailed(JobError):
    """The job ended in phase ERROR."""


class JobAborted(JobError):
    """The job ended in phase ABORTED."""


class JobLost(JobError):
    """The service knew the job and knows it no more: it was deleted, or the service lost it."""


class ResultsMissing(JobError):
    """The job ended in phase COMPLETED, but without the results that it should have."""


class WaitTimeout(ExpresError):
    """The client's own deadline passed while the job was still active.

    Args:
        message: What happened and what to do.
        job_url: The job on the service.
        phase: The phase last seen.
        waited: Seconds waited.
    """

    def __init__(self, message: str, job_url: str, phase: str, waited: float) -> None:
        super().__init__(message, job_url, phase, waited)
        self.job_url = job_url
        self.phase = phase
        self.waited = waited


class CampaignError(ExpresError):
    """A campaign cannot be run as it was asked for, or all who shared it have died."""


class TooManyFailures(CampaignError):
    """So many simulations of a campaign failed that no further ones were begun.

    Args:
        failed: How many failed.
        not_begun: How many were not begun.
        manifest: URL of the campaign's manifest, which tells why each failed.
    """

    def __init__(self, failed: int, not_begun: int, manifest: str) -> None:
        super().__init__(failed, not_begun, manifest)
        self.failed = failed
        self.not_begun = not_begun
        self.manifest = manifest

    def __str__(self) -> str:
        """Say what to do."""
        return (
            f"{self.failed} simulations failed, so {self.not_begun} were not begun; "
            f"{self.manifest} tells why. Mend it and run the campaign again, which does only what "
            "is missing, or give it a larger max_failures."
        )


class DeployError(ExpresError):
    """Prefect's server cannot be set up as it was asked for."""


class TransferError(ExpresError):
    """A file did not arrive.

    Args:
        message: What happened and what to do.
        name: The file's name, as the service gives it.
        url: Where it was to come from.
    """

    def __init__(self, message: str, name: str, url: str | None = None) -> None:
        super().__init__(message, name, url)
        self.name = name
        self.url = url


class Interrupted(TransferError):
    """The connection ended before the file did."""

    retryable = True


class SizeMismatch(TransferError):
    """The file has another size than announced."""

    retryable = True


class ChecksumMismatch(TransferError):
    """The file's bytes do not have the hash that the service announced."""

    retryable = True


class TooLarge(TransferError):
    """The file or document is larger than the limit."""


class UnsafeName(TransferError):
    """The file's name could leave its folder, or collide with another."""


class UnsafeLocation(TransferError):
    """The URL leads where a result must not be fetched from."""
