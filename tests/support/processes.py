"""Real processes for the tests of flows: a Prefect server, a sandbox, and what runs flows.

Each is ended by its own id when its context is left, also when a test fails; a wait that fails
shows what the processes have printed.
"""

import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import httpx
import pytest

from prefect_expres.cli.demo import free_port
from prefect_expres.uws import JobRef, Phase
from prefect_expres.uws.xml import read_jobs
from tests.support import loopback

HERE = Path(__file__).parent
USER = ("astronomer", "t0ken-of-the-block")
OFTEN, SELDOM = 0.05, 0.2
"""Seconds between looks; one at Prefect's server takes it some milliseconds."""
_LOG = "server.log"
_PREPARED = {
    "PREFECT_SERVER_REGISTER_BLOCKS_ON_START": "0",
    # To look whether they have changed would import every collection.
    "PREFECT_SERVER_MEMOIZE_BLOCK_AUTO_REGISTRATION": "0",
}
"""What a server need not do whose home is prepared."""

T = TypeVar("T")


class Child:
    """A process in a group of its own, as a context manager.

    Args:
        command: What it runs; the program stands before it.
        log: Gets what it prints.
        environment: Added to this process's own.
        program: The program, ``python`` by default.
        user: Whom it runs as, if root is to be somebody else.
    """

    def __init__(
        self,
        command: list[str],
        log: Path,
        environment: Mapping[str, str],
        *,
        program: str = sys.executable,
        user: str | None = None,
    ) -> None:
        self._log = log
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [program, *command],
                env=os.environ | environment,
                user=user,
                group=user,
                cwd="/" if user else None,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End it and what it has started, for good."""
        if not self.ended:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    @property
    def pid(self) -> int:
        """Its id."""
        return self._process.pid

    @property
    def output(self) -> str:
        """What it has printed so far."""
        return self._log.read_text("utf-8", "replace")

    @property
    def ended(self) -> bool:
        """It runs no more."""
        return self._process.poll() is not None

    def signal(self, number: signal.Signals) -> float:
        """Send it a signal; give the moment."""
        os.kill(self._process.pid, number)
        return time.monotonic()

    def end(self, seconds: float = 120) -> int:
        """Wait for its end and give its exit code."""
        until(lambda: self.ended, "the end of the process", self, seconds)
        return int(self._process.returncode)

    def says(self, words: str, seconds: float = 120) -> None:
        """Wait until it prints these words."""
        until(lambda: words in self.output, repr(words), self, seconds)


def until(
    look: Callable[[], T],
    what: str,
    child: Child,
    seconds: float = 120,
    every: float = OFTEN,
) -> T:
    """Look again and again until something is found.

    Fail after some time, or when a process has ended without it, and show what it has printed.
    """
    deadline = time.monotonic() + seconds
    while True:
        last = child.ended or time.monotonic() > deadline
        if found := look():
            return found
        if last:
            pytest.fail(f"{what} did not come in {seconds} s. The process printed:\n{child.output}")
        time.sleep(every)


class Sandbox:
    """A sandbox in a process of its own; a new one goes on with its port and data.

    Args:
        data: Folder of its jobs.
        parallel: How many jobs run at once.
    """

    def __init__(self, data: Path, parallel: int = 2) -> None:
        self._data = data
        self._port = free_port()
        self._parallel = parallel
        self.url = f"http://127.0.0.1:{self._port}"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *fault: object) -> None:
        self.process.__exit__(None, None, None)

    def start(self) -> None:
        """Serve, and wait until it does."""
        script = str(HERE / "serve_sandbox.py")
        command = [script, str(self._port), str(self._data), str(self._parallel)]
        self.process = Child(command, self._data.with_suffix(".log"), {})
        until(lambda: _answers(f"{self.url}/rest/ExPRES"), "the sandbox", self.process)

    def stop(self, number: signal.Signals) -> None:
        """End it with a signal."""
        self.process.signal(number)
        self.process.end()

    def jobs(self, job_list: str = "ExPRES") -> list[JobRef]:
        """Read the job list."""
        answer = loopback.get(f"{self.url}/rest/{job_list}", auth=USER, timeout=30)
        return list(read_jobs(answer.raise_for_status().content))

    def phases(self) -> list[Phase]:
        """Give the phase of every job, oldest first."""
        return [job.phase for job in self.jobs()]

    def created_count(self) -> int:
        """Count the jobs that were ever created, deleted ones too."""
        return self._count("created")

    def started_count(self) -> int:
        """Count the jobs that were ever started, deleted ones too."""
        return self._count("started")

    def _count(self, event: str) -> int:
        query = "SELECT coalesce(sum(jobs), 0) FROM counts WHERE event = ?"
        with contextlib.closing(sqlite3.connect(self._data / "jobs.sqlite")) as database:
            return int(database.execute(query, (event,)).fetchone()[0])


class PrefectServer:
    """A Prefect server in a process of its own; a new one goes on with its port and database.

    Args:
        home: Its folder.
        prepared: A home that `prepare` has made: the server begins with a copy of it, in half the
            time. Without one it migrates its database and registers the blocks itself.
    """

    def __init__(self, home: Path, prepared: Path | None = None) -> None:
        if prepared:
            shutil.copytree(prepared, home, ignore=shutil.ignore_patterns(_LOG))
        home.mkdir(exist_ok=True)
        self._log = home / _LOG
        self._port = free_port()
        self.api_url = f"http://127.0.0.1:{self._port}/api"
        self.environment = home_environment(home) | {
            "PREFECT_API_URL": self.api_url,
            "PREFECT_RUNNER_POLL_FREQUENCY": "1",
            "PREFECT_WORKER_QUERY_SECONDS": "1",
            **(_PREPARED if prepared else {}),
        }

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *fault: object) -> None:
        self.process.__exit__(None, None, None)

    def start(self) -> None:
        """Serve, and wait until it does."""
        address = ["--host", "127.0.0.1", "--port", str(self._port)]
        command = ["-m", "prefect", "server", "start", *address]
        self.process = Child(command, self._log, self.environment)
        until(lambda: _answers(f"{self.api_url}/health"), "the server", self.process, 150)

    def stop(self) -> None:
        """End it as Ctrl-C does."""
        self.process.signal(signal.SIGINT)
        self.process.end()

    def runs(self, command: list[str], log: Path) -> Child:
        """Start a process that talks to this server."""
        return Child(command, log, self.environment)


@contextlib.contextmanager
def flows_on_server(home: Path, prepared: Path) -> Iterator[PrefectServer]:
    """Run a Prefect server, and have the flows of this process run on it.

    Args:
        home: Its folder.
        prepared: A home that `prepare` has made.
    """
    with PrefectServer(home, prepared) as server, flows_going_to(server):
        yield server


@contextlib.contextmanager
def flows_going_to(server: PrefectServer) -> Iterator[None]:
    """Have the flows of this process run on a server, their events and logs included.

    What sends these keeps its connection to the server that it was started for.
    """
    from prefect.events.worker import EventsWorker  # noqa: PLC0415 - seconds, for few tests
    from prefect.logging.handlers import APILogWorker  # noqa: PLC0415
    from prefect.settings import PREFECT_API_URL, temporary_settings  # noqa: PLC0415

    def drain() -> None:
        APILogWorker.drain_all()
        EventsWorker.drain_all()

    drain()
    with temporary_settings({PREFECT_API_URL: server.api_url}):
        yield
        drain()


def prepare(home: Path) -> None:
    """Make a home whose database a server has migrated, and in which all blocks are registered."""
    with PrefectServer(home) as server:
        server.stop()


def home_environment(home: Path) -> dict[str, str]:
    """Give the environment that makes a folder Prefect's home."""
    return {
        "PREFECT_HOME": str(home),
        "PREFECT_PROFILES_PATH": str(home / "profiles.toml"),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "0",
    }


def _answers(url: str) -> bool:
    try:
        return loopback.get(url, timeout=5).is_success
    except httpx.HTTPError:
        return False
