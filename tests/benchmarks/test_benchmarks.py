"""Every benchmark runs, in a tiny size, and finds something; how fast it all is, is not tested."""

import json
import math
import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks.bench import BENCHMARKS, rows_of
from tests.benchmarks.rows import Aim, Row

DIFFERENCES = ("orchestration a simulation, CPU", "Prefect's share of CPU")
"""What is told of the difference of two times; in a tiny size chance may put it below zero."""


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize("name", BENCHMARKS)
def test_benchmark_finds_figures(name: str) -> None:
    """Rows come, with figures and ratios that are numbers; measured ones are above zero."""
    rows = rows_of(name, "tiny")
    assert rows
    for row in rows:
        assert math.isfinite(row.figure), row
        assert row.figure > 0 or row.what.endswith(DIFFERENCES), row
        assert row.ratio is None or 0 < row.ratio < math.inf, row


def test_ratio_and_aim() -> None:
    """An aim is for the ratio, or for the figure if it stands alone."""
    assert Row("a", 1.0, "s", "b", 4.0, Aim(most=0.25)).met
    assert not Row("a", 1.0, "s", "b", 3.0, Aim(most=0.25)).met
    assert Row("a", 250.0, "MB", aim=Aim(most=300)).met
    assert Row("a", 1.0, "s", "b", 4.0).met is None


def test_command_prints_the_table_and_writes_files(tmp_path: Path) -> None:
    """The named benchmarks stand in the table and in the files, with the machine."""
    script, file, page = Path(__file__).with_name("bench.py"), tmp_path / "a", tmp_path / "b"
    files = ["--json", str(file), "--markdown", str(page)]
    command = [sys.executable, str(script), "wait", "--size", "tiny", *files]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert "WAIT honoured" in done.stdout
    assert done.stderr.startswith("wait: ")
    assert "| **wait** |" in page.read_text()
    facts = json.loads(file.read_text())
    assert facts["machine"]
    assert list(facts["benchmarks"]) == ["wait"]
    assert facts["benchmarks"]["wait"][0]["unit"] == "s"
