"""``prefect-expres ephemeris``: from the shell to the file."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from prefect_expres.ephemeris import read_csv

DAY = ("--start", "2018-09-13")


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder."""
    program = [sys.executable, "-m", "prefect_expres.cli.main", "ephemeris", *words]
    return subprocess.run(
        program, cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )


def test_a_day_of_earth_is_written_without_network(tmp_path: Path) -> None:
    """1440 rows, the first of them where DE440 has it, and Io's phase."""
    done = run(
        tmp_path, "Earth", "--center", "Jupiter", *DAY, "--hours", "24", "--step", "60",
        "-o", "e.csv", "--moon", "Io", "--moon", "Europa",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    made = read_csv((tmp_path / "e.csv").read_bytes())
    assert made.span.count == 1440
    assert made.points[0].longitude == pytest.approx(228.503, abs=0.005)
    assert made.points[0].latitude == pytest.approx(-2.9067, abs=0.002)
    assert "e.csv: 1440 rows" in done.stdout
    told = re.search(r"BODY\.PHASE of Io: ([\d.]+)", done.stdout)
    assert told
    assert float(told[1]) == pytest.approx(319.616, abs=0.06)
    assert "BODY.PHASE of Europa" in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["e.csv"]


def test_the_file_has_a_name_that_expres_takes(tmp_path: Path) -> None:
    """By default by observer, planet and day; another suffix is refused before computing."""
    assert run(tmp_path, *DAY, "--hours", "1").returncode == 0
    assert (tmp_path / "earth-jupiter-20180913.csv").exists()
    done = run(tmp_path, *DAY, "-o", "E.CSV")
    assert done.returncode == 1
    assert "lower-case .csv" in done.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("Juno", *DAY), "Try another --source"),
        (("--center", "Vulcan", *DAY), "Input should be 'Jupiter'"),
        (("--start", "2016-12-31T12:00:00"), "leap second"),
        ((*DAY, "-o", "none/e.csv"), "cannot be written"),
        (("Rosetta", *DAY, "--source", "horizons"), "NAIF number"),
        ((*DAY, "--source", "spice", "--kernel", "none.tm"), "EphemerisError"),
        ((*DAY, "--source", "analytic", "--kernel-set", "1"), "kernel_sets"),
    ],
)
def test_mistakes_are_told_in_a_paragraph(
    tmp_path: Path, words: tuple[str, ...], says: str
) -> None:
    """No trace, status 1, and nothing left behind."""
    done = run(tmp_path, *words)
    assert done.returncode == 1
    assert says in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())
