"""How commands end: exit codes that a script can tell apart, and errors told in a paragraph."""

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
    ResultsMissing,
    ServerFault,
    SubmissionUncertain,
    TransferError,
    Unreachable,
    UsageError,
    WaitTimeout,
)


class Exit(IntEnum):
    """What an exit code means; docs/commands.md tells them to users."""

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
    INTERRUPTED = 130


class Interruption(Exception):
    """Ctrl-C ended the command; the message says what was left undone."""


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
    (Busy, Exit.UNREACHABLE),
    (ServerFault, Exit.UNREACHABLE),
    (SubmissionUncertain, Exit.UNREACHABLE),
    (TransferError, Exit.TRANSFER),
)


def exit_code(fault: BaseException) -> Exit:
    """Give the exit code that an error ends the command with."""
    return next((code for kind, code in _CODES if isinstance(fault, kind)), Exit.FAILURE)


def tell_fault(fault: Exception, *, debug: bool) -> None:
    """Tell an error in a paragraph; with ``debug`` its trace comes first, without any values."""
    if debug:
        note("".join(traceback.format_exception(fault)).rstrip())
    note(f"Error: {type(fault).__name__}", style="bold red")
    note(str(fault) or "It gave no reason.")
    if not isinstance(fault, ExpresError) and not debug:
        note("This was not foreseen; --debug shows where it happened.")
