"""Read a request: its user, the address of the service, and its form."""

import base64
import binascii
from dataclasses import dataclass

from starlette.datastructures import UploadFile
from starlette.requests import Request

from prefect_expres.sandbox.dialects import Dialect
from prefect_expres.sandbox.requested import GUEST, NewJob, UploadedFile, User
from prefect_expres.sandbox.service import PARAMETERS

_NAMES = ("runId", "executionDuration", "destruction", "PHASE", "ACTION", "VALUE", *PARAMETERS)
_CANONICAL = {name.upper(): name for name in _NAMES}


@dataclass(frozen=True)
class Form:
    """The fields and files of a posted form."""

    fields: dict[str, str]
    files: dict[str, UploadedFile]

    def field(self, name: str) -> str | None:
        """Return a field whose name is in capitals in UWS and in camel case in OPUS."""
        return self.fields.get(name, self.fields.get(_CANONICAL.get(name, name)))

    def new_job(self, dialect: Dialect) -> NewJob:
        """Return the new job that the form asks for."""
        destruction = self.field("DESTRUCTION")
        return NewJob(
            texts={name: text for name, text in self.fields.items() if name != "PHASE"},
            files=self.files,
            execution_duration=self.field("EXECUTIONDURATION"),
            destruction=dialect.moment(destruction) if destruction else None,
        )


async def form_of(request: Request, dialect: Dialect) -> Form:
    """Read a form, multipart or urlencoded; in UWS 1.1 names are case-insensitive."""
    fields: dict[str, str] = {}
    files: dict[str, UploadedFile] = {}
    async with request.form() as form:
        for given, value in form.multi_items():
            name = _CANONICAL.get(given.upper(), given) if dialect.folds_case else given
            if isinstance(value, UploadFile):
                files[name] = UploadedFile(value.filename or name, await value.read())
            else:
                fields[name] = value
    return Form(fields, files)


def user_of(request: Request) -> User:
    """Return the user of Basic authentication, with any token; without it, the guest."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return GUEST
    try:
        name, _, token = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return GUEST
    return User(name, token) if name else GUEST


def base_of(request: Request) -> str:
    """Return the URL of the service, as the client wrote it."""
    return f"{request.url.scheme}://{request.url.netloc}"
