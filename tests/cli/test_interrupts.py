"""Ctrl-C during a wait asks what to do with the job on the service."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable

import pytest

from prefect_expres.sandbox.serving import SandboxServer
from tests.support.service_user import ServiceUser
from tests.support.terminal_session import TerminalSession

Run = Callable[..., str]


@pytest.fixture
def run_job(service: SandboxServer) -> Run:
    """Run a job that sleeps, and give its id."""

    def run(seconds: float = 60) -> str:
        with ServiceUser(service.url) as guest:
            job_id = guest.run(f"sleep={seconds}")
            guest.until(job_id, "EXECUTING")
            return job_id

    return run


def phase_of(service: SandboxServer, job_id: str) -> str:
    """Read a job's phase."""
    with ServiceUser(service.url) as guest:
        return guest.phase(job_id)


def test_it_can_be_left_running(service: SandboxServer, run_job: Run) -> None:
    """The command that waits again is shown, and the exit code is that of Ctrl-C."""
    job_id = run_job()
    with TerminalSession("jobs", "wait", job_id) as session:
        session.sees("EXECUTING")
        session.presses_ctrl_c()
        session.sees("keep waiting")
        session.types("l")
        session.sees(f"jobs wait {service.jobs_url()}/{job_id}")
        assert session.ends() == 130
    assert phase_of(service, job_id) == "EXECUTING"


def test_it_can_be_aborted(service: SandboxServer, run_job: Run) -> None:
    """The job is stopped, and the exit code is that of an aborted one."""
    job_id = run_job()
    with TerminalSession("jobs", "wait", job_id) as session:
        session.sees("EXECUTING")
        session.presses_ctrl_c()
        session.sees("abort it")
        session.types("a")
        session.sees("Aborted on your request")
        assert session.ends() == 4
    assert phase_of(service, job_id) == "ABORTED"


def test_the_wait_can_go_on(service: SandboxServer, run_job: Run) -> None:
    """An answer that is none is asked again; after it the wait ends as it would have."""
    job_id = run_job(6)
    with TerminalSession("jobs", "wait", job_id) as session:
        session.sees("EXECUTING")
        session.presses_ctrl_c()
        session.sees("keep waiting")
        session.types("what?")
        session.sees("keep waiting")
        session.types("k")
        session.sees(f"{job_id} COMPLETED")
        assert session.ends() == 0


def test_ctrl_c_at_the_question_leaves_it(service: SandboxServer, run_job: Run) -> None:
    """Who presses it twice wants to get away, not to stop the job."""
    job_id = run_job()
    with TerminalSession("jobs", "wait", job_id) as session:
        session.sees("EXECUTING")
        session.presses_ctrl_c()
        session.sees("keep waiting")
        session.presses_ctrl_c()
        assert session.ends() == 130
    assert phase_of(service, job_id) == "EXECUTING"


def test_without_a_terminal_it_is_left_running(service: SandboxServer, run_job: Run) -> None:
    """Nobody can be asked: the way back to the job is told on stderr."""
    job_id = run_job()
    process = subprocess.Popen(
        [sys.executable, "-m", "prefect_expres.cli.main", "jobs", "wait", job_id, "--json"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ,
    )
    assert process.stderr is not None
    assert "EXECUTING" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out == ""
    assert f"jobs wait {service.jobs_url()}/{job_id}" in err
    assert phase_of(service, job_id) == "EXECUTING"


def test_deleting_asks_first(service: SandboxServer, run_job: Run) -> None:
    """At a terminal a job is deleted after a yes only, or unasked with --yes."""
    job_id = run_job()
    with TerminalSession("jobs", "delete", job_id) as session:
        session.sees("Delete with all results?")
        session.types("n")
        assert session.ends() == 1
    assert phase_of(service, job_id) == "EXECUTING"
    with TerminalSession("jobs", "delete", job_id, "--yes") as session:
        assert session.ends() == 0
    with ServiceUser(service.url) as guest:
        assert guest.ids() == []
