"""How simulations are published, and what was published."""

import re
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from prefect_expres.net.url import shown_url

_SCHEMA = re.compile(r"[a-z][a-z0-9_]{0,62}")
EXPRES_PAPER = "2019A&A...627A..30L"


class Publication(BaseModel):
    """Where simulations are published, and by whom."""

    model_config = ConfigDict(frozen=True, extra="forbid", title="Publication")

    folder: Annotated[str, BeforeValidator(str)] = Field(
        title="Folder",
        description="Path or fsspec URL of the folder that a web server shows.",
    )
    url: str = Field(
        title="Address", description="Where the web server shows it, as https://host/data/expres."
    )
    schema_name: str = Field(
        "expres", title="Schema", description="Of the table, which is then NAME.epn_core."
    )
    title: str = Field(
        "ExPRES simulations of planetary radio emission",
        title="Title",
        description="Of the service, for people.",
    )
    publisher: str = Field("", title="Publisher", description="Who publishes the data.")
    creator: str = Field("", title="Creator", description="Who made them, as Louis, C.; Hess, S.")
    contact: str = Field("", title="Contact", description="An e-mail address.")
    reference: str = Field(
        EXPRES_PAPER, title="Reference", description="Paper to cite: a bibcode or a DOI."
    )

    @field_validator("url")
    @classmethod
    def _plain_address(cls, url: str) -> str:
        if not url.startswith(("http://", "https://")) or shown_url(url) != url:
            msg = "give the http: or https: address of the folder, without user and password"
            raise ValueError(msg)
        return url.rstrip("/")

    @field_validator("schema_name")
    @classmethod
    def _plain_name(cls, name: str) -> str:
        if not _SCHEMA.fullmatch(name):
            msg = "give small letters, digits and _, as expres"
            raise ValueError(msg)
        return name


class Published(BaseModel):
    """What is published: the table, its files, and what came with this publication.

    ``table`` is the folder of the set of VOTable, Parquet and descriptor; ``latest`` beside it
    leads to it. ``files`` are its files with their SHA-256. ``left_out`` tells which simulations
    were not published, and why.
    """

    model_config = ConfigDict(frozen=True)

    publication: Publication
    made: datetime
    package_version: str
    table: str
    rows: int
    simulations: int
    new: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    files: dict[str, str] = Field(default_factory=dict)
