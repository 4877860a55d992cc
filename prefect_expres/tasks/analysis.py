"""The analysis as Prefect tasks, for flows that work on the results of many simulations.

Between tasks go paths, URLs and small models, never datasets. A result is a file of
`download_results`, its URL, or any path or fsspec URL. None of the tasks is cached or retried: the
same files give the same, and quickly.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path

from prefect.cache_policies import NO_CACHE

from prefect_expres import analysis
from prefect_expres.analysis.windows import Window
from prefect_expres.errors import ResultError
from prefect_expres.prefect_support.sync_task import sync_compatible_task
from prefect_expres.storage import scratch_folder, write_whole
from prefect_expres.tasks.results import Results, location_of, locations_of


@sync_compatible_task(name="Find windows", cache_policy=NO_CACHE)
async def find_windows(
    cdfs: Results, observatory: str | None = None, gap: int | None = None
) -> list[Window]:
    """Find when emission is visible, over days, moons and models.

    Args:
        cdfs: One result or several, for instance all that `download_results` gave.
        observatory: Name of a site, see `find_observatory`: while the planet is up, in its band.
        gap: Steps without emission that a window may hold; by default as many as 15 minutes hold.

    Raises:
        ResultError: A file is not what ExPRES writes.
        ObservatoryError: No site has this name.
    """
    site = analysis.find_observatory(observatory) if observatory else None
    locations = locations_of(cdfs)

    def found() -> list[Window]:
        datasets = map(analysis.open_results, locations)
        return list(analysis.visible_windows(datasets, gap=gap, observatory=site))

    return await asyncio.to_thread(found)


@sync_compatible_task(name="Draw simulations", cache_policy=NO_CACHE)
async def draw_simulations(
    cdfs: Results, picture: str | Path, *, log: bool | None = None
) -> str | Path:
    """Draw simulations over each other into one PNG file.

    Args:
        cdfs: One result or several, for instance all that `download_results` gave.
        picture: Path or fsspec URL of the picture.
        log: Scale the frequency logarithmically; by default as in the files.

    Returns:
        The path of a local picture, else its URL.

    Raises:
        ResultError: A file is not what ExPRES writes.
    """
    locations = locations_of(cdfs)

    def drawn(target: Path) -> Path:
        return Path(analysis.draw_quicklook(map(analysis.open_results, locations), target, log=log))

    return await _written(picture, drawn)


@sync_compatible_task(name="Compare simulations", cache_policy=NO_CACHE)
async def compare_simulations(before: Results, after: Results) -> "analysis.Comparison":
    """Tell how arcs moved between two simulations, and which only one of them has.

    Args:
        before: The first simulation's result.
        after: The second one's.

    Raises:
        ResultError: A file is not what ExPRES writes.
    """
    locations = [location_of(before), location_of(after)]

    def compared() -> analysis.Comparison:
        return analysis.compare(*map(analysis.open_results, locations))

    return await asyncio.to_thread(compared)


@sync_compatible_task(name="Export results", cache_policy=NO_CACHE)
async def export_results(cdf: Results, target: str | Path) -> str | Path:
    """Export a result for other programs: to netCDF or to Zarr, by the target's ending.

    Args:
        cdf: The result.
        target: Path or fsspec URL that ends in ``.nc``, or local path that ends in ``.zarr``.

    Returns:
        The path of a local export, else its URL.

    Raises:
        ResultError: The target ends otherwise, or the file is not what ExPRES writes.
        UsageError: A Zarr store, which is a folder, is to be written elsewhere than on a disk.
    """
    location = location_of(cdf)
    if str(target).endswith(".nc"):
        return await _written(
            target, lambda path: analysis.export_netcdf(analysis.open_results(location), path)
        )
    if not str(target).endswith(".zarr"):
        msg = f"{target}: results are exported to netCDF or Zarr; let the name end in .nc or .zarr"
        raise ResultError(msg)
    return await asyncio.to_thread(
        lambda: analysis.export_zarr(analysis.open_results(location), target)
    )


async def _written(target: str | Path, write: Callable[[Path], Path]) -> str | Path:
    """Write one file to a path, or through a scratch folder to any URL."""
    folder, _, name = str(target).rpartition("/")
    if "://" not in str(target):
        return await asyncio.to_thread(write, Path(target))
    with scratch_folder() as scratch:
        path = await asyncio.to_thread(write, scratch / name)
        return (await write_whole(folder, name, path.read_bytes())).url
