"""Windows of visible emission as a table."""

from collections.abc import Iterable

from rich.console import RenderableType

from prefect_expres.analysis.windows import Window
from prefect_expres.cli.console.printing import table


def visible_windows(windows: Iterable[Window]) -> RenderableType:
    """Lay out windows of visible emission."""
    rows = (
        (
            f"{window.source} {window.hemisphere}",
            f"{window.start:%Y-%m-%d %H:%M}",
            f"{window.end:%Y-%m-%d %H:%M}",
            f"{window.fmin:.2f} - {window.fmax:.2f}",
            window.polarization,
            window.cut_at,
        )
        for window in windows
    )
    return table("source", "from (UTC)", "to (UTC)", "MHz", "polarization", "cut at", rows=rows)
