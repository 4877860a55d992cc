"""The Prefect task that views results."""

from collections.abc import Sequence

from prefect.cache_policies import NO_CACHE

from prefect_expres.execution import view
from prefect_expres.execution.view import ResultView
from prefect_expres.monitoring.progress import LogListener
from prefect_expres.prefect_support.sync_task import sync_compatible_task
from prefect_expres.storage import StoredFile
from prefect_expres.tasks.results import cdf_of


@sync_compatible_task(name="View results", cache_policy=NO_CACHE)
async def view_results(cdf: StoredFile | Sequence[StoredFile], folder: str) -> ResultView:
    """Find the windows of visible emission, draw the quicklook, write calendar and catalogue.

    Not retried: the same file gives the same. Not cached: the manifest keeps what was found.

    Args:
        cdf: The simulation's files or its CDF file, from `download_results`.
        folder: Path or fsspec URL of the folder that gets the files.

    Returns:
        The files, the picture and the windows; nothing without the extra ``analysis``.

    Raises:
        ResultError: The files hold no CDF file, or more than one.
    """
    return await view.view_results(cdf_of(cdf), folder, LogListener())
