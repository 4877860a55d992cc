"""The runId of a job: which simulation it is, and which flow run created it.

Hooks, restarted flows and flows that need the same simulation find a job by its runId only. The
runId is a claim: whether the job is that simulation must be checked on its inputs.
"""

import re
import secrets
from dataclasses import dataclass
from typing import Self

_LABEL_LENGTH = 28
_FORM = re.compile(
    r"([A-Za-z0-9_-]{1,28})\.([0-9a-f]{12})\.([0-9a-f]{16})\.([0-9a-f]{4})", re.ASCII
)
_OWNER = re.compile(r"[0-9a-f]{16}", re.ASCII)


@dataclass(frozen=True)
class RunId:
    """``label.fingerprint.owner.nonce``, at most 63 characters, all safe for OPUS.

    Args:
        label: The simulation's label, cut to 28 characters; for people only.
        fingerprint: The first 12 digits of the simulation's fingerprint.
        owner: 16 hexadecimal digits of the flow run that created the job.
        nonce: 4 random hexadecimal digits, different for each job that the owner creates.

    Example:
        >>> RunId.parse("io-earth.0123456789ab.0123456789abcdef.c0de").label
        'io-earth'
    """

    label: str
    fingerprint: str
    owner: str
    nonce: str

    @classmethod
    def new(cls, label: str, fingerprint: str, owner: str) -> Self:
        """Name a new job.

        Raises:
            ValueError: The owner does not fit, so that the job could not be found again.
        """
        cls.check_owner(owner)
        short = label[:_LABEL_LENGTH].rstrip("-")
        return cls(short, fingerprint[:12], owner, secrets.token_hex(2))

    @staticmethod
    def check_owner(owner: str) -> None:
        """Check that an owner fits a runId.

        Raises:
            ValueError: It is not what ``owner_of`` gives.
        """
        if not _OWNER.fullmatch(owner):
            msg = f"The owner {owner!r} does not fit a runId; give 16 hexadecimal digits"
            raise ValueError(msg)

    @classmethod
    def parse(cls, text: str | None) -> Self | None:
        """Read a job's runId; None if it does not have this form."""
        found = _FORM.fullmatch(text or "")
        return cls(*found.groups()) if found else None

    @classmethod
    def is_of(cls, text: str | None, owner: str, fingerprint: str | None = None) -> bool:
        """Say whether a runId names this owner and, if given, this simulation."""
        name = cls.parse(text)
        if name is None or name.owner != owner:
            return False
        return fingerprint is None or fingerprint.startswith(name.fingerprint)

    def __str__(self) -> str:
        """Write it as it is sent."""
        return f"{self.label}.{self.fingerprint}.{self.owner}.{self.nonce}"


def owner_of(flow_run_id: object) -> str:
    """Give the 16 digits of a flow run: the last ones of its id, which are random."""
    return str(flow_run_id).replace("-", "").lower()[-16:]
