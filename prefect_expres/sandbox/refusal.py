"""How the service says no."""

from enum import Enum, auto


class Kind(Enum):
    """What kind of no it is; each dialect has its own status for it."""

    BAD = auto()
    CONFLICT = auto()
    LIMIT = auto()
    OWNER = auto()
    FILE_OWNER = auto()
    MISSING = auto()
    UNKNOWN_LIST = auto()


class Refusal(Exception):
    """The service says no.

    Args:
        kind: What kind of no.
        reason: The words for the user.
    """

    def __init__(self, kind: Kind, reason: str) -> None:
        super().__init__(kind, reason)
        self.kind = kind
        self.reason = reason
