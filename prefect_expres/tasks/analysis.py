"""The analysis as Prefect tasks, for flows that work on the results of many simulations.

Between tasks go paths and small models, never datasets. None is cached or retried: the same files
give the same, and quickly.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from prefect import task
from prefect.cache_policies import NO_CACHE

from prefect_expres import analysis
from prefect_expres.analysis.windows import Window
from prefect_expres.errors import ResultError


@task(name="Find windows", cache_policy=NO_CACHE)
async def find_windows(
    cdfs: Sequence[str | Path], observatory: str | None = None, gap: int = 15
) -> list[Window]:
    """Find when emission is visible, over days, moons and models.

    Args:
        cdfs: Local paths of CDF files.
        observatory: Name of a site, see `find_observatory`: while the planet is up, in its band.
        gap: Steps without emission that a window may hold.

    Raises:
        ResultError: A file is not what ExPRES writes.
        ObservatoryError: No site has this name.
    """
    place = analysis.find_observatory(observatory) if observatory else None

    def found() -> list[Window]:
        datasets = (analysis.open_results(cdf) for cdf in cdfs)
        return list(analysis.visible_windows(datasets, gap=gap, observatory=place))

    return await asyncio.to_thread(found)


@task(name="Draw simulations", cache_policy=NO_CACHE)
async def draw_simulations(
    cdfs: Sequence[str | Path], picture: str | Path, *, log: bool | None = None
) -> Path:
    """Draw simulations over each other into one PNG file.

    Args:
        cdfs: Local paths of CDF files.
        picture: Local path of the picture.
        log: Scale the frequency logarithmically; by default as in the files.
    """
    datasets = (analysis.open_results(cdf) for cdf in cdfs)
    return Path(await asyncio.to_thread(analysis.draw_quicklook, datasets, picture, log=log))


@task(name="Compare simulations", cache_policy=NO_CACHE)
async def compare_simulations(before: str | Path, after: str | Path) -> analysis.Comparison:
    """Tell how arcs moved between two simulations, and which only one of them has.

    Args:
        before: Local path of the first simulation's CDF file.
        after: Local path of the second one's.
    """

    def compared() -> analysis.Comparison:
        return analysis.compare(*map(analysis.open_results, (before, after)))

    return await asyncio.to_thread(compared)


@task(name="Export results", cache_policy=NO_CACHE)
async def export_results(cdf: str | Path, target: str | Path) -> Path:
    """Export a CDF file for other programs: to netCDF or to Zarr, by the target's ending.

    Args:
        cdf: Local path of the CDF file.
        target: Local path that ends in ``.nc`` or ``.zarr``.

    Raises:
        ResultError: The target ends otherwise.
    """
    exports = {".nc": analysis.export_netcdf, ".zarr": analysis.export_zarr}
    export = exports.get(Path(target).suffix)
    if export is None:
        msg = f"{target}: results are exported to netCDF or Zarr; let the name end in .nc or .zarr"
        raise ResultError(msg)
    return Path(await asyncio.to_thread(lambda: export(analysis.open_results(cdf), target)))
