"""Serve the sandbox: in a thread for tests and the demonstration, or until it is stopped."""

import socket
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import uvicorn

from prefect_expres.errors import ExpresError
from prefect_expres.sandbox.app import Settings, create_app
from prefect_expres.sandbox.store import Store
from prefect_expres.sandbox.writer import Dialect

ENGINE = (sys.executable, "-m", "prefect_expres.sandbox.run_job")
START_SECONDS = 20.0
STOP_SECONDS = 5


class SandboxServer:
    """A sandbox in a thread of this process, as a context manager.

    Args:
        data: Folder of jobs and results; they survive a restart.
        dialect: ``opus`` or ``standard``.
        port: Port on 127.0.0.1; 0 chooses a free one.
        command: What runs a job; the job's folder is its last argument.
        limits: ``parallel`` and ``active_jobs`` of `Settings`.
    """

    def __init__(
        self,
        data: Path,
        dialect: Dialect = "opus",
        port: int = 0,
        command: Sequence[str] = ENGINE,
        **limits: int,
    ) -> None:
        self._settings = Settings(data=data, command=command, dialect=dialect, **limits)
        self._socket = _bound("127.0.0.1", port)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def __enter__(self) -> Self:
        """Start serving."""
        self._store = Store(self._settings.data)
        self._server = uvicorn.Server(_config(create_app(self._settings, self._store)))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        deadline = time.monotonic() + START_SECONDS
        while not self._server.started:
            if time.monotonic() > deadline or not self._thread.is_alive():
                msg = "The sandbox did not start"
                raise ExpresError(msg)
            time.sleep(0.01)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop serving; every run is ended."""
        self._server.should_exit = True
        self._thread.join()
        self._store.close()
        self._socket.close()

    def jobs_url(self, job_list: str = "ExPRES") -> str:
        """Give the URL of a job list."""
        return f"{self.url}/rest/{job_list}"

    def created_count(self) -> int:
        """Count the jobs that were ever created."""
        return self._store.created_count()

    def _serve(self) -> None:
        self._server.run(sockets=[self._socket])


def serve(*, host: str, port: int, data: Path, dialect: Dialect) -> None:
    """Serve until Ctrl-C or SIGTERM."""
    with _bound(host, port) as listening:
        store = Store(data)
        address = f"http://{host}:{listening.getsockname()[1]}"
        print(f"Sandbox service on {address}/rest/ExPRES, data in {data}", flush=True)  # noqa: T201
        app = create_app(Settings(data=data, command=ENGINE, dialect=dialect), store)
        try:
            uvicorn.Server(_config(app)).run(sockets=[listening])
        finally:
            store.close()


def _config(app: Any) -> uvicorn.Config:
    return uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=STOP_SECONDS)


def _bound(host: str, port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((host, port))
    return listening
