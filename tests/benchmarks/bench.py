"""Measure all that a run costs, each against a baseline of the same run, and print one table.

``bench.py wait list --json figures.json`` takes those named; without names it takes all.
"""

import argparse
import json
import time
from importlib import import_module
from pathlib import Path

from rich.console import Console

from tests.benchmarks.machine import described
from tests.benchmarks.rows import Row, markdown_of, table_of

BENCHMARKS = {
    "wait": "tests.benchmarks.waits",
    "watch": "tests.benchmarks.watches",
    "list": "tests.benchmarks.documents",
    "download": "tests.benchmarks.downloads",
    "start": "tests.benchmarks.starts",
    "engine": "tests.benchmarks.engine_day",
    "observation": "tests.benchmarks.observation_day",
    "identify": "tests.benchmarks.identification",
    "campaign": "tests.benchmarks.orchestration",
}
"""The module of each benchmark; it has ``measure(size)`` and the sizes ``FULL`` and ``TINY``."""

WIDTH = 180


def rows_of(name: str, size: str) -> list[Row]:
    """Take one benchmark in one of its sizes."""
    benchmark = import_module(BENCHMARKS[name])
    return list(benchmark.measure(getattr(benchmark, size.upper())))


def main() -> None:
    """Take the benchmarks and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*BENCHMARKS, []], metavar="NAME")
    parser.add_argument("--size", choices=["full", "tiny"], default="full")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--markdown", type=Path, metavar="FILE")
    asked = parser.parse_args()
    found: dict[str, list[Row]] = {}
    progress = Console(stderr=True)
    for name in asked.names or BENCHMARKS:
        began = time.monotonic()
        found[name] = rows_of(name, asked.size)
        progress.print(f"{name}: {time.monotonic() - began:.0f} s", highlight=False)
    machine = described()
    console = Console(width=max(WIDTH, Console().width))
    console.print(table_of(found, machine))
    if asked.json:
        facts = {name: [row.as_json() for row in rows] for name, rows in found.items()}
        content = {"machine": machine, "benchmarks": facts}
        asked.json.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    if asked.markdown:
        asked.markdown.write_text(markdown_of(found, machine), encoding="utf-8")


if __name__ == "__main__":
    main()
