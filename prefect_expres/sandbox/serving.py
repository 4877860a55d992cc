"""Serve the sandbox: in a thread, for tests and the demonstration, or until it is stopped."""

import asyncio
import contextlib
import functools
import logging
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import uvicorn

from prefect_expres.errors import ExpresError
from prefect_expres.sandbox.app import WebService
from prefect_expres.sandbox.behaviour import SOUND, Behaviour
from prefect_expres.sandbox.dialects import DialectName, dialect_named
from prefect_expres.sandbox.store import Store

ENGINE = (sys.executable, "-P", "-m", "prefect_expres.sandbox.run_job")
"""What runs a job; ``-P`` keeps a checkout that the service is started in off the path."""
LOOPBACK = "127.0.0.1"
START_SECONDS = 20.0
STOP_SECONDS = 5
_log = logging.getLogger("uvicorn.error")


class SandboxServer:
    """A sandbox in a thread of this process, as a context manager.

    Args:
        data: Folder of jobs and results; they survive a restart.
        dialect: ``opus`` or ``standard``.
        port: Port to listen on; 0 chooses a free one.
        command: The command that runs a job; the folder of the job is its last argument.
        host: Address to listen on.
        behaviour: Its limits, and its faults.
    """

    def __init__(
        self,
        data: Path,
        dialect: DialectName = "opus",
        port: int = 0,
        command: Sequence[str] = ENGINE,
        *,
        host: str = LOOPBACK,
        behaviour: Behaviour = SOUND,
    ) -> None:
        self._data = data
        self._made = functools.partial(
            WebService, dialect=dialect_named(dialect), command=command, behaviour=behaviour
        )
        self._socket = _bound(host, port)
        self.url = _url(host, self._socket)

    def __enter__(self) -> Self:
        """Start serving."""
        try:
            self._store = Store(self._data)
        except ExpresError:
            self._socket.close()
            raise
        self._server = _Server(self._made(self._store))
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
        """Return the URL of a job list."""
        return f"{self.url}/rest/{job_list}"

    def created_count(self) -> int:
        """Count the jobs that were ever created."""
        return self._store.job_count()

    def started_count(self) -> int:
        """Count the jobs that were ever started."""
        return self._store.job_count(event="started")

    def job_count(self, job_list: str = "ExPRES") -> int:
        """Count the jobs that were ever created in a job list, including deleted ones."""
        return self._store.job_count(job_list)

    def _serve(self) -> None:
        self._server.run(sockets=[self._socket])


def serve(
    data: Path,
    dialect: DialectName,
    port: int,
    command: Sequence[str] = ENGINE,
    *,
    host: str = LOOPBACK,
    behaviour: Behaviour = SOUND,
) -> None:
    """Serve until Ctrl-C, SIGTERM or SIGHUP; then end every run, without a traceback.

    Args:
        data: Folder of jobs and results.
        dialect: ``opus`` or ``standard``.
        port: Port to listen on; 0 chooses a free one.
        command: The command that runs a job; the folder of the job is its last argument.
        host: Address to listen on.
        behaviour: Its limits, and its faults.
    """
    with _bound(host, port) as listening, contextlib.closing(Store(data)) as store:
        service = WebService(store, dialect_named(dialect), command, behaviour)
        address = f"{_url(host, listening)}/rest/ExPRES"
        print(f"Sandbox service on {address}, data in {data}", flush=True)  # noqa: T201 - for its user
        asyncio.run(_serve_until_stopped(_Server(service), listening))


async def _serve_until_stopped(server: "_Server", listening: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, server.stop)
    await server.serve(sockets=[listening])


class _Server(uvicorn.Server):
    """Uvicorn without signal handlers, which ends requests that wait for a job when it stops."""

    def __init__(self, service: WebService) -> None:
        # The event loop of the standard library runs processes from any thread.
        super().__init__(
            uvicorn.Config(
                service.app(),
                loop="asyncio",
                log_level="error",
                timeout_graceful_shutdown=STOP_SECONDS,
            )
        )
        self._service = service

    def stop(self) -> None:
        """Ask the server to stop."""
        self.should_exit = True

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the caller: uvicorn would raise them again."""
        yield

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End requests that wait for a job; downloads that are cut off are not logged as errors."""
        self._service.release()
        _log.addFilter(_nothing)
        try:
            await super().shutdown(sockets)
        finally:
            _log.removeFilter(_nothing)


def _nothing(record: logging.LogRecord) -> bool:
    return False


def _bound(host: str, port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as fault:
        listening.close()
        msg = f"Cannot listen on {host}, port {port}: {fault.strerror}; choose another one"
        raise ExpresError(msg) from None
    # From here on requests wait to be served instead of being refused.
    listening.listen()
    return listening


def _url(host: str, listening: socket.socket) -> str:
    name = f"[{host}]" if ":" in host else host
    return f"http://{name}:{listening.getsockname()[1]}"
