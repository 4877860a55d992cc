"""Run the flow `identify` from the command line."""

from collections.abc import Iterable, Iterator
from typing import Any

from rich.console import RenderableType

from prefect_expres.blocks import ExpresService
from prefect_expres.cli.console.printing import table
from prefect_expres.cli.runs.terminal import run_shown, tell
from prefect_expres.flows.identify import identify
from prefect_expres.identification.findings import Finding, Identification


def run_identify(service: ExpresService, *, as_json: bool, **settings: Any) -> None:
    """Run the flow `identify`, show its progress, and the named arcs and files at the end.

    Args:
        service: The service.
        as_json: Print the identification as JSON.
        settings: The other parameters of `identify`.
    """
    made: Identification = run_shown(
        identify, {"campaign", "identify"}, service=service, **settings
    )
    tell(made, _found(made), as_json=as_json)


def _found(made: Identification) -> Iterator[RenderableType]:
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
