"""The peak memory of a process since it began to run its program.

``ru_maxrss`` is not that: a process starts with the peak of the one that started it, and the tests'
own process is large.
"""

from pathlib import Path


def peak_memory() -> int:
    """Give the most bytes of memory that this process has held at once."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    (peak,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(peak.split()[1]) * 1024
