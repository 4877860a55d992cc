"""Folders that all workers of a test run share."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest


def of_the_run(factory: pytest.TempPathFactory) -> Path:
    """Give the folder of the test run, which all workers have in common."""
    mine = factory.getbasetemp()
    return mine.parent if "PYTEST_XDIST_WORKER" in os.environ else mine


def made_once(name: str, make: Callable[[Path], object], factory: pytest.TempPathFactory) -> Path:
    """Give a folder of the test run; the first worker that asks fills it, the others wait.

    Args:
        name: Name of the folder.
        make: Fills the empty folder.
        factory: Knows where the test run has its folders.
    """
    run = of_the_run(factory)
    folder, done = run / name, run / f"{name}.done"
    with (run / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            folder.mkdir()
            make(folder)
            done.touch()
    return folder
