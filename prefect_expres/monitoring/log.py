"""Log lines of a run: each tells its step, so that the terminal can show steps only."""

import logging

from prefect.logging import get_run_logger


def log_step(step: str, message: str, *args: object) -> None:
    """Log one step of a simulation; the step's name goes with the record as ``expres_step``."""
    get_run_logger().info(message, *args, extra={"expres_step": step})


def log_warning(message: str, *args: object) -> None:
    """Log what the user should know."""
    get_run_logger().log(logging.WARNING, message, *args, extra={"expres_step": "warning"})
