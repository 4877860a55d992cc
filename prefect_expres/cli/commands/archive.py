"""The commands ``prefect-expres archive …``: search, bring home and publish simulations."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any

from cyclopts import App, Parameter

from prefect_expres.archive import (
    BroughtHome,
    Granule,
    PublishedSimulation,
    get_published,
    publish_simulations,
    search_archive,
    simulation_folders,
)
from prefect_expres.archive.client import MOST_ROWS
from prefect_expres.cli.commands.archive_options import (
    MASERS,
    UNPUBLISHED,
    ArchiveOptions,
    PublicationOptions,
    archive_of,
    publication_of,
)
from prefect_expres.cli.commands.job_records import size
from prefect_expres.cli.commands.options import AsJson
from prefect_expres.cli.commands.writable import require_writable
from prefect_expres.cli.console.printing import facts, give, note, table
from prefect_expres.errors import UsageError
from prefect_expres.execution import Event
from prefect_expres.execution.events import StepTaken, Warned

app = App(name="archive")

_MEGAHERTZ = 1e6


@app.command
async def search(
    *,
    first: Annotated[date, Parameter("--from")],
    last: Annotated[date | None, Parameter("--to")] = None,
    observer: str | None = None,
    moon: str | None = None,
    most: int = MOST_ROWS,
    options: ArchiveOptions = MASERS,
    as_json: AsJson = False,
) -> None:
    """List the published simulations of some days.

    Args:
        first: The first day, UTC.
        last: The last day. Default: the first.
        observer: Only those of this observer, as Earth or Juno.
        moon: Only those of this moon, as Io.
        most: Rows to read at most; a simulation has one for each of its files.
        options: The archive.
        as_json: Print the rows as JSON.
    """
    found = await search_archive(
        first, last, observer=observer, moon=moon, archive=archive_of(options), most=most
    )
    rows = ((each.obs_id, *_described(each)) for each in found.simulations)
    give(
        found.model_dump(mode="json"),
        table("simulation", "from (UTC)", "to (UTC)", "MHz", "files", "bytes", rows=rows),
        f"{len(found.simulations)} simulations, {found.rows} files",
        as_json=as_json,
    )
    if not found.complete:
        note(f"There are more: these are from the first {most} rows. Ask for fewer days or --most.")


@app.command
async def get(
    simulations: tuple[str, ...],
    /,
    *,
    output: Annotated[str, Parameter(alias="-o")] = "expres-archive",
    options: ArchiveOptions = MASERS,
    as_json: AsJson = False,
) -> None:
    """Bring published simulations home: checked as far as their table allows, with a manifest.

    Args:
        simulations: Their identifiers, from `archive search`.
        output: Path or URL under which each gets a folder.
        options: The archive.
        as_json: Print the manifests as JSON.
    """
    require_writable(output, "--output")
    archive = archive_of(options)
    home = [await get_published(each, output, archive=archive, tell=_told) for each in simulations]
    give(
        [each.model_dump(mode="json") for each in home],
        *(line for each in home for line in _brought(each)),
        as_json=as_json,
    )


@app.command
async def publish(
    outputs: tuple[str, ...],
    /,
    *,
    options: PublicationOptions = UNPUBLISHED,
    as_json: AsJson = False,
) -> int:
    """Publish complete simulations: a tree of files as the MASER repository's, and a table.

    The table, of EPN-TAP 2.0, is in the folder epn_core/latest as VOTable and Parquet, with a
    descriptor by which GAVO DaCHS serves it. Exit with 1 if simulations were left out.

    Args:
        outputs: Folders of simulations, or outputs of runs and campaigns.
        options: Where they are published, and by whom.
        as_json: Print what is published as JSON.
    """
    publication = publication_of(options)
    if publication is None:
        raise UsageError("Give --to FOLDER, and --address URL: where a web server shows it")
    require_writable(publication.folder, "--to")
    folders = [folder for output in outputs for folder in simulation_folders(output)]
    if not folders:
        raise UsageError(f"There are no complete simulations in {', '.join(outputs)}")
    done = await publish_simulations(folders, publication, _told)
    give(
        done.model_dump(mode="json"),
        facts(
            {
                "published": f"{len(done.new)} simulations; {done.simulations} in all",
                "table": f"{done.rows} rows, {publication.folder}/epn_core/latest",
                "address": publication.url,
            }
        ),
        as_json=as_json,
    )
    return int(bool(done.left_out))


async def _told(event: Event) -> None:
    """Show what is told beside the result."""
    if isinstance(event, StepTaken | Warned):
        note(event.message)


def _described(found: PublishedSimulation) -> Iterator[str]:
    """Return the columns of a simulation."""
    row = found.shown
    for moment in (row.start, row.end):
        yield f"{moment:%Y-%m-%d %H:%M}" if moment else ""
    yield _band(row)
    yield str(len(found.granules))
    yield size(sum(each.access_estsize or 0 for each in found.granules) * 1024)


def _band(row: Granule) -> str:
    ends = (row.spectral_range_min, row.spectral_range_max)
    return " - ".join(f"{end / _MEGAHERTZ:.2f}" for end in ends if end is not None)


def _brought(home: BroughtHome) -> Iterator[Any]:
    """Show the files of a simulation, and what of each was checked."""
    yield f"{home.obs_id} from {home.archive.url}"
    for file in home.files:
        checked = ", ".join(file.checked) or "nothing that the table tells"
        yield f"{file.url.removeprefix('file://')}  {size(file.size)}; checked: {checked}"
