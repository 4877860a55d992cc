"""Refusals of the service."""

from enum import Enum, auto


class Kind(Enum):
    """The kinds of refusals; each dialect has its own status for them."""

    BAD = auto()
    CONFLICT = auto()
    LIMIT = auto()
    OWNER = auto()
    FILE_OWNER = auto()
    MISSING = auto()
    UNKNOWN_LIST = auto()
    FAILED = auto()
    UNREADABLE = auto()
    """A value that cannot be read, at which OPUS fails without a reason."""
    UNSUPPORTED = auto()
    """What the real service takes, and the sandbox does not do."""


class Refusal(Exception):
    """The service refuses a request.

    Args:
        kind: The kind of refusal.
        reason: The message for the user.
    """

    def __init__(self, kind: Kind, reason: str) -> None:
        super().__init__(kind, reason)
        self.kind = kind
        self.reason = reason
