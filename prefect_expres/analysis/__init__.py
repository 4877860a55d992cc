"""What a simulation shows: the data, a picture, and the windows of visible emission."""

from importlib import import_module
from typing import Any

_HOMES = {
    "open_results": "dataset",
    "draw_quicklook": "quicklook",
    "visible_windows": "visibility",
    "Window": "windows",
}

__all__ = sorted(_HOMES)  # noqa: PLE0605 - the names are strings


def __getattr__(name: str) -> Any:
    """Load a public name from its room, which may need the analysis extra."""
    if name not in _HOMES:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
