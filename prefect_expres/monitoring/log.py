"""Log lines of a run: each tells its step, so that the terminal can show steps only.

Outside runs they go to a plain logger.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from prefect_expres.prefect_support.current_run import run_logger

_simulation: ContextVar[str] = ContextVar("simulation", default="")


@contextmanager
def lines_name(simulation: str) -> Iterator[None]:
    """Begin all lines of this context with a simulation's name: several log into one place.

    Args:
        simulation: The simulation's label.
    """
    before = _simulation.set(simulation)
    try:
        yield
    finally:
        _simulation.reset(before)


def log_step(step: str, message: str, *args: object) -> None:
    """Log one step of a simulation; the step's name goes with the record as ``expres_step``."""
    run_logger().info("%s", _named(message, args), extra={"expres_step": step})


def log_warning(message: str, *args: object, step: str = "warning") -> None:
    """Log what the user should know."""
    line = _named(message, args)
    run_logger().log(logging.WARNING, "%s", line, extra={"expres_step": step})


def _named(message: str, args: tuple[object, ...]) -> str:
    """Write a line, with the simulation's name before it unless it begins with that."""
    line = message % args if args else message
    simulation = _simulation.get()
    return line if line.startswith(simulation) else f"{simulation}: {line}"
