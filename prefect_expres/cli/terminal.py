"""Show a flow in a terminal: live steps while it runs, short tables when it is done."""

import logging
import os
import posixpath
import sys
import time
from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, cast

from pydantic import BaseModel
from rich.console import RenderableType
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from prefect_expres.blocks import ExpresService
from prefect_expres.campaigns.index import CampaignResult
from prefect_expres.cli.console.outcomes import shown_identification, visible_windows
from prefect_expres.cli.console.printing import error_console, give, note, table
from prefect_expres.cli.console.prompts import at_terminal, interrupt_asks
from prefect_expres.execution.manifest import SimulationResult
from prefect_expres.flows.campaign import campaign
from prefect_expres.flows.forecast import forecast
from prefect_expres.flows.housekeeping import HousekeepingResult, housekeeping
from prefect_expres.flows.identify import identify
from prefect_expres.flows.simulate import simulate
from prefect_expres.forecasts.forecast import PAGE, Forecast, forecasts_of
from prefect_expres.identification import Identification
from prefect_expres.prefect_support.lost_server import server_was_lost
from prefect_expres.prefect_support.sync_call import run_here
from prefect_expres.prefect_support.sync_flow import SyncCompatibleFlow
from prefect_expres.storage.publish import LATEST

R = TypeVar("R")
_RUN_LOGGERS = ("prefect.flow_runs", "prefect.task_runs")


def run_with_progress(service: ExpresService, *, as_json: bool, **simulation: Any) -> None:
    """Run the flow `simulate`, show its steps while it runs, and its tables at the end.

    Args:
        service: The service.
        as_json: Print the result as JSON.
        simulation: The other parameters of `simulate`.
    """
    simulate.validate_parameters({"service": service, **simulation})
    with _steps() as progress:
        result = run_here(_asking(progress, service=service, **simulation))
    _tell(result, _shown(result), as_json=as_json)


def run_campaign(service: ExpresService, *, as_json: bool, **settings: Any) -> int:
    """Run the flow `campaign`, show its progress, and its counts and failures at the end.

    Args:
        service: The service.
        as_json: Print the result as JSON.
        settings: The other parameters of `campaign`.

    Returns:
        The exit code: 1 if simulations failed.
    """
    result: CampaignResult = _run(campaign, {"campaign", "abort"}, service=service, **settings)
    return _tell(result, _summary(result), as_json=as_json, failed=result.failed > 0)


def run_forecast(service: ExpresService, *, as_json: bool, **settings: Any) -> None:
    """Run the flow `forecast`, show its progress, and its windows and files at the end.

    Args:
        service: The service.
        as_json: Print the forecast as JSON.
        settings: The other parameters of `forecast`.
    """
    made: Forecast = _run(forecast, {"campaign", "forecast"}, service=service, **settings)
    _tell(made, _foreseen(made, settings["output"]), as_json=as_json)


def run_identify(service: ExpresService, *, as_json: bool, **settings: Any) -> None:
    """Run the flow `identify`, show its progress, and the named arcs and files at the end.

    Args:
        service: The service.
        as_json: Print the identification as JSON.
        settings: The other parameters of `identify`.
    """
    made: Identification = _run(identify, {"campaign", "identify"}, service=service, **settings)
    _tell(made, shown_identification(made), as_json=as_json)


def run_housekeeping(service: ExpresService, *, as_json: bool, **settings: Any) -> int:
    """Run the flow `housekeeping`, and show what is to be done, or was done, with each job.

    Args:
        service: The service.
        as_json: Print the decisions as JSON.
        settings: The other parameters of `housekeeping`.

    Returns:
        The exit code: 1 if something could not be done.
    """
    result: HousekeepingResult = _run(housekeeping, {"phase"}, service=service, **settings)
    failed = any(decision.error for decision in result.decisions)
    return _tell(result, _decided(result), as_json=as_json, failed=failed)


def _run(flow: SyncCompatibleFlow[..., R], shown: Container[str], **parameters: Any) -> R:
    """Run a flow, and show some of its steps; wrong parameters are told before anything begins."""
    flow.validate_parameters(parameters)
    with _steps(shown):
        return cast("R", flow(**parameters))


def _tell(
    result: BaseModel, lines: Iterable[RenderableType], *, as_json: bool, failed: bool = False
) -> int:
    """Print what a flow has found, and give the exit code.

    If Prefect's server is gone, end at once: its client would try for minutes to send events.
    """
    give(result.model_dump(mode="json"), *lines, as_json=as_json)
    code = int(failed)
    if server_was_lost():
        note(
            "Prefect's server does not answer any more: it was not told how the run ended. The "
            "results are complete. When it is back, it shows the run as running; delete it there."
        )
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    return code


