"""Parameters of a job on a command line: ``name=value``, or ``name=@path`` with a path or URL."""

import mimetypes
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePosixPath
from typing import Self
from urllib.parse import urlsplit

from prefect_expres.errors import RequestRejected, StorageError, UsageError
from prefect_expres.storage import read_whole
from prefect_expres.uws import Upload, UWSClient, Verbatim
from prefect_expres.uws.forms import check_parameter

RUN_ID, DURATION, DESTRUCTION = "runId", "executionDuration", "destruction"
_CONTROL = {name.lower(): name for name in (RUN_ID, DURATION, DESTRUCTION)}


@dataclass(frozen=True)
class Assignments:
    """Texts and files by parameter name, and the limits, which in UWS are no parameters.

    Args:
        texts: Text parameters, the ``runId`` among them.
        files: Files to upload.
        duration: Execution duration in seconds; None leaves it to the service.
        destruction: When the service deletes the job; None leaves it to the service.
    """

    texts: dict[str, str] = field(default_factory=dict)
    files: dict[str, Upload] = field(default_factory=dict)
    duration: int | None = None
    destruction: datetime | None = None

    @classmethod
    def parse(cls, words: Iterable[str], *, verbatim: bool = False) -> Self:
        """Parse the parameters of a command line.

        Args:
            words: Each is ``name=value`` or ``name=@path``.
            verbatim: Send values as they are, even with characters that a shell interprets.

        Raises:
            UsageError: A word is neither, a file cannot be read, or a limit is not valid.
        """
        texts: dict[str, str] = {}
        files: dict[str, Upload] = {}
        for word in words:
            given, separator, value = word.partition("=")
            name = _CONTROL.get(given.lower(), given)
            if not separator or not name:
                raise UsageError(f"{word!r} is not a parameter: write name=value or name=@path")
            if value.startswith("@"):
                files[name] = _upload(value[1:])
            else:
                texts[name] = text_of(name, value, verbatim=verbatim)
        duration, destruction = texts.pop(DURATION, None), texts.pop(DESTRUCTION, None)
        return cls(
            texts,
            files,
            None if duration is None else _seconds(duration),
            None if destruction is None else _moment(destruction),
        )

    def over(self, other: Self) -> Self:
        """Return the parameters of another job, with these put over them.

        Names have no case in UWS: one that the other job has is written as it is there.
        """
        known = {name.casefold(): name for name in (*other.texts, *other.files)}
        texts = {known.get(name.casefold(), name): text for name, text in self.texts.items()}
        files = {known.get(name.casefold(), name): file for name, file in self.files.items()}
        kept = {name: text for name, text in other.texts.items() if name not in files}
        uploads = {name: file for name, file in other.files.items() if name not in texts}
        return type(self)(
            kept | texts,
            uploads | files,
            other.duration if self.duration is None else self.duration,
            other.destruction if self.destruction is None else self.destruction,
        )

    async def set_limits(self, client: UWSClient, job_id: str) -> None:
        """Set execution duration and destruction time of a job; the service may change them."""
        if self.duration is not None:
            await client.set_execution_duration(job_id, self.duration)
        if self.destruction is not None:
            await client.set_destruction(job_id, self.destruction)


def is_control(name: str) -> bool:
    """Return whether this name is a control parameter of UWS, and not a parameter of the job."""
    return name.lower() in _CONTROL


def upload_of(name: str, content: bytes) -> Upload:
    """Return a file to upload, with the media type that its name stands for."""
    kind, _ = mimetypes.guess_type(name)
    return Upload(name, content, kind or "application/octet-stream")


def text_of(name: str, value: str, *, verbatim: bool) -> str:
    """Return a value to send: as it is on request, else only if a shell would not interpret it.

    Raises:
        UsageError: It has such characters, or the name is not one of a parameter.
    """
    if verbatim:
        return Verbatim(value)
    try:
        check_parameter(name, value)
    except RequestRejected as fault:
        raise UsageError(f"{fault}. If the service is not OPUS, --verbatim sends it") from None
    return value


def _upload(address: str) -> Upload:
    """Read a file from a path or an fsspec URL; its last part becomes the name."""
    try:
        content = read_whole(address)
    except StorageError as fault:
        raise UsageError(str(fault)) from None
    return upload_of(PurePosixPath(urlsplit(address).path).name, content)


def _seconds(text: str) -> int:
    if not text.isdecimal():
        raise UsageError(f"{DURATION}={text}: write whole seconds; 0 asks for no limit")
    return int(text)


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{DESTRUCTION}={text}: write a time, as 2026-12-24T12:00:00Z") from None
