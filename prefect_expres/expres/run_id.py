"""The runId of a job: which simulation it is, and which flow run created it.

Hooks, restarted flows and flows that need the same simulation find a job by its runId only. The
runId is a claim: whether the job is that simulation must be checked on its inputs.
"""

import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Self
from uuid import UUID

_LABEL_LENGTH = 23
_OWNER = re.compile(r"[A-Za-z0-9_-]{21}[AQgw]", re.ASCII)
_FORM = re.compile(
    rf"([A-Za-z0-9_-]{{1,23}})\.([0-9a-f]{{12}})\.({_OWNER.pattern})\.([0-9a-f]{{4}})", re.ASCII
)


@dataclass(frozen=True)
class RunId:
    """``label.fingerprint.owner.nonce``, at most 64 characters, all safe for OPUS.

    OPUS keeps 64 characters of a runId. The owner is the whole id of a flow run, so that Prefect's
    server can be asked for it.

    Args:
        label: The simulation's label, cut to 23 characters; for people only.
        fingerprint: The first 12 digits of the simulation's fingerprint.
        owner: The flow run that created the job: 22 characters, see ``owner_of``.
        nonce: 4 random hexadecimal digits, different for each job that the owner creates.

    Example:
        >>> RunId.parse("io-earth.0123456789ab.AZrBT6Dqe9CK9dU4dmJYKA.c0de").label
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
            msg = f"The owner {owner!r} does not fit a runId; give owner_of(flow run's id)"
            raise ValueError(msg)

    @classmethod
    def parse(cls, text: str | None) -> Self | None:
        """Read a job's runId; None if it does not have this form."""
        found = text and _FORM.fullmatch(text)
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


def owner_of(flow_run_id: UUID | str) -> str:
    """Give the characters that stand for a flow run: its id in the alphabet of base64url."""
    return urlsafe_b64encode(UUID(str(flow_run_id)).bytes).rstrip(b"=").decode()


def flow_run_of(owner: str) -> UUID:
    """Give the id of the flow run that an owner stands for."""
    return UUID(bytes=urlsafe_b64decode(f"{owner}=="))
