"""The commands ``config new``, ``config diff`` and ``config schema``, through the real app."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from prefect_expres.expres import Configuration
from prefect_expres.expres.templates import TEMPLATES
from tests.support.command_line import run
from tests.support.quick import DATA

NAME = "expres_earth_jupiter_europa_jrm33_lossc-wid1deg_3kev_rx_20180913_v14.json"
NEW = ("config", "new", "Earth", "Europa", "2018-09-13", "--phase", "12.5")
FIXED = DATA / "expres" / "fixed-observer.json"


def test_new_writes_a_routine(tmp_path: Path) -> None:
    """The file has the name of its result, passes the check, and names the ephemeris file."""
    done = run(*NEW, "--folder", tmp_path, "--ephemeris", "data/earth.csv")
    written = tmp_path / NAME
    assert (done.code, done.out.split()) == (0, [written.as_uri()])
    configuration = Configuration.parse(written.read_bytes())
    assert configuration.observer.ephem == "earth.csv"
    assert configuration.body[1].phase == 12.5
    assert run("config", "check", str(written)).code == 0


def test_new_spares_what_is_there(tmp_path: Path) -> None:
    """A file is only written over by force."""
    (tmp_path / NAME).write_text("mine")
    refused = run(*NEW, "--folder", tmp_path)
    assert refused.code == 1
    assert "--force overwrites" in refused.err
    assert (tmp_path / NAME).read_text() == "mine"
    assert run(*NEW, "--folder", str(tmp_path), "--force").code == 0
    assert (tmp_path / NAME).read_text() != "mine"


def test_new_can_grow_the_tree_of_the_team(tmp_path: Path) -> None:
    """With --tree the file stands under observer, year and month."""
    assert run(*NEW, "--folder", str(tmp_path), "--tree").code == 0
    assert (tmp_path / "earth" / "2018" / "09" / NAME).is_file()


@pytest.mark.slow
def test_new_computes_the_phase(tmp_path: Path) -> None:
    """From the ephemeris file, or for Earth without one; the file has any name."""
    track = tmp_path / "earth.csv"
    run("ephemeris", "Earth", "--start", "2018-09-13", "-o", track)
    for more in ((), ("--ephemeris", track)):
        written = tmp_path / f"io-{len(more)}.json"
        done = run("config", "new", "earth", "io", "2018-09-13", "-o", written, *more)
        assert (done.code, done.out.split()) == (0, [written.as_uri()])
        configuration = Configuration.parse(written.read_bytes())
        assert configuration.body[1].phase == pytest.approx(319.616, abs=0.01)
        assert configuration.observer.ephem == ("earth.csv" if more else "")


def test_new_says_what_it_needs_for_other_observers(tmp_path: Path) -> None:
    """Where a spacecraft is cannot be guessed: its ephemeris file says it."""
    done = run("config", "new", "Juno", "Io", "2018-09-13", "--folder", tmp_path)
    assert done.code == 1
    assert "give the file of these positions" in done.err


def test_new_needs_no_phase_for_an_oval(tmp_path: Path) -> None:
    """It follows no moon; its file passes the check."""
    done = run("config", "new", "Earth", "SKR", "2018-09-13", "--folder", tmp_path)
    (written,) = tmp_path.iterdir()
    assert (done.code, written.name[:19]) == (0, "expres_earth_saturn")
    assert run("config", "check", str(written)).code == 0


def test_new_lists_the_templates() -> None:
    """With what each simulates, and the paper that it follows."""
    listed = run("config", "new", "--list", "--json").found
    assert [each["source"] for each in listed] == list(TEMPLATES)
    assert all(each["paper"] and each["summary"] for each in listed)
    assert "SKR" in run("config", "new", "--list").out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "Name the observer, the source and the day"),
        (("Earth", "Iou", "2018-09-13"), "there is no 'Iou' here; write 'Io'; see --list"),
    ],
)
def test_new_says_what_there_is(words: tuple[str, ...], told: str) -> None:
    """Too few words, or unknown ones."""
    done = run("config", "new", *words)
    assert done.code == 1
    assert told in " ".join(done.err.split())


def test_schema_is_written_for_programs() -> None:
    """The output is the schema and nothing else."""
    Draft202012Validator.check_schema(run("config", "schema").found)


def test_diff_sees_meaning_only(tmp_path: Path) -> None:
    """The order of keys, spaces and the form of a number are no difference."""
    content = json.loads(FIXED.read_text())
    content["TIME"]["MAX"] = float(content["TIME"]["MAX"])
    same = tmp_path / "same.json"
    same.write_text(json.dumps(dict(reversed(content.items()))))
    done = run("config", "diff", FIXED, same)
    assert (done.code, done.out) == (0, "")


def test_diff_names_paths_and_values(tmp_path: Path) -> None:
    """Changed, missing and added values are told by their JSON path, also of broken files."""
    content = json.loads(FIXED.read_text())
    content["TIME"]["NBR"] = "many"
    del content["SIMU"]["OUT"]
    content["BODY"][1]["NAME"] = "Europa"
    content["SOURCE"].append({"ON": False})
    other = tmp_path / "other.json"
    other.write_text(json.dumps(content))
    done = run("config", "diff", FIXED, other)
    assert done.code == 1
    assert done.out.splitlines() == [
        "SIMU.OUT: '' → absent",
        "TIME.NBR: 144 → 'many'",
        "BODY[1].NAME: 'Io' → 'Europa'",
        "SOURCE[2]: absent → 1 entry",
    ]
    first, second, *_ = run("config", "diff", FIXED, other, "--json").found
    assert first == {"path": "SIMU.OUT", "before": ""}
    assert second == {"path": "TIME.NBR", "before": 144, "after": "many"}


def test_check_knows_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that is too long for guests is no warning to a user, named as for a simulation."""
    content = json.loads(FIXED.read_text())
    content["TIME"] |= {"MAX": 1440 * 16, "NBR": 1440 * 16}
    content["FREQUENCY"]["NBR"] = 781
    path = tmp_path / "long.json"
    path.write_text(json.dumps(content))
    assert "10 min are allowed" in run("config", "check", path).out
    monkeypatch.setenv("EXPRES_USER", "somebody")
    done = run("config", "check", path)
    assert done.code == 0
    assert "allowed" not in done.out
