"""Options that name an archive, and how one's own is published."""

from dataclasses import dataclass

from cyclopts import Group, Parameter
from pydantic import ValidationError

from prefect_expres.archive.address import MASER, Archive
from prefect_expres.archive.publication import Publication
from prefect_expres.cli.commands.invalid import reasons
from prefect_expres.errors import UsageError


@Parameter(name="*", group=Group("Archive", sort_key=7))
@dataclass(frozen=True)
class ArchiveOptions:
    """The archive of published simulations.

    Args:
        archive: Address of a TAP service, which ends before /sync. Default: that of the MASER team.
        table: Its table of EPN-TAP, with its schema. Default: expres.epn_core.
        file_host: Another host that published files may come from; repeat the option for several.
    """

    archive: str | None = None
    table: str | None = None
    file_host: tuple[str, ...] = ()


@Parameter(name="*", group=Group("Publication", sort_key=7))
@dataclass(frozen=True)
class PublicationOptions:
    """Where simulations are published, and by whom.

    Args:
        to: Path or URL of the folder that a web server shows.
        address: Where the web server shows it, as https://host/data/expres.
        schema: Schema of the table, which is then NAME.epn_core. Default: expres.
        publisher: Who publishes the data.
        creator: Who made the data, as Louis, C.; Hess, S.
        contact: An e-mail address.
    """

    to: str | None = None
    address: str | None = None
    schema: str | None = None
    publisher: str | None = None
    creator: str | None = None
    contact: str | None = None


MASERS = ArchiveOptions()
UNPUBLISHED = PublicationOptions()
_FIELDS = {"to": "folder", "address": "url", "schema": "schema_name"}


def archive_of(options: ArchiveOptions) -> Archive:
    """Return the archive of the options.

    Raises:
        UsageError: The address or the table cannot be one.
    """
    chosen = {
        "url": options.archive,
        "table": options.table,
        "trusted_hosts": (*MASER.trusted_hosts, *options.file_host),
    }
    try:
        return Archive(**{name: value for name, value in chosen.items() if value})
    except ValidationError as fault:
        raise UsageError("; ".join(reasons(fault))) from None


def publication_of(options: PublicationOptions) -> Publication | None:
    """Return the publication of the options; None if none is asked for.

    Raises:
        UsageError: The folder or its address is missing, or cannot be one.
    """
    given = {_FIELDS.get(name, name): value for name, value in vars(options).items() if value}
    if not given:
        return None
    if options.to is None or options.address is None:
        raise UsageError(
            "--to and --address go together: a folder, and where a web server shows it"
        )
    try:
        return Publication(**given)
    except ValidationError as fault:
        raise UsageError("; ".join(reasons(fault))) from None
