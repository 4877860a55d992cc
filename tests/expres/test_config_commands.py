"""The commands ``config new``, ``config diff`` and ``config schema``, through the real app."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from quick import DATA

from prefect_expres.cli import app
from prefect_expres.errors import ConfigurationError
from prefect_expres.expres import Configuration

NAME = "expres_earth_jupiter_europa_jrm33_lossc-wid1deg_3kev_rx_20180913_v14.json"
NEW = ("config", "new", "Earth", "Europa", "2018-09-13", "--phase", "12.5")
FIXED = DATA / "expres" / "fixed-observer.json"


def run(*arguments: str) -> int:
    """Run the command line in this process and give its exit code."""
    with pytest.raises(SystemExit) as ended:
        app(arguments)
    return int(ended.value.code or 0)


def test_new_writes_a_routine(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The file has the name of its result, passes the check, and names the ephemeris file."""
    assert run(*NEW, "--folder", str(tmp_path), "--ephemeris", "data/earth.csv") == 0
    written = tmp_path / NAME
    assert capsys.readouterr().out.split() == [written.as_uri()]
    configuration = Configuration.parse(written.read_bytes())
    assert configuration.observer.ephem == "earth.csv"
    assert configuration.body[1].phase == 12.5
    assert run("config", "check", str(written)) == 0


def test_new_spares_what_is_there(tmp_path: Path) -> None:
    """A file is only written over by force."""
    (tmp_path / NAME).write_text("mine")
    with pytest.raises(ConfigurationError, match="give --force"):
        app((*NEW, "--folder", str(tmp_path)))
    assert (tmp_path / NAME).read_text() == "mine"
    assert run(*NEW, "--folder", str(tmp_path), "--force") == 0
    assert (tmp_path / NAME).read_text() != "mine"


def test_new_can_grow_the_tree_of_the_team(tmp_path: Path) -> None:
    """With --tree the file stands under observer, year and month."""
    assert run(*NEW, "--folder", str(tmp_path), "--tree") == 0
    assert (tmp_path / "earth" / "2018" / "09" / NAME).is_file()


def test_new_needs_the_phase(capsys: pytest.CaptureFixture[str]) -> None:
    """Where the moon is cannot be guessed."""
    assert run(*NEW[:-2])
    assert "--phase" in capsys.readouterr().err


def test_schema_is_written_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    """The output is the schema and nothing else."""
    assert run("config", "schema") == 0
    Draft202012Validator.check_schema(json.loads(capsys.readouterr().out))


def test_diff_sees_meaning_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The order of keys, spaces and the form of a number are no difference."""
    content = json.loads(FIXED.read_text())
    content["TIME"]["MAX"] = float(content["TIME"]["MAX"])
    same = tmp_path / "same.json"
    same.write_text(json.dumps(dict(reversed(content.items()))))
    assert run("config", "diff", str(FIXED), str(same)) == 0
    assert capsys.readouterr().out == ""


def test_diff_names_paths_and_values(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Changed, missing and added values are told by their JSON path, also of broken files."""
    content = json.loads(FIXED.read_text())
    content["TIME"]["NBR"] = "many"
    del content["SIMU"]["OUT"]
    content["BODY"][1]["NAME"] = "Europa"
    content["SOURCE"].append({"ON": False})
    other = tmp_path / "other.json"
    other.write_text(json.dumps(content))
    assert run("config", "diff", str(FIXED), str(other)) == 1
    assert capsys.readouterr().out.splitlines() == [
        "SIMU.OUT: '' → absent",
        "TIME.NBR: 144 → 'many'",
        "BODY[1].NAME: 'Io' → 'Europa'",
        "SOURCE[2]: absent → 1 entry",
    ]
    assert run("config", "diff", str(FIXED), str(other), "--json") == 1
    first, second, *_ = json.loads(capsys.readouterr().out)
    assert first == {"path": "SIMU.OUT", "before": ""}
    assert second == {"path": "TIME.NBR", "before": 144, "after": "many"}


def test_check_knows_the_user(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that is too long for guests is no warning to a user, named as for a simulation."""
    content = json.loads(FIXED.read_text())
    content["TIME"] |= {"MAX": 1440 * 16, "NBR": 1440 * 16}
    content["FREQUENCY"]["NBR"] = 781
    path = tmp_path / "long.json"
    path.write_text(json.dumps(content))
    assert run("config", "check", str(path)) == 0
    assert "10 min are allowed" in capsys.readouterr().out
    monkeypatch.setenv("EXPRES_USER", "somebody")
    assert run("config", "check", str(path)) == 0
    assert "allowed" not in capsys.readouterr().out
