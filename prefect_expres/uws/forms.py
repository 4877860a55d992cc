"""The form of a new job, and checks of the names and values in it.

OPUS writes names and values into a shell script without quotes, so what a shell would not read as
one plain word is refused before anything is sent.
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
    """A value that is sent unchecked; never send one to OPUS, which gives it to a shell.

    Other services need such values, for instance the queries of TAP.
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
    """Refuse a name or a value that a shell would not read as one plain word.

    A `Verbatim` value is accepted.

    Raises:
        RequestRejected: The name or the value is refused.
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
