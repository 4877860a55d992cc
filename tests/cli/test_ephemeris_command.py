"""``prefect-expres ephemeris``: from the shell to the file."""

import contextlib
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from prefect_expres.ephemeris import moon_phase, read_csv
from tests.support.command_line import Done, run

DAY = ("--start", "2018-09-13")


def made_in(folder: Path, *words: str) -> Done:
    """Run the command in a folder."""
    with contextlib.chdir(folder):
        return run("ephemeris", *words)


def test_a_day_of_earth_is_written_without_network(tmp_path: Path) -> None:
    """1440 rows, the first of them where DE440 has it, and Io's phase."""
    done = made_in(
        tmp_path, "Earth", "--center", "Jupiter", *DAY, "--hours", "24", "--step", "60",
        "-o", "e.csv", "--moon", "Io", "--moon", "Europa",
    )  # fmt: skip
    assert done.code == 0, done.err
    made = read_csv((tmp_path / "e.csv").read_bytes())
    assert made.span.count == 1440
    assert made.points[0].longitude == pytest.approx(228.503, abs=0.005)
    assert made.points[0].latitude == pytest.approx(-2.9067, abs=0.002)
    assert "e.csv: 1440 rows" in done.out
    told = re.search(r"BODY\.PHASE of Io: ([\d.]+)", done.out)
    assert told
    assert float(told[1]) == pytest.approx(319.616, abs=0.06)
    assert "BODY.PHASE of Europa" in done.out
    assert [path.name for path in tmp_path.iterdir()] == ["e.csv"]


@pytest.mark.parametrize(("planet", "moon"), [("Saturn", "Enceladus"), ("Uranus", "Miranda")])
def test_a_moon_of_another_planet_is_placed_without_network(
    tmp_path: Path, planet: str, moon: str
) -> None:
    """When the light left it that arrives at the first time."""
    done = made_in(tmp_path, "Earth", "--center", planet, *DAY, "--hours", "1", "--moon", moon)
    assert done.code == 0, done.err
    told = re.search(rf"light time ([\d.]+) s\n.*BODY\.PHASE of {moon}: ([\d.]+)", done.out)
    assert told
    start = datetime(2018, 9, 13, tzinfo=UTC)
    assert float(told[2]) == pytest.approx(moon_phase(moon, start, float(told[1])), abs=0.006)


def test_the_file_has_a_name_that_expres_takes(tmp_path: Path) -> None:
    """By default by observer, planet and day; another suffix is refused before computing."""
    assert made_in(tmp_path, *DAY, "--hours", "1").code == 0
    assert (tmp_path / "earth-jupiter-20180913.csv").exists()
    done = made_in(tmp_path, *DAY, "-o", "E.CSV")
    assert done.code == 1
    assert "lower-case .csv" in done.err


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
    done = made_in(tmp_path, *words)
    assert done.code == 1
    assert says in " ".join(done.err.split())
    assert "Traceback" not in done.err
    assert not list(tmp_path.iterdir())
