"""Run the flow `campaign` from the command line."""

from collections.abc import Iterator
from typing import Any

from rich.console import RenderableType

from prefect_expres.blocks import ExpresService
from prefect_expres.campaigns.index import CampaignResult
from prefect_expres.cli.console.printing import table
from prefect_expres.cli.runs.terminal import facts_in_lines, run_shown, tell
from prefect_expres.flows.campaign import campaign


def run_campaign(service: ExpresService, *, as_json: bool, **settings: Any) -> int:
    """Run the flow `campaign`, show its progress, and its counts and failures at the end.

    Args:
        service: The service.
        as_json: Print the result as JSON.
        settings: The other parameters of `campaign`.

    Returns:
        The exit code: 1 if simulations failed.
    """
    result: CampaignResult = run_shown(campaign, {"campaign", "abort"}, service=service, **settings)
    return tell(result, _summary(result), as_json=as_json, failed=result.failed > 0)


def _summary(result: CampaignResult) -> Iterator[RenderableType]:
    """Show the counts of a campaign, why simulations failed, and its files."""
    taken = f"{result.published} taken from an archive, " if result.published else ""
    yield ""
    yield from facts_in_lines(
        {
            "simulations": f"{result.simulations}: {result.completed} run, {result.found} found "
            f"complete, {taken}{result.empty} empty in preview, {result.failed} failed",
            "time": f"{result.wall_seconds:.0f} s; {result.service_seconds:.0f} s on the service",
            "bytes": f"{result.bytes:,}",
        }
    )
    if result.failures:
        yield "Failures"
        yield table(
            "simulation",
            "why",
            rows=((row.label, (row.error or "").splitlines()[0]) for row in result.failures),
        )
    files = {"index": result.index, "catalogue": result.catalogue, "manifest": result.manifest}
    yield from facts_in_lines({name: url for name, url in files.items() if url})
