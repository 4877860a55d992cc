"""Campaigns from the command line: planned, run, run once more, and looked at."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.campaign_files import plan_of, quick_sandbox_for_campaigns
from tests.support.command_line import run
from tests.support.processes import PrefectServer

ROUTINE = ("--first", "2018-09-13", "--last", "2018-09-15")


def test_plan_is_shown_and_written(tmp_path: Path) -> None:
    """People see how much it is; programs get the plan, which can be read again."""
    more = ("--moon", "Io", "--moon", "Europa", "--grid", "SOURCE.*.ACCEL=1,3")
    shown = run("campaign", "plan", *ROUTINE, *more)
    assert (shown.code, "europa-earth-20180914-accel-3" in shown.out) == (0, True)
    assert "and 2 more" in shown.out
    written = run("campaign", "plan", *ROUTINE, *more, "--json")
    (tmp_path / "plan.json").write_text(written.out)
    again = run("campaign", "plan", str(tmp_path / "plan.json"), "--json")
    assert json.loads(again.out) == json.loads(written.out)


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        ((), 2, "Give one of"),
        ((*ROUTINE, "--files", "*.json"), 2, "Give one of"),
        (("--first", "2018-09-13", "--last", "2018-09-12"), 1, "before the first"),
        (("--first", "2018-09-13", "--moon", "Amalthea"), 1, "moons.0"),
        (("--first", "2018-09-13", "--grid", "ACCEL"), 2, "PATH=VALUE"),
        (("--first", "2018-09-13", "--grid", "SOURCE.*.SPEED=1"), 1, "not in the configuration"),
        (("--files", "nowhere/*.json"), 1, "There are no files"),
        (("nowhere.json",), 1, "cannot be read"),
    ],
)
def test_what_is_no_plan(words: tuple[str, ...], code: int, told: str) -> None:
    """Each mistake is told, with an exit code that says whose it is."""
    done = run("campaign", "plan", *words)
    assert done.code == code
    assert told in done.err


def test_status_of_nothing(tmp_path: Path) -> None:
    """An output that no campaign has seen is told apart from one that has nothing to show."""
    done = run("campaign", "status", str(tmp_path))
    assert (done.code, "There is no campaign at" in done.err) == (2, True)


def test_run_and_status(
    server: PrefectServer, configuration: dict[str, Any], tmp_path: Path
) -> None:
    """A run ends with its counts and 1 if some failed; the status tells the same afterwards."""
    plan_of(tmp_path, configuration, 5, lambda number: "fail" if number == 3 else "")
    output, log = str(tmp_path / "out"), tmp_path / "log"
    with quick_sandbox_for_campaigns(tmp_path) as sandbox:
        words = ["--files", str(tmp_path / "runs" / "*.json"), "--output", output]
        command = ["-m", "prefect_expres.cli.main", "campaign", "run", *words, "--url", sandbox.url]
        with server.runs(command, log) as child:
            assert child.end() == 1, child.output
        said = log.read_text()
        assert "5: 4 run, 0 found complete, 0 empty in preview, 1 failed" in said
        assert "run-003" in said
        assert "Traceback" not in said
    shown = run("campaign", "status", output)
    assert "ended" in shown.out
    assert "run-003: JobFailed" in shown.out
    told = json.loads(run("campaign", "status", output, "--json").out)
    assert (told["ended"]["completed"], told["ended"]["failed"]) == (4, 1)
    assert told["under_way"] == {}
