"""What a request asks for, and for whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from prefect_expres.sandbox.store import GUEST_NAME, SandboxJob


@dataclass(frozen=True)
class User:
    """A user, who comes with some token: the first one that is seen with a name is as good."""

    name: str
    token: str = ""

    def owns(self, job: SandboxJob) -> bool:
        """Say whether the job was created by this user, with this token."""
        return (job.owner, job.token) == (self.name, self.token)


GUEST = User(GUEST_NAME)


@dataclass(frozen=True)
class UploadedFile:
    """A file that came with a new job."""

    name: str
    content: bytes


@dataclass(frozen=True)
class NewJob:
    """The request for a new job.

    Args:
        texts: All text parameters, including ``runId``.
        files: Files by parameter name.
        execution_duration: Seconds, as they were sent.
        destruction: When the job is to be deleted.
    """

    texts: Mapping[str, str]
    files: Mapping[str, UploadedFile]
    execution_duration: str | None = None
    destruction: datetime | None = None
