"""Prints how many lines of each package the tests have run, and fails where they are too few.

A pytest plugin beside pytest-cov, whose measure it reads: ``-p tests.support.coverage_by_package``.
"""

import json
from collections import Counter
from pathlib import Path, PurePath

import coverage
import pytest

LEAST = 90.0
"""Percent of the lines of each package."""

_KILLED = "it runs in processes of its own, and those that are killed lose their measure"
EXEMPT = dict.fromkeys(("cli", "deployment", "deployments", "flows"), _KILLED)
"""A package that has less, and why. CONTRIBUTING says the same."""

_TABLE = pytest.StashKey[list[tuple[str, int, float]]]()


def package_of(path: str) -> str:
    """Name the package, or the module at the root, that a source file belongs to."""
    parts = PurePath(path).with_suffix("").parts
    return parts[1] if parts[0] == "prefect_expres" and len(parts) > 1 else parts[0]


def by_package(files: dict[str, dict[str, dict[str, int]]]) -> list[tuple[str, int, float]]:
    """Give each package with its number of lines, and the percentage of them that ran."""
    lines, run = Counter[str](), Counter[str]()
    for path, of_file in files.items():
        lines[package_of(path)] += of_file["summary"]["num_statements"]
        run[package_of(path)] += of_file["summary"]["covered_lines"]
    return [
        (name, count, 100 * run[name] / count) for name, count in sorted(lines.items()) if count
    ]


def too_few(table: list[tuple[str, int, float]]) -> list[str]:
    """Name the packages that have less than they must."""
    return [name for name, _, percent in table if percent < LEAST and name not in EXEMPT]


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Read what all workers have measured; a test run with too little of it has failed."""
    ended = exitstatus in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}
    if not ended or hasattr(session.config, "workerinput"):
        return
    measured = coverage.Coverage()
    measured.load()
    report = Path(measured.get_option("run:data_file")).with_name("coverage.json")
    measured.json_report(outfile=str(report))
    table = by_package(json.loads(report.read_text())["files"])
    session.config.stash[_TABLE] = table
    if too_few(table):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table."""
    table = terminalreporter.config.stash.get(_TABLE, None)
    if table is None:
        return
    terminalreporter.section("lines that the tests have run")
    for name, count, percent in table:
        terminalreporter.line(f"{name:<16} {count:>6} {percent:>6.1f} %  {EXEMPT.get(name, '')}")
    for name in too_few(table):
        terminalreporter.line(f"{name} has less than {LEAST:.0f} %", red=True)
