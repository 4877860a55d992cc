"""Each exit code of docs/commands.md, from the real thing that it stands for."""

import asyncio
import re
import shlex
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from prefect_expres.cli.console.exit_codes import Exit
from prefect_expres.sandbox.serving import SandboxServer
from tests.support.command_line import run
from tests.support.raw_server import raw_server
from tests.support.service_user import ServiceUser
from tests.support.terminal_session import TerminalSession
from tests.support.uws_documents import results_document

JobIn = Callable[[str], str]
DOCS = Path(__file__).parent.parent.parent / "docs" / "commands.md"


def test_every_code_is_documented() -> None:
    """The table has the codes that there are, and no others."""
    section = DOCS.read_text(encoding="utf-8").split("## Exit codes")[1].split("\n## ")[0]
    assert [int(code) for code in re.findall(r"^\| (\d+) \|", section, re.MULTILINE)] == list(Exit)


@pytest.mark.parametrize(
    "words",
    [
        ("jobs", "nonsense"),
        ("jobs", "list", "--phase", "SLEEPING"),
        ("jobs", "list", "--last", "many"),
        ("jobs", "list"),
        ("jobs", "list", "--url", "http://127.0.0.1:1", "--profile", "maser"),
        ("jobs", "list", "--profile", "maser"),
        ("jobs", "new", "--url", "http://127.0.0.1:1", "branch"),
        ("jobs", "new", "--url", "http://127.0.0.1:1", "config=@nothing.json"),
        ("jobs", "new", "--url", "http://127.0.0.1:1", "executionDuration=soon"),
        ("jobs", "new", "--url", "http://127.0.0.1:1", "destruction=soon"),
        ("jobs", "show", "http://127.0.0.1:1/a/1", "--url", "http://127.0.0.1:1/b"),
        ("jobs", "results", "1", "--show", "-o", "out"),
    ],
)
def test_usage(words: tuple[str, ...]) -> None:
    """What makes no sense is said in a paragraph on stderr, before anything is sent."""
    done = run(*words)
    assert (done.code, done.out) == (2, "")
    assert done.err.strip()
    assert "Traceback" not in done.err


@pytest.mark.parametrize("command", [("wait",), ("new", "--run", "--wait", "--like")])
def test_a_failed_job(service: SandboxServer, job_in: JobIn, command: tuple[str, ...]) -> None:
    """Waiting for a job that fails ends with 3 and the job's last words."""
    done = run("jobs", *command, job_in("ERROR"))
    assert done.code == 3
    assert "the run failed as it was told to" in done.err
    assert "Traceback" not in done.err


def test_an_aborted_job(service: SandboxServer, job_in: JobIn) -> None:
    """Waiting for a job that is aborted ends with 4; looking at it does not."""
    job_id = job_in("EXECUTING")
    run("jobs", "abort", job_id)
    assert run("jobs", "wait", job_id).code == 4
    assert run("jobs", "show", job_id).code == 0


def test_a_wait_that_is_over(service: SandboxServer, job_in: JobIn) -> None:
    """A deadline ends with 5, and the job runs on."""
    job_id = job_in("PENDING")
    assert run("jobs", "wait", job_id, "--timeout", "0.5").code == 5
    assert run("jobs", "phase", job_id).out == "PENDING\n"


@pytest.mark.parametrize("command", ["show", "phase", "set", "abort", "delete", "results", "error"])
def test_no_such_job(service: SandboxServer, command: str) -> None:
    """An unknown job is 6 for every command that is about one."""
    assert run("jobs", command, "nothing").code == 6


def test_no_such_result(service: SandboxServer, job_in: JobIn) -> None:
    """A result that a job does not have is 6, and those that it has are named."""
    done = run("jobs", "results", job_in("COMPLETED"), "*.fits")
    assert done.code == 6
    assert "expres_test.cdf" in done.err or "spectra" in done.err


def test_another_users_job(service: SandboxServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """What belongs to somebody else is 7; so is a user without a token where nobody is asked."""
    with ServiceUser(service.url, "bob") as bob:
        job_id = bob.create()
    assert run("jobs", "show", job_id).code == 7
    done = run("jobs", "list", "--user", "ann")
    assert done.code == 7
    assert "EXPRES_TOKEN" in done.err


@pytest.mark.timeout(120)
def test_a_service_that_is_away() -> None:
    """A port where nobody listens is 8, after some tries."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"
    done = run("jobs", "list", "--url", url)
    assert done.code == 8
    assert "Traceback" not in done.err


def test_what_is_no_uws_service(quick_opus: SandboxServer) -> None:
    """An answer that is no UWS is 1, and says what came."""
    done = run("jobs", "list", "--url", f"{quick_opus.url}/jdl/ExPRES/json")
    assert done.code == 1
    assert "no XML" in done.err


async def test_a_result_that_may_not_be_fetched(tmp_path: Path) -> None:
    """A result on a host that is not trusted is 9, and the way to trust it is told."""
    result = '<result id="r" xlink:href="http://data.invalid/r.cdf"/>'
    async with raw_server() as raw:
        raw.add("/jobs/1/results", results_document(result))
        words = ("jobs", "results", "1", "-o", tmp_path / "out", "--url", f"{raw.url}/jobs")
        done = await asyncio.to_thread(run, *words)
    assert done.code == 9
    assert "trusted hosts" in done.err


def test_ctrl_c(service: SandboxServer, job_in: JobIn) -> None:
    """Ctrl-C without a question is 130, without a traceback, and the job is left running."""
    job_id = job_in("EXECUTING")
    with TerminalSession("jobs", "logs", job_id, "--follow") as session:
        session.sees("the run has begun")
        session.presses_ctrl_c()
        assert session.ends() == 130
        assert "Traceback" not in session.seen
    assert run("jobs", "phase", job_id).out != "ABORTED\n"


def test_where_the_shell_ignores_ctrl_c() -> None:
    """The tests pass in the background, too: what they start takes Ctrl-C all the same."""
    test = f"{__file__}::{test_ctrl_c.__name__}[opus]"
    command = f"trap '' INT; exec {shlex.quote(sys.executable)} -m pytest -q {shlex.quote(test)}"
    done = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout


def test_a_reader_that_has_enough(service: SandboxServer, job_in: JobIn) -> None:
    """A pipe that is closed early ends the command without a word."""
    job_in("PENDING")
    command = f"{sys.executable} -m prefect_expres.cli.main jobs list --json | true"
    done = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, timeout=60, check=False
    )
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
