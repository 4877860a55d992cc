"""Housekeeping: collect what was not downloaded, delete what is old, and report."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Annotated, Literal

from prefect.artifacts import acreate_markdown_artifact, acreate_table_artifact
from prefect.runtime import flow_run
from pydantic import BaseModel, ConfigDict, PositiveFloat

from prefect_expres.cleanup.actions import Housekeeper
from prefect_expres.cleanup.inventory import Inventory, take_inventory
from prefect_expres.cleanup.jobs import find_our_jobs
from prefect_expres.cleanup.rules import Action, JobDecision, Rules
from prefect_expres.errors import AccessError
from prefect_expres.monitoring.artifacts import show_result
from prefect_expres.monitoring.best_effort import best_effort
from prefect_expres.monitoring.log import log_step, log_warning
from prefect_expres.net.url import shown_url
from prefect_expres.prefect_support.flow_runs import find_owners
from prefect_expres.prefect_support.forms import Location, titled
from prefect_expres.prefect_support.sync_flow import sync_compatible_flow
from prefect_expres.services import AnyService, find_service
from prefect_expres.tasks.steps import TaskSteps

Whose = Literal["this server", "account"]
MOST_NAMED = 20


class HousekeepingResult(BaseModel):
    """The result of housekeeping.

    Args:
        dry_run: Nothing was changed: the decisions say what would be done.
        decisions: A decision for each of our jobs.
        others: The number of jobs that are not ours; they were not touched.
        inventory: The simulations under the output URL.
    """

    model_config = ConfigDict(frozen=True)

    dry_run: bool
    decisions: tuple[JobDecision, ...]
    others: int
    inventory: Inventory


def _run_name() -> str:
    return "housekeeping-dry-run" if flow_run.parameters.get("dry_run", True) else "housekeeping"


@sync_compatible_flow(
    name="housekeeping",
    description="Collect what was not downloaded, and delete what is old on the service.",
    flow_run_name=_run_name,
)
async def housekeeping(
    service: Annotated[AnyService, titled("Service")],
    output: Annotated[Location, titled("Output folder")] = "expres-results",
    *,
    dry_run: Annotated[bool, titled("Dry run")] = True,
    keep_days: Annotated[PositiveFloat, titled("Days kept")] = 14,
    whose: Annotated[Whose, titled("Whose jobs")] = "this server",
) -> HousekeepingResult:
    """Collect completed jobs that nobody downloaded, delete old ones, and report.

    A completed job is deleted only when its results are complete and verified, under the output
    URL or where the flow run that created it keeps its results. A job that was never started is
    deleted one day after its creation, if its flow run has ended. A time without a zone counts as
    old only if it is old in every time zone.

    Guests share one job list, and a job whose runId has our form may be that of another guest. So a
    job is touched only if its runId names a flow run that this Prefect server knows. With an
    account the job list is private; then "account" includes the jobs of other Prefect servers of
    this user.

    Args:
        service: The service whose jobs are reviewed: a block, the name of a saved one, or
            an address as https://host, which is used as a guest.
        output: Path or fsspec URL of the folder of simulations, to which results are collected.
        dry_run: Only report what would be done.
        keep_days: Days that a finished job is kept on the service; a job that is still to be
            collected is kept longer.
        whose: The jobs that may be touched: those of flow runs that "this server" knows, or all
            jobs of the "account" with a runId of this package.

    Returns:
        What was done with each of our jobs and why, and the simulations under the output URL.

    Raises:
        UsageError: The service is not known.
        AccessError: A guest asks for "account".
        ServiceError: A job list cannot be read.
    """
    service, output = await find_service(service), str(output)
    if whose == "account" and service.access.shared:
        msg = (
            "Guests share one job list, and its jobs are not only yours; choose 'this server', "
            "or use an ExpresService with a user name and token"
        )
        raise AccessError(msg)
    inventory = await take_inventory(output)
    steps = TaskSteps(service)
    account = service.user if whose == "account" else None
    ours, others = await find_our_jobs(steps, service.access.job_lists, find_owners, account)
    log_step("housekeeping", "%d jobs are ours; %d others are not touched", len(ours), others)
    rules = Rules(datetime.now(UTC), keep_days)
    decisions = []
    async for review in Housekeeper(steps, output, rules, inventory, dry_run).review(ours):
        _log(review.decision)
        decisions.append(review.decision)
        if review.collected is not None:
            await show_result(*review.collected)
    if any(decision.action is Action.COLLECT and decision.done for decision in decisions):
        inventory = await take_inventory(output)
    result = HousekeepingResult(
        dry_run=dry_run, decisions=tuple(decisions), others=others, inventory=inventory
    )
    await _show(result, output)
    return result


def _log(decision: JobDecision) -> None:
    done = decision.done or decision.action.value
    step = f"{decision.label}, {decision.job_url}: {done}, since {decision.why}"
    log_step("housekeeping", "%s", step)
    if decision.error:
        log_warning("%s, %s: %s", decision.label, decision.job_url, decision.error)


async def _show(result: HousekeepingResult, output: str) -> None:
    """Put the table of jobs and the summary on the Artifacts page."""
    with best_effort():
        await acreate_table_artifact(
            [_row(decision) for decision in result.decisions],
            key="housekeeping-jobs",
            description="Housekeeping: jobs on the service",
        )
    with best_effort():
        await acreate_markdown_artifact(
            "\n\n".join(_summary(result, output)),
            key="housekeeping",
            description="Housekeeping: summary",
        )


def _row(decision: JobDecision) -> dict[str, object]:
    return {
        "simulation": decision.label,
        "phase": decision.phase.value,
        "days": "" if decision.days is None else round(decision.days, 1),
        "action": decision.action.value,
        "reason": decision.why,
        "done": decision.done or "",
        "error": decision.error or "",
        "job": decision.job_url,
    }


def _summary(result: HousekeepingResult, output: str) -> Iterator[str]:
    inventory = result.inventory
    yield "# Housekeeping" + (", a dry run: nothing was changed" if result.dry_run else "")
    phases = _counted(decision.phase.value for decision in result.decisions)
    yield f"Our jobs by phase: {phases}."
    word = "To be done" if result.dry_run else "Actions"
    yield f"{word}: {_counted(decision.action.value for decision in result.decisions)}."
    failed = sum(decision.error is not None for decision in result.decisions)
    yield f"Failed: {failed}. Other jobs, not touched: {result.others}."
    yield f"## {shown_url(output)}"
    yield f"{len(inventory.complete)} complete simulations; {inventory.bytes:,} bytes in all files."
    for words, folders in (
        ("Incomplete: a download is running or was cut", inventory.incomplete),
        ("Broken: the manifest does not match the files", inventory.broken),
    ):
        if folders:
            named = "\n".join(f"- `{folder}`" for folder in folders[:MOST_NAMED])
            yield f"{words}, {len(folders)}:\n\n{named}"


def _counted(words: Iterable[str]) -> str:
    counts = sorted(Counter(words).items())
    return ", ".join(f"{number} {word}" for word, number in counts) or "none"
