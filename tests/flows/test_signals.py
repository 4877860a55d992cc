"""Signals to the command line: the jobs are stopped in time, and no traceback is shown."""

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.campaign_files import plan_of
from tests.support.processes import USER, Child, PrefectServer, Sandbox, until

pytestmark = pytest.mark.timeout(300)
TERMINATED = 143
GRACE = 10.0
"""Seconds that ``docker stop`` gives before it kills."""


@pytest.fixture(params=["simulate", "campaign"])
def command(
    request: pytest.FixtureRequest,
    server: PrefectServer,
    sandbox_process: Sandbox,
    configuration: dict[str, Any],
    tmp_path: Path,
) -> Iterator[Child]:
    """Run a command until two jobs execute, or its only one does."""
    plan_of(tmp_path, configuration, 6, lambda _: "sleep=90")
    runs = tmp_path / "runs"
    words = {
        "simulate": ["simulate", str(runs / "run-000.json")],
        "campaign": ["campaign", "run", "--files", str(runs / "*.json"), "--in-flight", "4"],
    }[request.param]
    options = ["--url", sandbox_process.url, "--output", str(tmp_path / "results")]
    command = ["-m", "prefect_expres.cli.main", *words, *options]
    user = dict(zip(("EXPRES_USER", "EXPRES_TOKEN"), USER, strict=True))
    with Child(command, tmp_path / "command.log", server.environment | user) as child:
        busy = {"simulate": 1, "campaign": 2}[request.param]
        until(lambda: sandbox_process.phases().count("EXECUTING") == busy, "the jobs", child)
        yield child


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_jobs_are_stopped(command: Child, sandbox_process: Sandbox, number: signal.Signals) -> None:
    """Whether the machine goes down or the terminal is closed; nobody sees a traceback."""
    command.signal(number)
    assert command.end(60) == TERMINATED, command.output
    assert all(phase.finished for phase in sandbox_process.phases())
    assert "ABORTED" in sandbox_process.phases()
    assert "is ABORTED" in command.output
    assert "Traceback" not in command.output


def test_jobs_are_stopped_before_the_kill(command: Child, sandbox_process: Sandbox) -> None:
    """A process that is killed after its grace has left no job."""
    command.signal(signal.SIGTERM)
    until(
        lambda: all(phase.finished for phase in sandbox_process.phases()),
        "the ends",
        command,
        GRACE,
    )
    if not command.ended:
        command.signal(signal.SIGKILL)
    command.end()
    assert all(phase.finished for phase in sandbox_process.phases())


def test_a_service_that_is_away_is_not_waited_for(command: Child, sandbox_process: Sandbox) -> None:
    """The jobs that may be running are told, within the grace.

    How few seconds of it are waited for, `tests/hooks/test_ended_by_signal.py` shows.
    """
    sandbox_process.process.signal(signal.SIGSTOP)
    command.signal(signal.SIGTERM)
    assert command.end(GRACE) == TERMINATED, command.output
    assert "The job " in command.output
    assert "could not be stopped, and may be running" in command.output
    assert "Traceback" not in command.output
    sandbox_process.process.signal(signal.SIGCONT)
