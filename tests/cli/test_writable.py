"""A folder that cannot be written is refused before any work, with the option that changes it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from prefect_expres.cli.commands.writable import require_writable
from prefect_expres.errors import UsageError
from tests.support.command_line import run
from tests.support.ordinary_user import unprivileged

SERVICE = ("--url", "http://127.0.0.1:9")
DAY = ("--first", "2018-09-13", "--last", "2018-09-13")


@pytest.mark.parametrize(
    ("words", "option"),
    [
        (("demo", "--directory", "FOLDER"), "--directory"),
        (("sandbox", "serve", "--port", "0", "--directory", "FOLDER"), "--directory"),
        (("simulate", "io.json", *SERVICE, "--output", "FOLDER"), "--output"),
        (
            ("campaign", "run", "--observer", "Earth", *DAY, *SERVICE, "--output", "FOLDER"),
            "--output",
        ),
        (("jobs", "results", "1", *SERVICE, "-o", "FOLDER"), "--output"),
        (("jobs", "new", "config=@io.json", *SERVICE, "--download", "FOLDER"), "--download"),
        (("ephemeris", "--start", "2018-09-13", "-o", "FOLDER/e.csv"), "--output"),
        (("config", "new", "Earth", "Io", "2018-09-13", "--phase", "1", "--folder", "FOLDER"),
         "--folder"),
        (("plot", "io.cdf", "-o", "FOLDER/io.png"), "--output"),
        (("windows", "io.cdf", "--csv", "FOLDER/w.csv"), "--csv"),
        (("windows", "io.cdf", "--parquet", "FOLDER/w.parquet"), "--parquet"),
        (("windows", "io.cdf", "--ics", "FOLDER/w.ics"), "--ics"),
        (("windows", "io.cdf", "--tfcat", "FOLDER/w.json"), "--tfcat"),
    ],
)  # fmt: skip
def test_every_command_refuses_it(tmp_path: Path, words: tuple[str, ...], option: str) -> None:
    """It is named with the option, and nothing is looked at before."""
    (tmp_path / "file").write_text("in the way")
    folder = str(tmp_path / "file" / "results")
    done = run(*(word.replace("FOLDER", folder) for word in words))
    told = " ".join(done.err.split())
    assert done.code == 2
    assert f"{folder} cannot be written: Not a directory" in told
    assert told.endswith(f"Name another with {option}")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_what_can_be_written_passes(tmp_path: Path) -> None:
    """Folders that are there or can be made, by path or URL, and other file systems."""
    for folder in (tmp_path, tmp_path / "new" / "one", tmp_path.as_uri(), "s3://bucket/results"):
        require_writable(folder, "--output")
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match=r"/file cannot be written"):
        require_writable((tmp_path / "file").as_uri(), "--output")


def start(folder: Path, home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder, as a user who may write only what modes allow."""
    command = [sys.executable, "-P", "-m", "prefect_expres.cli.main", *words]
    environment = os.environ | {"HOME": str(home)}
    for name in ("PREFECT_HOME", "PREFECT_API_URL"):
        environment.pop(name, None)
    return subprocess.run(
        unprivileged(*command),
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_folder_of_somebody_else(tmp_path: Path) -> None:
    """The default folder is refused where this folder may not be written."""
    folder = tmp_path / "read-only"
    folder.mkdir(mode=0o555)
    done = start(folder, tmp_path, "demo")
    told = " ".join(done.stderr.split())
    assert done.returncode == 2
    assert f"{folder}/expres-demo cannot be written: Permission denied" in told
    assert "Name another with --directory" in told


def test_a_home_of_somebody_else(tmp_path: Path) -> None:
    """Prefect's database has nowhere to be: the variable that names another home is told."""
    home = tmp_path / "home"
    home.mkdir(mode=0o555)
    done = start(tmp_path, home, "simulate", "io.json", *SERVICE)
    told = " ".join(done.stderr.split())
    assert done.returncode == 2
    assert f"{home}/.prefect cannot be written: Permission denied" in told
    assert "Name another with PREFECT_HOME" in told
