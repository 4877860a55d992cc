"""The commands that look at results."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from result_files import even_moon

from prefect_expres.analysis import open_results
from prefect_expres.cli import app
from prefect_expres.errors import ObservatoryError

Written = Callable[..., Path]


def call(*words: object) -> None:
    """Run the command line in this process."""
    app([str(word) for word in words], result_action="return_value")


@pytest.fixture
def files(written: Written, tmp_path: Path) -> list[Path]:
    """Write two days of Io, each to a file of its own."""
    return [written(**even_moon(day)).rename(tmp_path / f"day{day}.cdf") for day in (0, 1)]


def test_plot_draws_a_picture(files: list[Path], tmp_path: Path, capsys: Any) -> None:
    """The picture gets the name that is asked for, and is told."""
    picture = tmp_path / "talk.png"
    call("plot", *files, "--log", "-o", picture)
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert capsys.readouterr().out.strip() == str(picture)
    angles = tmp_path / "angles.png"
    call("plot", files[0], "--angle", "-o", angles)
    assert angles.read_bytes() != picture.read_bytes()


def test_windows_are_listed_and_written(files: list[Path], tmp_path: Path, capsys: Any) -> None:
    """The table has a line a window, and each form is written under its name."""
    names = {form: tmp_path / f"windows.{form}" for form in ("csv", "parquet", "ics", "tfcat")}
    call("windows", *files, *(f"--{form}={path}" for form, path in names.items()))
    printed = capsys.readouterr().out
    lines = [line for line in printed.splitlines() if "2024-01-0" in line]
    assert [line.split()[:5] for line in lines] == [
        ["Io", side, sense, f"2024-01-0{day}", start]
        for day in (1, 2)
        for side, sense, start in (("north", "RH", "03:20"), ("south", "LH", "10:00"))
    ]
    assert all(path.stat().st_size for path in names.values())
    assert all(str(path) in printed for path in names.values())
    assert len(names["csv"].read_text().splitlines()) == 5


def test_windows_are_cut_to_an_observatory(files: list[Path], capsys: Any) -> None:
    """What no observatory of 10 MHz and more can see is not listed; an unknown one is an error."""
    call("windows", *files, "--observatory", "NenuFAR")
    assert "2024-01" not in capsys.readouterr().out
    with pytest.raises(ObservatoryError, match="No observatory 'Effelsberg'"):
        call("windows", *files, "--observatory", "Effelsberg")


def test_simulations_are_compared(written: Written, tmp_path: Path, capsys: Any) -> None:
    """Arcs that moved have their shifts, and what one has alone is named as such."""
    content = even_moon()
    before = written(**content).rename(tmp_path / "before.cdf")
    moved = content["visible"].copy()
    moved[:, :, 0] = False
    moved[21:41, 1:3, 0] = content["visible"][20:40, 1:3, 0]
    moved[:, :, 1] = False
    after = written(**{**content, "visible": moved}).rename(tmp_path / "after.cdf")
    call("compare", before, after)
    lines = capsys.readouterr().out.splitlines()
    assert any(line.split()[-2:] == ["+10.0", "+0.0"] for line in lines)
    assert any(line.split()[-2:] == ["missing", "missing"] and "south" in line for line in lines)
    assert open_results(before).sizes == open_results(after).sizes


def test_the_commands_load_without_the_science() -> None:
    """The command line starts without numpy and Prefect, which take long to import."""
    code = (
        "import sys; from prefect_expres.cli import app; "
        "assert {'plot', 'windows', 'compare'} <= set(app); "
        "assert not {'numpy', 'xarray', 'prefect', 'matplotlib'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
