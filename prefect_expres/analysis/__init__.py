"""Analysis of results: datasets, windows of visible emission, pictures, tables and exports.

May import: errors, net, storage, expres.

The names are loaded when they are first used: `Window` is a plain value and needs only pydantic,
the others need the extra ``analysis``. Type checkers and editors see them as they are.
"""

from typing import TYPE_CHECKING

from prefect_expres.analysis.loading import loaded_when_used

if TYPE_CHECKING:
    from prefect_expres.analysis.arcs import find_arcs as find_arcs
    from prefect_expres.analysis.arcs import visible_windows as visible_windows
    from prefect_expres.analysis.beaming import beaming_figure as beaming_figure
    from prefect_expres.analysis.beaming import draw_beaming as draw_beaming
    from prefect_expres.analysis.calendar import write_calendar as write_calendar
    from prefect_expres.analysis.catalogue import write_catalogue as write_catalogue
    from prefect_expres.analysis.comparison import Comparison as Comparison
    from prefect_expres.analysis.comparison import Shift as Shift
    from prefect_expres.analysis.comparison import compare as compare
    from prefect_expres.analysis.dataset import open_results as open_results
    from prefect_expres.analysis.export import export_netcdf as export_netcdf
    from prefect_expres.analysis.export import export_zarr as export_zarr
    from prefect_expres.analysis.observatories import Observatory as Observatory
    from prefect_expres.analysis.observatories import cut_windows as cut_windows
    from prefect_expres.analysis.observatories import find_observatory as find_observatory
    from prefect_expres.analysis.overview import Overview as Overview
    from prefect_expres.analysis.overview import draw_overview as draw_overview
    from prefect_expres.analysis.overview import overview_figure as overview_figure
    from prefect_expres.analysis.quicklook import draw_quicklook as draw_quicklook
    from prefect_expres.analysis.quicklook import quicklook_figure as quicklook_figure
    from prefect_expres.analysis.tables import write_csv as write_csv
    from prefect_expres.analysis.tables import write_parquet as write_parquet
    from prefect_expres.analysis.windows import Window as Window
    from prefect_expres.analysis.windows import merge_windows as merge_windows

# The picture's function cannot be called quicklook: Python gives that name to the module itself.
_MODULE_OF = {
    "Comparison": "comparison",
    "Observatory": "observatories",
    "Overview": "overview",
    "Shift": "comparison",
    "Window": "windows",
    "beaming_figure": "beaming",
    "compare": "comparison",
    "cut_windows": "observatories",
    "draw_beaming": "beaming",
    "draw_overview": "overview",
    "draw_quicklook": "quicklook",
    "export_netcdf": "export",
    "export_zarr": "export",
    "find_arcs": "arcs",
    "find_observatory": "observatories",
    "merge_windows": "windows",
    "open_results": "dataset",
    "overview_figure": "overview",
    "quicklook_figure": "quicklook",
    "visible_windows": "arcs",
    "write_calendar": "calendar",
    "write_catalogue": "catalogue",
    "write_csv": "tables",
    "write_parquet": "tables",
}

__all__ = [
    "Comparison",
    "Observatory",
    "Overview",
    "Shift",
    "Window",
    "beaming_figure",
    "compare",
    "cut_windows",
    "draw_beaming",
    "draw_overview",
    "draw_quicklook",
    "export_netcdf",
    "export_zarr",
    "find_arcs",
    "find_observatory",
    "merge_windows",
    "open_results",
    "overview_figure",
    "quicklook_figure",
    "visible_windows",
    "write_calendar",
    "write_catalogue",
    "write_csv",
    "write_parquet",
]

if not TYPE_CHECKING:
    # Hidden from type checkers: a module with a __getattr__ has every name there is.
    __getattr__ = loaded_when_used(__name__, _MODULE_OF, extra="analysis")


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return __all__
