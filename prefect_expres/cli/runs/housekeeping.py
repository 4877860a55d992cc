"""Run the flow `housekeeping` from the command line."""

from collections.abc import Iterator
from typing import Any

from rich.console import RenderableType

from prefect_expres.blocks import ExpresService
from prefect_expres.cli.console.printing import table
from prefect_expres.cli.runs.terminal import run_shown, tell
from prefect_expres.flows.housekeeping import HousekeepingResult, housekeeping


def run_housekeeping(service: ExpresService, *, as_json: bool, **settings: Any) -> int:
    """Run the flow `housekeeping`, and show what is to be done, or was done, with each job.

    Args:
        service: The service.
        as_json: Print the decisions as JSON.
        settings: The other parameters of `housekeeping`.

    Returns:
        The exit code: 1 if something could not be done.
    """
    result: HousekeepingResult = run_shown(housekeeping, {"phase"}, service=service, **settings)
    failed = any(decision.error for decision in result.decisions)
    return tell(result, _decided(result), as_json=as_json, failed=failed)


def _decided(result: HousekeepingResult) -> Iterator[RenderableType]:
    """Show the decisions of housekeeping."""
    rows = (
        (
            decision.label,
            decision.phase.value,
            decision.action.value,
            decision.why,
            decision.error or decision.done or ("to do" if result.dry_run else ""),
        )
        for decision in result.decisions
    )
    yield table("simulation", "phase", "action", "reason", "done", rows=rows)
    yield f"{len(result.decisions)} jobs are ours; {result.others} others are not touched"
    if result.dry_run:
        yield "Nothing was changed; --apply does it."
