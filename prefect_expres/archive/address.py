"""Where a published table is: a TAP service, its table, and the hosts of its files."""

import re

from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, field_validator

from prefect_expres.net.url import shown_url

_TABLE = re.compile(r"[A-Za-z]\w*(\.[A-Za-z]\w*){0,2}", re.ASCII)


class Archive(BaseModel):
    """A table of EPN-TAP 2.0 on a TAP service; by default that of the MASER team."""

    model_config = ConfigDict(frozen=True, extra="forbid", title="Archive")

    url: str = Field(
        "https://voparis-tap-maser.obspm.fr/tap",
        title="TAP service",
        description="Its address, which ends before /sync.",
    )
    table: str = Field(
        "expres.epn_core", title="Table", description="With its schema, as expres.epn_core."
    )
    trusted_hosts: tuple[str, ...] = Field(
        ("maser.obspm.fr", "maser.lesia.obspm.fr"),
        title="Hosts of files",
        description="Hosts besides that of the service from which files may be fetched.",
    )
    timeout: PositiveFloat = Field(
        120.0, title="Timeout (s)", description="Seconds that a search may take as a whole."
    )

    @field_validator("url")
    @classmethod
    def _plain_address(cls, url: str) -> str:
        if not url.startswith(("http://", "https://")) or shown_url(url) != url:
            msg = "give the http: or https: address of a TAP service, without user and password"
            raise ValueError(msg)
        return url.rstrip("/")

    @field_validator("table")
    @classmethod
    def _plain_name(cls, table: str) -> str:
        if not _TABLE.fullmatch(table):
            msg = "give the name of a table with its schema, as expres.epn_core"
            raise ValueError(msg)
        return table


MASER = Archive()
"""The routine simulations of the MASER team."""
