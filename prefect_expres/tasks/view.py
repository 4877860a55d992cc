"""The Prefect task that views results."""

import asyncio
from pathlib import Path

from prefect.cache_policies import NO_CACHE

from prefect_expres.execution import view
from prefect_expres.execution.view import ResultView
from prefect_expres.monitoring.progress import LogListener
from prefect_expres.prefect_support.sync_task import sync_compatible_task
from prefect_expres.storage import parent_of
from prefect_expres.tasks.results import Results, location_of


@sync_compatible_task(name="View results", cache_policy=NO_CACHE)
async def view_results(cdf: Results, folder: str | Path | None = None) -> ResultView:
    """Find the windows of visible emission, draw the quicklook, write calendar and catalogue.

    Not retried: the same file gives the same. Not cached: the manifest keeps what was found.

    Args:
        cdf: The simulation's result: all that `download_results` gave, or the CDF file among it.
        folder: Path or fsspec URL of the folder that gets the files; by default the CDF file's own.

    Returns:
        The files, the picture and the windows; nothing without the extra ``analysis``.

    Raises:
        ResultError: There is no CDF file, or more than one, or it is not what ExPRES writes.
    """
    location = location_of(cdf)
    target = await asyncio.to_thread(parent_of, location) if folder is None else str(folder)
    return await view.view_results(location, target, LogListener())
