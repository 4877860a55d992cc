"""Show a simulation in a terminal: live steps while it runs, short tables when it is done."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pydantic import SecretStr
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from prefect_expres.blocks import ExpresService
from prefect_expres.ephemeris import AnalyticEphemeris
from prefect_expres.flows.simulate import simulate
from prefect_expres.outcome import SimulationResult

_RUN_LOGGERS = ("prefect.flow_runs", "prefect.task_runs")


def run_with_progress(
    *, url: str, user: str | None, token: str | None, ephemeris: str | None, **simulation: Any
) -> SimulationResult:
    """Run the flow `simulate`, show its steps as they come, and end with its tables."""
    service = ExpresService(base_url=url, user=user, token=SecretStr(token) if token else None)
    console = Console()
    with _steps_on(console):
        source = AnalyticEphemeris() if ephemeris == "analytic" else ephemeris
        result: SimulationResult = simulate(service=service, ephemeris=source, **simulation)
    show(console, result)
    return result


def show(console: Console, result: SimulationResult) -> None:
    """Print what a simulation was and what it left."""
    phases = ", ".join(f"{seen.phase} at {seen.seconds:.1f} s" for seen in result.phases)
    state = "the identical simulation was found and verified; nothing was submitted"
    console.print()
    _tell_facts(
        console,
        {
            "simulation": result.label,
            "state": state if result.found else "completed",
            "job": result.job_url,
            "phases": phases,
        },
    )
    files = Table(title="Files", title_justify="left")
    for heading in ("name", "bytes", "SHA-256"):
        files.add_column(
            heading, justify="right" if heading == "bytes" else "left", overflow="fold"
        )
    for file in result.files:
        files.add_row(file.name, f"{file.size:,}", file.sha256[:16])
    console.print(files)
    if result.windows is not None:
        console.print(_windows(result))
    _tell_facts(
        console,
        {
            "CDF": result.url_of(result.cdf),
            **{
                kind: result.url_of(name)
                for kind, name in (
                    ("quicklook", result.quicklook),
                    ("calendar", result.calendar),
                    ("catalogue", result.catalogue),
                )
                if name
            },
            "manifest": result.manifest_url,
        },
    )


def _tell_facts(console: Console, facts: dict[str, str]) -> None:
    """Print a line a fact, never cut: paths are there to be copied."""
    for name, fact in facts.items():
        console.print(f"{name:<12}{fact}", highlight=False, markup=False, soft_wrap=True)


def _windows(result: SimulationResult) -> Table:
    table = Table(title="Windows of visible emission", title_justify="left")
    for heading in ("source", "from (UTC)", "to (UTC)", "MHz", "polarization"):
        table.add_column(heading)
    for window in result.windows or ():
        table.add_row(
            f"{window.source} {window.hemisphere}",
            f"{window.start:%Y-%m-%d %H:%M}",
            f"{window.end:%Y-%m-%d %H:%M}",
            f"{window.fmin:.2f} - {window.fmax:.2f}",
            window.polarization,
        )
    return table


@contextmanager
def _steps_on(console: Console) -> Iterator[None]:
    """Show the steps that runs log in place of Prefect's own console lines."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        handler = _StepHandler(progress)
        for name in _RUN_LOGGERS:
            logging.getLogger(name).addHandler(handler)
        yield


class _StepHandler(logging.Handler):
    """Prints a line a step, and keeps a clock running beside the step that is under way."""

    def __init__(self, progress: Progress) -> None:
        super().__init__(logging.INFO)
        self._progress = progress
        self._under_way = progress.add_task("starting")
        self._began = time.monotonic()

    def emit(self, record: logging.LogRecord) -> None:
        """Show a record that tells a step, or a warning; leave out Prefect's own."""
        step = getattr(record, "expres_step", None)
        if step is None and record.levelno < logging.WARNING:
            return
        message = record.getMessage()
        elapsed = time.monotonic() - self._began
        self._progress.console.print(
            f"{elapsed:6.1f} s  {step or record.levelname.lower():<9} {message}",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
        self._progress.reset(self._under_way, description=f"{step or ''} {message}"[:70])
