"""Lay out what flows have found."""

from collections.abc import Iterable, Iterator

from rich.console import RenderableType

from prefect_expres.analysis.windows import Window
from prefect_expres.cli.console.printing import table
from prefect_expres.identification.findings import Finding, Identification


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


def shown_identification(made: Identification) -> Iterator[RenderableType]:
    """Show what explains the emission, what is missing, and where the files are."""
    yield f"{made.target} from {made.observer}; arcs: {made.arcs}, models: {len(made.models)}"
    if made.named:
        yield _named(made.named)
    else:
        yield "No emission was identified."
    for each in made.missing:
        yield f"not simulated: {each.label}: {each.error.partition(chr(10))[0]}"
    yield f"folder      {made.folder}"
    yield f"files       {', '.join(made.files)}"


def _named(findings: Iterable[Finding]) -> RenderableType:
    rows = (
        (
            each.candidate,
            f"{each.start:%Y-%m-%d %H:%M}",
            f"{each.end:%H:%M}",
            each.shift_told,
            f"{each.observed:.0%}",
            f"{each.false_alarm:.2g}",
            " or ".join(each.as_good),
        )
        for each in findings
    )
    headings = ("candidate", "from (UTC)", "to", "later (min)", "observed", "false alarms")
    return table(*headings, "as good", rows=rows)
