"""The commands that look at results."""

from collections.abc import Callable
from pathlib import Path

import pytest

from prefect_expres.analysis import open_results
from tests.support.command_line import run
from tests.support.full_disk import no_files_above
from tests.support.result_files import even_moon

pytestmark = pytest.mark.slow

Written = Callable[..., Path]


@pytest.fixture
def files(written: Written, tmp_path: Path) -> list[Path]:
    """Write two days of Io, each to a file of its own."""
    return [written(**even_moon(day)).rename(tmp_path / f"day{day}.cdf") for day in (0, 1)]


def test_plot_draws_a_picture(files: list[Path], tmp_path: Path) -> None:
    """The picture gets the name that is asked for, and is told."""
    picture = tmp_path / "talk.png"
    done = run("plot", *files, "--log", "-o", picture)
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert done.out.strip() == str(picture)
    angles = tmp_path / "angles.png"
    done = run("plot", files[0], "--angle", "-o", angles, "--json")
    assert done.found == {"picture": str(angles)}
    assert angles.read_bytes() != picture.read_bytes()


PRODUCTS = [
    ("plot", "-o", "talk.png"),
    ("plot", "-o", "talk.pdf"),
    ("plot", "-o", "talk.svg"),
    ("windows", "--csv", "windows.csv"),
    ("windows", "--parquet", "windows.parquet"),
    ("windows", "--ics", "windows.ics"),
    ("windows", "--tfcat", "arcs.json"),
]


@pytest.mark.parametrize("words", PRODUCTS, ids=lambda words: words[2])
def test_a_full_disk_is_told(
    files: list[Path], tmp_path: Path, words: tuple[str, str, str]
) -> None:
    """Whatever a library makes of it; nothing is left."""
    command, option, name = words
    (tmp_path / "out").mkdir()
    with no_files_above(100):
        done = run(command, *files, option, tmp_path / "out" / name)
    assert done.code == 1
    assert f"{name} cannot be written: File too large. The system allows no larger" in done.err
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("words", PRODUCTS, ids=lambda words: words[2])
def test_a_folder_is_not_replaced(
    files: list[Path], tmp_path: Path, words: tuple[str, str, str]
) -> None:
    """Who names a folder for a file does not mean that its files go."""
    command, option, name = words
    folder = tmp_path / "out" / name
    folder.mkdir(parents=True)
    (folder / "mine.txt").write_text("precious")
    done = run(command, *files, option, folder)
    assert done.code == 1
    assert "Is a directory. Move the folder of this name away" in " ".join(done.err.split())
    assert [path.name for path in (tmp_path / "out").rglob("*")] == [name, "mine.txt"]


def test_windows_are_listed_and_written(files: list[Path], tmp_path: Path) -> None:
    """The table has a line a window, and each form is written under its name."""
    names = {form: tmp_path / f"windows.{form}" for form in ("csv", "parquet", "ics", "tfcat")}
    printed = run("windows", *files, *(f"--{form}={path}" for form, path in names.items())).out
    lines = [line for line in printed.splitlines() if "2024-01-0" in line]
    assert [line.split()[:5] for line in lines] == [
        ["Io", side, sense, f"2024-01-0{day}", start]
        for day in (1, 2)
        for side, sense, start in (("north", "RH", "03:20"), ("south", "LH", "10:00"))
    ]
    assert all(path.stat().st_size for path in names.values())
    assert all(str(path) in printed for path in names.values())
    assert len(names["csv"].read_text().splitlines()) == 5
    found = run("windows", *files, "--json").found
    assert [window["start"][:16] for window in found] == [
        f"2024-01-0{day}T{start}" for day in (1, 2) for start in ("03:20", "10:00")
    ]


def test_windows_are_cut_to_an_observatory(files: list[Path]) -> None:
    """What no observatory of 10 MHz and more can see is not listed; an unknown one is an error."""
    assert "2024-01" not in run("windows", *files, "--observatory", "NenuFAR").out
    done = run("windows", *files, "--observatory", "Effelsberg")
    assert done.code == 1
    assert "No observatory 'Effelsberg'" in done.err


def test_simulations_are_compared(written: Written, tmp_path: Path) -> None:
    """Arcs that moved have their shifts, and what one has alone is named as such."""
    content = even_moon()
    before = written(**content).rename(tmp_path / "before.cdf")
    moved = content["visible"].copy()
    moved[:, :, 0] = False
    moved[21:41, 1:3, 0] = content["visible"][20:40, 1:3, 0]
    moved[:, :, 1] = False
    after = written(**{**content, "visible": moved}).rename(tmp_path / "after.cdf")
    lines = run("compare", before, after).out.splitlines()
    assert any(line.split()[-2:] == ["+10.0", "+0.0"] for line in lines)
    assert any(line.split()[-2:] == ["missing", "missing"] and "south" in line for line in lines)
    found = run("compare", before, after, "--json").found
    assert found["shifted"][0]["minutes"] == pytest.approx(10)
    assert [window["hemisphere"] for window in found["missing"]] == ["south"]
    assert open_results(before).sizes == open_results(after).sizes
