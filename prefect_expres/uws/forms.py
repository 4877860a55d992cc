"""What is sent with a new job, and why some of it is refused.

OPUS pastes names and values, unquoted, into a shell script: what a shell would read as more than a
word never leaves.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from prefect_expres.errors import RequestRejected

_SHELL_SAFE = re.compile(r"[A-Za-z0-9._:+-]*", re.ASCII)
_FIELD_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}", re.ASCII)
_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}", re.ASCII)


class Verbatim(str):
    """A value that is sent as it is, whatever a shell would read: never give one to OPUS.

    Other services take values that are no words, as TAP its queries.
    """

    __slots__ = ()


@dataclass(frozen=True)
class Upload:
    """A file that is sent with a new job: its name, bytes and media type."""

    name: str
    content: bytes
    media_type: str = "application/octet-stream"


def new_job_form(parameters: Mapping[str, str], uploads: Mapping[str, Upload]) -> dict[str, Any]:
    """Build the multipart form of a new job.

    It is multipart also without files: every server reads that, and all of it alike.

    Raises:
        RequestRejected: A name or value could harm the server.
    """
    for name, value in parameters.items():
        check_parameter(name, value)
    for name, upload in uploads.items():
        check_parameter(name, "")
        _check_file_name(name, upload.name)
    form: dict[str, Any] = {name: (None, value) for name, value in parameters.items()}
    return form | {name: (up.name, up.content, up.media_type) for name, up in uploads.items()}


def check_parameter(name: str, value: str) -> None:
    """Refuse a name or a value that a shell would read as more than a word.

    A `Verbatim` value is let through.

    Raises:
        RequestRejected: It would.
    """
    if not _FIELD_NAME.fullmatch(name):
        msg = f"The parameter name {name[:80]!r} is refused: use letters, digits and _"
        raise RequestRejected(msg)
    if not isinstance(value, Verbatim) and not _SHELL_SAFE.fullmatch(value):
        msg = (
            f"The value {value[:80]!r} of {name} is refused, since the service hands it to a "
            "shell: use letters, digits and . _ : + -"
        )
        raise RequestRejected(msg)


def _check_file_name(name: str, file_name: str) -> None:
    if not _FILE_NAME.fullmatch(file_name):
        msg = (
            f"The file name {file_name[:80]!r} of {name} is refused, since the service hands "
            "it to a shell: use letters, digits and . _ -, at most 200"
        )
        raise RequestRejected(msg)
