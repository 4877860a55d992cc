"""The Prefect task that views results."""

from prefect import task
from prefect.cache_policies import NO_CACHE

from prefect_expres.execution import view
from prefect_expres.execution.view import ResultView
from prefect_expres.monitoring.progress import LogListener
from prefect_expres.storage import StoredFile


@task(name="View results", cache_policy=NO_CACHE)
async def view_results(cdf: StoredFile, folder: str) -> ResultView:
    """Find the windows of visible emission, draw the quicklook, write calendar and catalogue.

    Not retried: the same file gives the same. Not cached: the manifest keeps what was found.

    Args:
        cdf: The simulation's CDF file, from `download_results`.
        folder: Path or fsspec URL of the folder that gets the files.

    Returns:
        The files, the picture and the windows; nothing without the extra ``analysis``.
    """
    return await view.view_results(cdf, folder, LogListener())
