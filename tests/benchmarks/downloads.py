"""Downloading a large result, verified, against a stream that is only written, and against curl."""

import hashlib
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.benchmarks.machine import HERE, Cost, run, run_python
from tests.benchmarks.rows import Aim, Row

MEGABYTE = 2**20
BARE = "a bare httpx stream"
CURL = "curl"


@dataclass(frozen=True)
class Size:
    """How large the file is in MB, and how often each fetches it."""

    megabytes: int = 1024
    rounds: int = 5


FULL = Size()
TINY = Size(megabytes=8, rounds=1)


def measure(size: Size) -> Iterator[Row]:
    """Fetch the file in turns, each time in a new process."""
    with _folder() as folder:
        sha1 = _write(folder / "file", size.megabytes)
        with _serving(folder / "file") as url:
            found = _fetched(url, folder / "target", sha1, size.rounds)
    ours = found.pop("ours")
    speed = Aim(least=0.9)
    what = f"{size.megabytes} MB downloaded and verified"
    rates = {name: size.megabytes / cost.seconds for name, cost in found.items()}
    for name, rate in rates.items():
        aim = speed if name == BARE else None
        yield Row(f"{what}: speed", size.megabytes / ours.seconds, "MB/s", name, rate, aim)
    for name, cost in found.items():
        yield Row(f"{what}: CPU", ours.cpu, "s", name, cost.cpu)
    for name, cost in found.items():
        yield Row(f"{what}: peak memory", ours.memory, "MB", name, cost.memory)


def _fetched(url: str, target: Path, sha1: str, rounds: int) -> dict[str, Cost]:
    """Give the cost of each way: medians, and the peak of memory."""
    script = str(HERE / "fetch_file.py")
    ways: dict[str, Callable[[], Cost]] = {
        "ours": lambda: run_python(script, "ours", url, str(target), sha1),
        BARE: lambda: run_python(script, "bare", url, str(target), sha1),
    }
    if shutil.which("curl"):
        ways[CURL] = lambda: run("curl", "--silent", "--output", str(target / "curl"), url)
    costs: dict[str, list[Cost]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            target.mkdir()
            cost = way()
            seconds = float(cost.output) if cost.output else cost.seconds
            costs[name].append(Cost(seconds, cost.cpu, cost.memory, ""))
            shutil.rmtree(target)
    return {
        name: Cost(
            median(cost.seconds for cost in each),
            median(cost.cpu for cost in each),
            max(cost.memory for cost in each),
            "",
        )
        for name, each in costs.items()
    }


@contextmanager
def _folder() -> Iterator[Path]:
    """Give a folder in memory where there is one, so that no disk is measured."""
    memory = Path("/dev/shm")
    place = memory if memory.is_dir() and os.access(memory, os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=place) as folder:
        yield Path(folder)


def _write(path: Path, megabytes: int) -> str:
    """Write a file of noise, and give its SHA-1, which OPUS announces."""
    chance, digest = random.Random(megabytes), hashlib.sha1(usedforsecurity=False)
    with path.open("wb") as file:
        for _ in range(megabytes):
            block = chance.randbytes(MEGABYTE)
            digest.update(block)
            file.write(block)
    return digest.hexdigest()


@contextmanager
def _serving(path: Path) -> Iterator[str]:
    server = subprocess.Popen(
        [sys.executable, str(HERE / "serve_file.py"), str(path)], stdout=subprocess.PIPE, text=True
    )
    with server:
        try:
            assert server.stdout is not None
            yield f"http://127.0.0.1:{server.stdout.readline().strip()}/file"
        finally:
            server.kill()
