"""Analysis of results: datasets, windows of visible emission, pictures, tables and exports.

May import: errors, net, storage, expres.

The names are loaded when they are first used: `Window` is a plain value and needs only pydantic,
the others need the extra ``analysis``.
"""

from importlib import import_module
from typing import Any

# The picture's function cannot be called quicklook: Python gives that name to the module.
_HOMES = {
    "Comparison": "comparison",
    "Observatory": "observatories",
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

__all__ = sorted(_HOMES)  # noqa: PLE0605 - the names are strings


def __getattr__(name: str) -> Any:
    """Load a public name from its module, which may need the analysis extra."""
    if name not in _HOMES:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    try:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    except ModuleNotFoundError as missing:
        raise ModuleNotFoundError(
            f"{missing.name} is not installed; pip install 'prefect-expres[analysis]' brings it",
            name=missing.name,
        ) from missing


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return __all__
