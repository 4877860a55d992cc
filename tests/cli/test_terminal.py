"""The command ``simulate`` at a terminal and in a pipe, on a real Prefect server."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.processes import USER, PrefectServer, Sandbox
from tests.support.runs import simulation
from tests.support.terminal_session import TerminalSession

pytestmark = pytest.mark.timeout(300)

WHO = dict(zip(("EXPRES_USER", "EXPRES_TOKEN"), USER, strict=True))


@pytest.fixture
def words(sandbox_process: Sandbox, configuration: dict[str, Any], tmp_path: Path) -> list[str]:
    """Give the command for a simulation that takes its time."""
    given = simulation(sandbox_process, configuration, "sleep=8", tmp_path)
    path = tmp_path / "io.json"
    path.write_text(json.dumps(given["configuration"]))
    return ["simulate", str(path), "--url", sandbox_process.url, "--output", str(tmp_path / "out")]


def test_ctrl_c_asks_and_the_wait_can_go_on(
    server: PrefectServer, sandbox_process: Sandbox, words: list[str]
) -> None:
    """Ctrl-C by mistake loses nothing."""
    with TerminalSession(*words, environment=server.environment | WHO) as session:
        session.sees("EXECUTING after")
        session.presses_ctrl_c()
        session.sees("keep waiting")
        session.types("k")
        session.sees("manifest")
        assert session.ends() == 0
    assert sandbox_process.phases() == ["COMPLETED"]


def test_ctrl_c_asks_and_the_job_is_stopped(
    server: PrefectServer, sandbox_process: Sandbox, words: list[str]
) -> None:
    """The flow stops its job on the way out, and there is no trace."""
    with TerminalSession(*words, environment=server.environment | WHO) as session:
        session.sees("EXECUTING after")
        session.presses_ctrl_c()
        session.sees("Stop the simulation")
        session.types("s")
        assert session.ends() == 130
        assert "Traceback" not in session.seen
        assert USER[1] not in session.seen
    assert sandbox_process.phases() == ["ABORTED"]


def test_the_result_is_json_alone(
    server: PrefectServer, sandbox_process: Sandbox, words: list[str]
) -> None:
    """Steps go to stderr, and what was found to stdout."""
    done = subprocess.run(
        [sys.executable, "-m", "prefect_expres.cli.main", *words, "--json"],
        env=os.environ | server.environment | WHO,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["job_url"].startswith(sandbox_process.url)
    assert "EXECUTING after" in done.stderr


def test_what_is_wrong_is_told_once(server: PrefectServer, words: list[str]) -> None:
    """Prefect logs an error for the task and for the flow, with their states; one is enough."""
    content = json.loads(Path(words[1]).read_text())
    content["OBSERVER"] = {**content["OBSERVER"], "TYPE": "Pre-Defined", "EPHEM": "nowhere.csv"}
    Path(words[1]).write_text(json.dumps(content))
    done = subprocess.run(
        [sys.executable, "-m", "prefect_expres.cli.main", *words],
        env=os.environ | server.environment | WHO,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert done.stderr.count("nowhere.csv") == 1, done.stderr
    assert "Finished in state" not in done.stderr