def _foreseen(made: Forecast, output: str) -> Iterator[RenderableType]:
    """Show the windows of a forecast, what is missing, and where its files are."""
    yield f"{made.observatory}, {made.first} to {made.last}"
    yield visible_windows(made.windows)
    for each in made.missing:
        yield f"not simulated: {each.label}: {(each.error or '').splitlines()[0]}"
    root = forecasts_of(output, made.observatory)
    yield from _lines(
        {
            "page": posixpath.join(root, LATEST, PAGE),
            "folder": posixpath.join(root, made.folder),
            "files": ", ".join(file.name for file in made.files),
        }
    )


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


def _summary(result: CampaignResult) -> Iterator[RenderableType]:
    """Show the counts of a campaign, why simulations failed, and its files."""
    taken = f"{result.published} taken from an archive, " if result.published else ""
    yield ""
    yield from _lines(
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
    yield from _lines({name: url for name, url in files.items() if url})


async def _asking(progress: Progress, **simulation: Any) -> SimulationResult:
    """Run the flow; at a terminal, ask after Ctrl-C whether to stop its job."""
    if not at_terminal() or simulation["keep_running"]:
        return cast(SimulationResult, await simulate(**simulation))
    choices = {"s": "stop it", "k": "keep waiting"}
    question = "Stop the simulation and its job on the service? (--keep-running leaves the job.)"
    with interrupt_asks(question, choices, keep="k", pause=lambda: _paused(progress)):
        return cast(SimulationResult, await simulate(**simulation))


def _shown(result: SimulationResult) -> Iterator[RenderableType]:
    """Show the facts and files of a simulation; lines are not cut, so that paths can be copied."""
    phases = ", ".join(f"{seen.phase} at {seen.seconds:.1f} s" for seen in result.phases)
    state = "the identical simulation was found and verified; nothing was submitted"
    yield ""
    yield from _lines(
        {
            "simulation": result.label,
            "state": state if result.found else "completed",
            **_origin(result, phases),
        }
    )
    yield "Files"
    files = (
        (file.name, Text(f"{file.size:,}", justify="right"), file.sha256[:16])
        for file in result.files
    )
    yield table("name", "bytes", "SHA-256", rows=files)
    if result.windows is not None:
        yield "Windows of visible emission"
        yield visible_windows(result.windows)
    named = (("quicklook", result.quicklook), ("calendar", result.calendar))
    views = {kind: name for kind, name in (*named, ("catalogue", result.catalogue)) if name}
    yield from _lines(
        {
            "CDF": result.url_of(result.cdf),
            **{kind: result.url_of(name) for kind, name in views.items()},
            "manifest": result.manifest_url,
        }
    )


def _origin(result: SimulationResult, phases: str) -> dict[str, str]:
    """Tell what ran a simulation, or where it was taken from."""
    if result.published is None:
        return {"job": result.job_url, "phases": phases}
    equal = ", ".join(result.compared)
    return {"taken from": result.published.access_url, "equal in": equal}


def _lines(facts: dict[str, str]) -> Iterator[str]:
    return (f"{name:<12}{fact}" for name, fact in facts.items())


@contextmanager
def _paused(progress: Progress) -> Iterator[None]:
    """Stop the live line, so that it does not overwrite a question."""
    progress.stop()
    try:
        yield
    finally:
        progress.start()


@contextmanager
def _steps(shown: Container[str] | None = None) -> Iterator[Progress]:
    """Show the steps that flow and task runs log, or only some, instead of Prefect's lines."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=error_console(), transient=True) as progress:
        handler = _StepHandler(progress, shown)
        for name in _RUN_LOGGERS:
            logging.getLogger(name).addHandler(handler)
        yield progress


class _StepHandler(logging.Handler):
    """Print a line per step, with a running clock beside the present step."""

    def __init__(self, progress: Progress, shown: Container[str] | None) -> None:
        super().__init__(logging.INFO)
        self._progress = progress
        self._shown = shown
        self._present = progress.add_task("starting")
        self._began = time.monotonic()

    def emit(self, record: logging.LogRecord) -> None:
        """Show the record of a step, or a warning; leave out Prefect's own records.

        Prefect logs an error four times, which the command tells at its end.
        """
        step = getattr(record, "expres_step", None)
        if step is None and record.levelno != logging.WARNING:
            return
        if self._shown is not None and step not in self._shown:
            return
        message = record.getMessage()
        elapsed = time.monotonic() - self._began
        self._progress.console.print(
            f"{elapsed:6.1f} s  {step or record.levelname.lower():<9} {message}",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
        self._progress.reset(self._present, description=f"{step or ''} {message}"[:70])
