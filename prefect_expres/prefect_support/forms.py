"""What flows are given: for Python what it is, for Prefect's form the words that people read.

Prefect titles a parameter by its name, and a choice by its JSON type, unless told otherwise here.
"""

from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    NonNegativeInt,
    PositiveFloat,
    SecretStr,
    WithJsonSchema,
)
from pydantic.fields import FieldInfo

from prefect_expres.ephemeris import AnyEphemeris, TableEphemeris
from prefect_expres.errors import UsageError
from prefect_expres.expres import Configuration, Routine
from prefect_expres.expres.routine import in_any_case
from prefect_expres.net.network import check_proxy
from prefect_expres.net.url import has_password, has_signature, shown_url


def titled(title: str) -> FieldInfo:
    """Give a parameter the title that a form shows, as part of its annotation."""
    return Field(json_schema_extra={"title": title})  # type: ignore[no-any-return]


def _without_secret(location: str | Path) -> str:
    address = str(location)
    if has_signature(address):
        msg = (
            f"{shown_url(address)} was given with a token or signature, which Prefect would keep "
            "and show; fetch the file and give its path, or address its store as s3://bucket/name "
            "or the like, with the keys in the environment"
        )
        raise ValueError(msg)
    if has_password(address):
        msg = (
            f"{shown_url(address)} was given with a password, which Prefect would keep and show; "
            "leave user and password out of it, and give them to fsspec by the environment, as "
            "FSSPEC_FTP_USERNAME and FSSPEC_FTP_PASSWORD, or for HTTP in the file .netrc"
        )
        raise ValueError(msg)
    return address


Location = Annotated[
    str | Path,
    AfterValidator(_without_secret),
    WithJsonSchema({"title": "Path or URL", "type": "string"}),
]
"""A local path or any fsspec URL without a secret in it, as a text once it is checked."""

# What has no type gets the form's JSON editor.
_Pasted = Annotated[dict[str, Any] | Configuration, WithJsonSchema({"title": "Paste JSON"})]


def _routine_if_meant(given: object) -> object:
    """Read a routine simulation from JSON: the keys of a configuration are in capitals."""
    if isinstance(given, dict) and given.keys() & Routine.model_fields.keys():
        return Routine.model_validate(given)
    return given


AnyConfiguration = Annotated[Routine | _Pasted | Location, BeforeValidator(_routine_if_meant)]
"""A routine simulation, or a configuration as its content, the model, or its file's path or URL."""


def _with_plain_path(source: AnyEphemeris) -> AnyEphemeris:
    if isinstance(source, TableEphemeris):
        _without_secret(source.path)
    return source


KeptEphemeris = Annotated[AnyEphemeris, AfterValidator(_with_plain_path)]
"""A source of the observer's positions, which Prefect may keep and show."""

AnyObserver = (
    Location
    | KeptEphemeris
    | Annotated[None, WithJsonSchema({"title": "In the configuration", "type": "null"})]
)
"""Where the observer is: a file, a source that computes it, or the configuration itself."""

Text = Annotated[str, WithJsonSchema({"title": "Text", "type": "string"})]
Seconds = Annotated[
    PositiveFloat,
    WithJsonSchema({"title": "Seconds", "type": "number", "exclusiveMinimum": 0}),
]
OrDefault = Annotated[None, WithJsonSchema({"title": "Default", "type": "null"})]
Count = Annotated[
    NonNegativeInt, WithJsonSchema({"title": "Number", "type": "integer", "minimum": 0})
]
NoLimit = Annotated[None, WithJsonSchema({"title": "No limit", "type": "null"})]
Day = Annotated[date, WithJsonSchema({"title": "Date", "type": "string", "format": "date"})]
Today = Annotated[None, WithJsonSchema({"title": "Today", "type": "null"})]

Reuse = Literal["verified", "published", "never"]
"""Whether verified results, published ones, or jobs of the identical simulation stand in for a run.
"""
OfTheTeam = Annotated[None, WithJsonSchema({"title": "That of the MASER team", "type": "null"})]
NotUsed = Annotated[None, WithJsonSchema({"title": "Not used", "type": "null"})]
NotPublished = Annotated[None, WithJsonSchema({"title": "Not published", "type": "null"})]

_Site = Literal["NenuFAR", "NDA", "LOFAR", "OVRO-LWA"]
Site = Annotated[_Site, in_any_case(get_args(_Site))]
"""An observatory, as a choice; in any case."""


def _checked_proxy(proxy: SecretStr) -> SecretStr | None:
    if not proxy.get_secret_value():
        return None
    try:
        check_proxy(proxy.get_secret_value())
    except UsageError as fault:
        raise ValueError(str(fault)) from None
    return proxy


ProxyAddress = Annotated[SecretStr, AfterValidator(_checked_proxy)]
"""The URL of an HTTP proxy, which may have a password; empty for none."""
