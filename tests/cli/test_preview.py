"""The command ``preview``, through the real app and the real engine."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import run

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _here(
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    configuration: dict[str, Any],
) -> None:
    """Work in a folder with a configuration; keep field lines apart from those of the user."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))
    monkeypatch.chdir(tmp_path)
    Path("io.json").write_text(json.dumps(configuration))


def test_it_writes_a_picture_and_lists_windows(tmp_path: Path) -> None:
    """The picture names itself in its name, too, and is the only file."""
    done = run("preview", "io.json", "--json")
    assert done.code == 0
    picture = tmp_path / done.found["picture"]
    assert picture.name.startswith("preview-")
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert {path.name for path in tmp_path.iterdir()} == {"io.json", picture.name}
    assert done.found["windows"]
    shown = " ".join(run("preview", "io.json", "-o", "mine.png").out.split())
    assert "Preview by the engine of prefect-expres, not by ExPRES" in shown
    assert "s on the service for" in shown
    assert Path("mine.png").is_file()


def test_a_folder_is_not_replaced(tmp_path: Path) -> None:
    """It is told what is in the way."""
    Path("folder.png").mkdir()
    done = run("preview", "io.json", "-o", "folder.png")
    assert "folder.png cannot be written: Is a directory" in done.err
    assert {path.name for path in tmp_path.iterdir()} == {"io.json", "folder.png"}


def test_what_would_be_refused_is_told(configuration: dict[str, Any]) -> None:
    """With the words of the check; there is no picture."""
    configuration["SOURCE"][0]["MODE"] = "XR"
    Path("io.json").write_text(json.dumps(configuration))
    done = run("preview", "io.json", "--json")
    assert done.code == 1
    assert "MODE" in done.found["refused"]
    assert done.found["picture"] is None


def test_an_empty_one_is_told(configuration: dict[str, Any]) -> None:
    """Before minutes of the service are spent on it."""
    configuration["FREQUENCY"] |= {"TYPE": "Linear", "MIN": 80.0, "MAX": 90.0, "NBR": 5}
    Path("io.json").write_text(json.dumps(configuration))
    assert "No emission is visible" in run("preview", "io.json").out
