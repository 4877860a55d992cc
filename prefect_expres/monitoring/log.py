"""Log lines of a run: each tells its step, so that the terminal can show steps only.

Outside runs they go to a plain logger.
"""

import logging

from prefect_expres.prefect_support.current_run import run_logger


def log_step(step: str, message: str, *args: object) -> None:
    """Log one step of a simulation; the step's name goes with the record as ``expres_step``."""
    run_logger().info(message, *args, extra={"expres_step": step})


def log_warning(message: str, *args: object, step: str = "warning") -> None:
    """Log what the user should know."""
    run_logger().log(logging.WARNING, message, *args, extra={"expres_step": step})
