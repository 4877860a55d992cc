"""Show a flow in a terminal: live steps while it runs, then what it has found."""

import logging
import os
import sys
import time
from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, cast

from pydantic import BaseModel
from rich.console import RenderableType
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from prefect_expres.cli.console.printing import error_console, give, note
from prefect_expres.prefect_support.lost_server import server_was_lost
from prefect_expres.prefect_support.sync_flow import SyncCompatibleFlow

R = TypeVar("R")
_RUN_LOGGERS = ("prefect.flow_runs", "prefect.task_runs")


def run_shown(flow: SyncCompatibleFlow[..., R], shown: Container[str], **parameters: Any) -> R:
    """Run a flow, and show some of its steps; wrong parameters are told before anything begins."""
    flow.validate_parameters(parameters)
    with steps_shown(shown):
        return cast("R", flow(**parameters))


def tell(
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


def facts_in_lines(facts: dict[str, str]) -> Iterator[str]:
    """Show facts below each other, each behind its name."""
    return (f"{name:<12}{fact}" for name, fact in facts.items())


@contextmanager
def steps_shown(shown: Container[str] | None = None) -> Iterator[Progress]:
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
