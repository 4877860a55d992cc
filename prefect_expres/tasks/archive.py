"""Prefect tasks on archives: search, bring home, take in place of a run, publish."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from prefect.cache_policies import NO_CACHE

from prefect_expres import archive as archives
from prefect_expres.archive import (
    Archive,
    BroughtHome,
    Publication,
    Published,
    SearchResult,
    simulation_folders,
    take_from,
)
from prefect_expres.archive.address import MASER
from prefect_expres.execution import TakenResult
from prefect_expres.expres import SimulationRequest
from prefect_expres.monitoring.progress import LogListener
from prefect_expres.net.network import Network
from prefect_expres.prefect_support.sync_task import sync_compatible_task


@sync_compatible_task(name="Search archive", cache_policy=NO_CACHE)
async def search_archive(
    first: date,
    last: date | None = None,
    observer: str | None = None,
    moon: str | None = None,
    archive: Archive = MASER,
) -> SearchResult:
    """Find what is published of some days.

    Requests are tried again by themselves. Not cached: more may be published.

    Args:
        first: The first day, UTC.
        last: The last day, UTC; by default the first.
        observer: An observer, as Earth or Juno; None for all.
        moon: A moon, as Io; None for all.
        archive: Where to search.

    Raises:
        ArchiveError: There is no such table, it lacks columns, or the query is refused.
        ServiceError: The archive does not answer.
    """
    return await archives.search_archive(first, last, observer=observer, moon=moon, archive=archive)


@sync_compatible_task(name="Get published simulation", cache_policy=NO_CACHE)
async def get_published(obs_id: str, output: str | Path, archive: Archive = MASER) -> BroughtHome:
    """Bring a published simulation home, checked as far as its table allows, with a manifest.

    Requests are tried again by themselves. Not cached: the files are the result.

    Args:
        obs_id: Its identifier, from `search_archive`.
        output: Path or fsspec URL under which it gets a folder of its own.
        archive: Where it is published.

    Raises:
        ArchiveError: It is not published there, or has no CDF file.
        ArchiveMismatch: The CDF file is not what the table says of it; nothing is kept.
        TransferError: The CDF file did not arrive whole, or may not be fetched.
        ServiceError: The archive does not answer.
    """
    return await archives.get_published(obs_id, output, archive=archive, tell=LogListener())


@sync_compatible_task(name="Take published simulation", cache_policy=NO_CACHE)
async def take_published(
    request: SimulationRequest, folder: str, archive: Archive, network: Network
) -> TakenResult | None:
    """Take a published simulation into a folder if it equals a request.

    How it is compared, see `prefect_expres.archive.ArchiveReuse`.

    Not retried: without it the simulation is run. Not cached: the files are the result.

    Args:
        request: The simulation that is asked for.
        folder: Path or fsspec URL of its folder.
        archive: Where to look.
        network: The way out of the network.
    """
    return await take_from(archive, network, LogListener())(request, folder)


@sync_compatible_task(name="Publish simulations", cache_policy=NO_CACHE)
async def publish_simulations(
    outputs: str | Path | Sequence[str | Path], publication: Publication
) -> Published:
    """Publish complete simulations in the tree of the MASER repository, with a table of EPNcore.

    Not retried: file systems retry by themselves. Not cached: the files are the result.

    Args:
        outputs: Folders of simulations, or outputs of runs with many of them.
        publication: Where and by whom they are published.

    Raises:
        ArchiveError: An extra is missing, or the earlier table cannot be read.
        StorageError: A file cannot be written.
    """
    listed = [outputs] if isinstance(outputs, str | Path) else outputs
    folders = [folder for output in listed for folder in simulation_folders(output)]
    return await archives.publish_simulations(folders, publication, LogListener())
