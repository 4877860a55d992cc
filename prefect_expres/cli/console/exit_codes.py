"""Exit codes that a script can distinguish, and errors as a paragraph of text."""

import traceback
from enum import IntEnum

from prefect_expres.cli.console.printing import note
from prefect_expres.errors import (
    AccessError,
    AuthenticationFailed,
    Busy,
    ExpresError,
    JobAborted,
    JobFailed,
    JobLost,
    JobNotFound,
    PrefectUnreachable,
    ResultsMissing,
    ServerFault,
    SubmissionUncertain,
    TransferError,
    Unreachable,
    UntrustedCertificate,
    UsageError,
    WaitTimeout,
)


class Exit(IntEnum):
    """The exit codes; docs/commands.md describes them for users."""

    OK = 0
    FAILURE = 1
    USAGE = 2
    JOB_FAILED = 3
    JOB_ABORTED = 4
    TIMED_OUT = 5
    NOT_FOUND = 6
    REFUSED = 7
    UNREACHABLE = 8
    TRANSFER = 9
    NOT_AS_ASKED = 10
    INTERRUPTED = 130
    TERMINATED = 143


class Interruption(Exception):
    """Ctrl-C ended the command; the message says what was not done."""


_CODES: tuple[tuple[type[ExpresError], Exit], ...] = (
    (UsageError, Exit.USAGE),
    (JobFailed, Exit.JOB_FAILED),
    (ResultsMissing, Exit.JOB_FAILED),
    (JobAborted, Exit.JOB_ABORTED),
    (JobLost, Exit.NOT_FOUND),
    (JobNotFound, Exit.NOT_FOUND),
    (WaitTimeout, Exit.TIMED_OUT),
    (AuthenticationFailed, Exit.REFUSED),
    (AccessError, Exit.REFUSED),
    (Unreachable, Exit.UNREACHABLE),
    (PrefectUnreachable, Exit.UNREACHABLE),
    (UntrustedCertificate, Exit.UNREACHABLE),
    (Busy, Exit.UNREACHABLE),
    (ServerFault, Exit.UNREACHABLE),
    (SubmissionUncertain, Exit.UNREACHABLE),
    (TransferError, Exit.TRANSFER),
)


def exit_code(fault: BaseException) -> Exit:
    """Return the exit code of an error."""
    return next((code for kind, code in _CODES if isinstance(fault, kind)), Exit.FAILURE)


def print_error(fault: Exception, *, debug: bool) -> None:
    """Print an error as a paragraph; with ``debug`` after its traceback, which has no values."""
    if debug:
        note("".join(traceback.format_exception(fault)).rstrip())
    note(f"Error: {type(fault).__name__}", style="bold red")
    note(str(fault) or "It has no message.")
    if not isinstance(fault, ExpresError) and not debug:
        note("Unexpected error; --debug shows where it happened.")
