"""The machine that figures were taken on, and what processes cost it."""

import json
import os
import platform
import resource
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Cost:
    """What a process took: seconds from start to end, seconds of CPU, its peak memory in MB."""

    seconds: float
    cpu: float
    memory: float
    output: str


def described() -> str:
    """Say what machine this is, and how much it has to do besides."""
    load = os.getloadavg()[0]
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores ({_processor()}), {gigabytes:.0f} GB, "
        f"Python {platform.python_version()}, {platform.system()}, load {load:.1f} at the end; "
        "ratios are ours over the baseline's, both of this run"
    )


def run(*command: str) -> Cost:
    """Run a command to its end.

    Raises:
        subprocess.CalledProcessError: It failed; its standard error is shown.
    """
    small = [sys.executable, "-I", "-S", str(HERE / "cost_of.py")]
    done = subprocess.run([*small, *command], stdout=subprocess.PIPE, check=True)
    return Cost(**json.loads(done.stdout))


def run_python(*arguments: str) -> Cost:
    """Run this Python with arguments."""
    return run(sys.executable, *arguments)


def cpu_seconds() -> float:
    """Give the CPU seconds that this process has used, its threads too."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def resident_megabytes(process_id: int | None = None) -> float:
    """Give the memory that a process has now, this one's by default."""
    command = ["ps", "-o", "rss=", "-p", str(process_id or os.getpid())]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return int(done.stdout) / 1024


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
