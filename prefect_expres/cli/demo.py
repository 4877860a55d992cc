"""The demonstration: a sandbox, a Prefect server and one simulation, all on this machine."""

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
from rich.console import Console

from prefect_expres.errors import ExpresError
from prefect_expres.net.network import PROXY
from prefect_expres.sandbox.serving import SandboxServer

MOON, DAY = "Io", "2018-09-28"
"""A day on which Io's arcs are seen on both sides of the planet, from their start to their end."""
SERVER_START_SECONDS = 180.0
SERVER_STOP_SECONDS = 15.0
_PORTS = range(20_000, 32_000)
"""Below those that systems give to connections."""
_CHANCE = random.SystemRandom()


def run_demo(directory: Path, *, fresh: bool) -> int:
    """Run a routine simulation and give the exit code.

    Prefect's server and the simulation are processes of their own: the simulation has told the
    server everything before the server is stopped.
    """
    console = Console()
    directory = directory.resolve()
    directory.mkdir(parents=True, exist_ok=True)
    with SandboxServer(data=directory / "sandbox") as service:
        console.print(f"Sandbox service on {service.url}", highlight=False)
        console.print("Starting Prefect's server (longer the first time) ...")
        with _prefect_server(directory / "prefect") as environment:
            return _simulate(service.url, directory / "results", environment, fresh=fresh)


def _simulate(url: str, output: Path, environment: dict[str, str], *, fresh: bool) -> int:
    command = [
        *(sys.executable, "-m", "prefect_expres.cli.main", "simulate"),
        *("--moon", MOON, "--day", DAY),
        *("--url", url, "--output", str(output)),
        *(["--reuse", "never"] if fresh else []),
    ]
    return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603 - our own


@contextlib.contextmanager
def _prefect_server(home: Path) -> Iterator[dict[str, str]]:
    """Run a Prefect server with its home here; give the environment that leads to it."""
    home.mkdir(parents=True, exist_ok=True)
    port = free_port()
    environment = os.environ | {
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "0",
        "PREFECT_PROFILES_PATH": str(home / "profiles.toml"),
        "PREFECT_LOGGING_LEVEL": "INFO",
        # The service of the demonstration is on this machine.
        PROXY: "",
        # The folder that the demonstration is started in may hold another prefect_expres, as a
        # checkout does: it must not go before the installed one.
        "PYTHONSAFEPATH": "1",
    }
    command = [
        *(sys.executable, "-m", "prefect", "server", "start"),
        *("--host", "127.0.0.1", "--port", str(port)),
    ]
    with (home / "server.log").open("wb") as log:
        server = subprocess.Popen(  # noqa: S603 - our own command
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            _await_health(server, environment["PREFECT_API_URL"], home / "server.log")
            yield environment
        finally:
            _stop(server)


def _await_health(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + SERVER_START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            if httpx.get(f"{url}/health", trust_env=False, timeout=5).is_success:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    msg = f"Prefect's server did not start; its log is {log}"
    raise ExpresError(msg)


def _stop(server: subprocess.Popen[bytes]) -> None:
    """End the server and the processes that it started."""
    if server.poll() is None:
        os.killpg(server.pid, signal.SIGINT)
    try:
        server.wait(SERVER_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def free_port() -> int:
    """Find a port that nobody listens on, and that no connection takes before somebody does."""
    for port in _CHANCE.sample(_PORTS, 100):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise ExpresError(
        "There is no free port for Prefect's server; end what listens on this machine"
    )
