"""How long the command line and the imports take before anything is done."""

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.benchmarks.machine import Cost, run, run_python
from tests.benchmarks.rows import Aim, Row

IMPORTS = (
    "prefect_expres",
    "prefect_expres.uws",
    "prefect_expres.expres",
    "prefect_expres.ephemeris",
    "prefect_expres.analysis",
    "prefect_expres.blocks",
    "prefect_expres.flows.simulate",
)


@dataclass(frozen=True)
class Size:
    """How often each is started."""

    rounds: int = 5
    imports: tuple[str, ...] = IMPORTS


FULL = Size()
TINY = Size(rounds=1, imports=IMPORTS[:1])


def measure(size: Size) -> Iterator[Row]:
    """Start ours and Prefect's in turns, each time in a new process."""
    help_of = {name: [_command(name), "--help"] for name in ("prefect-expres", "prefect")}
    ours, theirs = _medians(list(help_of.values()), size.rounds)
    yield Row(
        "prefect-expres --help", ours.seconds, "s", "prefect --help", theirs.seconds, Aim(most=0.2)
    )
    yield Row("prefect-expres --help: CPU", ours.cpu, "s", "prefect --help", theirs.cpu)
    empty = run_python("-c", "pass").cpu
    modules = [*size.imports, "prefect"]
    commands = [[sys.executable, "-c", f"import {module}"] for module in modules]
    *found, prefect = (cost.cpu - empty for cost in _medians(commands, size.rounds))
    for module, cpu in zip(size.imports, found, strict=True):
        yield Row(f"import {module}: CPU", max(cpu, 0.001), "s", "import prefect", prefect)


def _medians(commands: list[list[str]], rounds: int) -> list[Cost]:
    """Run the commands in turns; the first turn only warms the caches."""
    turns = [[run(*command) for command in commands] for _ in range(rounds + 1)][1:]
    return [
        Cost(median(each.seconds for each in costs), median(each.cpu for each in costs), 0.0, "")
        for costs in zip(*turns, strict=True)
    ]


def _command(name: str) -> str:
    """Find a command beside this Python, or on the path."""
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    assert found, f"{name} is not installed"
    return found
