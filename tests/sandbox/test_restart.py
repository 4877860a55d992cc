"""The service stops cleanly, survives being killed, and goes on from what it had."""

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from prefect_expres.errors import ExpresError
from prefect_expres.sandbox import SandboxServer
from tests.support.quick import QUICK_RUN
from tests.support.service_user import ServiceUser, alive, process_id, until_gone

_SERVE = """
import sys
from pathlib import Path
from prefect_expres.sandbox.behaviour import Behaviour
from prefect_expres.sandbox.serving import serve
serve(Path(sys.argv[1]), "opus", 0, sys.argv[2:], behaviour=Behaviour(parallel=1))
"""


@contextmanager
def served(data: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Serve in a process of its own; give the process and its URL."""
    service = subprocess.Popen(
        [sys.executable, "-c", _SERVE, str(data), *QUICK_RUN],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert service.stdout is not None
        told = re.search(r"http://[\d.:]+", service.stdout.readline())
        assert told is not None
        yield service, told[0]
    finally:
        service.kill()
        service.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signal_stops_the_service_and_its_runs(tmp_path: Path, number: signal.Signals) -> None:
    """Ctrl-C and its kin end the service and its runs, quickly and without a trace."""
    with served(tmp_path) as (service, url), ServiceUser(url, "ann") as ann:
        pid = process_id(ann.until(ann.run("child sleep=60"), "EXECUTING"))
        began = time.monotonic()
        service.send_signal(number)
        _, errors = service.communicate(timeout=20)
        assert time.monotonic() - began < 10
    assert (service.returncode, errors) == (0, "")
    assert not alive(pid)


def test_wait_does_not_hold_up_the_end(tmp_path: Path) -> None:
    """A service with a waiting client stops at once, and the client gets its answer."""
    server = SandboxServer(tmp_path, command=QUICK_RUN)
    with ServiceUser(server.url, "ann") as ann, ThreadPoolExecutor() as pool:
        with server:
            job_id = ann.run("sleep=60")
            ann.until(job_id, "EXECUTING")
            waiting = pool.submit(ann.get, job_id, WAIT=60)
            time.sleep(0.3)
            assert not waiting.done()
            began = time.monotonic()
        assert time.monotonic() - began < 4
        assert "<uws:phase>EXECUTING<" in waiting.result().text


def test_killed_service_takes_its_runs_along(tmp_path: Path) -> None:
    """After SIGKILL no run goes on; a new service ends what executed and runs what waited."""
    with served(tmp_path) as (service, url), ServiceUser(url, "ann") as ann:
        pending = ann.create(runId="p")
        executing, queued = ann.run("child sleep=60"), ann.run(runId="q")
        known = ann.ids()
        pid = process_id(ann.until(executing, "EXECUTING"))
        while not (child := re.search(r"child (\d+)", ann.get(f"{executing}/stdout").text)):
            continue
        service.kill()
        until_gone(pid)
        until_gone(int(child[1]))
    with (
        SandboxServer(tmp_path, command=QUICK_RUN) as server,
        ServiceUser(server.url, "ann") as ann,
    ):
        assert ann.ids() == known
        assert ann.phase(executing) == "ERROR"
        assert "restarted" in ann.get(f"{executing}/error").text
        assert ann.get(f"{executing}/stdout").text.startswith("the run has begun")
        ann.until(queued, "COMPLETED")
        assert ann.phase(pending) == "PENDING"
        assert server.job_count() == 3


def test_jobs_and_files_survive_a_restart(tmp_path: Path) -> None:
    """A job's document and its files are the same after a restart on the same port."""
    with (
        SandboxServer(tmp_path, command=QUICK_RUN) as server,
        ServiceUser(server.url, "ann") as ann,
    ):
        port = int(server.url.rpartition(":")[2])
        job_id = ann.run(runId="kept")
        ann.until(job_id, "COMPLETED")
        while "provxml" not in (before := ann.get(job_id).text):
            continue
        deleted = ann.create()
        ann.http.delete(f"{ann.list_path}/{deleted}")
    with (
        SandboxServer(tmp_path, command=QUICK_RUN, port=port) as server,
        ServiceUser(server.url, "ann") as ann,
    ):
        assert ann.get(job_id).text == before
        href = re.search(r'xlink:href="([^"]*store[^"]*)"', before)
        assert href is not None
        assert len(ann.http.get(href[1]).content) == 256 * 1200
        assert ann.get(deleted).status_code == 404
        assert server.job_count() == 2


def test_no_process_is_left_when_the_server_ends(tmp_path: Path) -> None:
    """Leaving the context ends every run."""
    with (
        SandboxServer(tmp_path, command=QUICK_RUN) as server,
        ServiceUser(server.url, "ann") as ann,
    ):
        pids = [process_id(ann.until(ann.run("sleep=60"), "EXECUTING")) for _ in range(2)]
        assert all(alive(pid) for pid in pids)
    assert not any(alive(pid) for pid in pids)


def test_directory_and_port_belong_to_one_service(tmp_path: Path) -> None:
    """A second service on the same directory or port is refused in plain words."""
    with SandboxServer(tmp_path, command=QUICK_RUN) as server:
        second = SandboxServer(tmp_path, command=QUICK_RUN)
        with pytest.raises(ExpresError, match="Another sandbox uses"):
            second.__enter__()
        port = int(server.url.rpartition(":")[2])
        with pytest.raises(ExpresError, match="Cannot listen on"):
            SandboxServer(tmp_path, port=port)
