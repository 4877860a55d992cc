"""A day of Io's emission seen from Earth in the sandbox's engine."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.machine import HERE, run_python
from tests.benchmarks.rows import Row

DAY = 86400.0
"""Seconds of a day."""


@dataclass(frozen=True)
class Size:
    """Into how many steps the day is cut."""

    steps: int = 1440


FULL = Size()
TINY = Size(steps=2)


def measure(size: Size) -> Iterator[Row]:
    """Run the day as a new sandbox does, then again with the field lines that it has kept."""
    with tempfile.TemporaryDirectory() as folder:
        for when in ("first run", "field lines kept"):
            script = str(HERE / "run_day.py")
            cost = run_python(script, folder, str(Path(folder, "tables")), str(size.steps))
            what = f"the engine's day of {size.steps} steps, {when}"
            yield Row(f"{what}: CPU", cost.cpu, "s")
            yield Row(f"{what}: speed", DAY / cost.seconds, "times real time")
            yield Row(f"{what}: peak memory", cost.memory, "MB")
