"""A PostgreSQL server as Debian brings it, started for a test in a folder of its own."""

import os
import shutil
import signal
import tempfile
from pathlib import Path
from typing import Self

from prefect_expres.cli.demo import free_port
from tests.support.processes import Child

HOMES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
SUPERUSER = "prefect"


class PostgreSQL:
    """A PostgreSQL server on a free port of this machine, as a context manager.

    PostgreSQL refuses to run as root, who then starts it as the user that Debian made for it.
    """

    def __init__(self) -> None:
        self._user = "postgres" if os.geteuid() == 0 else None
        # The user must be able to reach it, and the folders of tests are closed to others.
        self._folder = Path(tempfile.mkdtemp(prefix="postgresql-", dir="/var/tmp"))
        self._port = free_port()
        self.url = f"postgresql+asyncpg://{SUPERUSER}@127.0.0.1:{self._port}/postgres"

    def __enter__(self) -> Self:
        if self._user:
            shutil.chown(self._folder, self._user)
        data = str(self._folder / "data")
        words = ["--pgdata", data, "--username", SUPERUSER, "--auth", "trust", "--no-sync"]
        with self._runs("initdb", *words, "--encoding", "UTF8", "--locale", "C") as init:
            assert init.end() == 0, init.output
        settings = ("listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off")
        options = [word for setting in settings for word in ("-c", setting)]
        self.process = self._runs("postgres", "-D", data, "-p", str(self._port), *options)
        self.process.says("ready to accept connections")
        return self

    def __exit__(self, *fault: object) -> None:
        """End it in order: its many processes write until it has ended."""
        with self.process:
            self.process.signal(signal.SIGINT)
            self.process.end()
        shutil.rmtree(self._folder)

    def ask(self, query: str) -> str:
        """Give the answer to a query, as psql prints it without ornaments."""
        log = self._folder / "psql.log"
        log.unlink(missing_ok=True)
        address = f"postgresql://{SUPERUSER}@127.0.0.1:{self._port}/postgres"
        with self._runs("psql", "-At", "-c", query, address, log=log) as psql:
            assert psql.end() == 0, psql.output
            return psql.output.strip()

    def _runs(self, program: str, *words: str, log: Path | None = None) -> Child:
        path = log or self._folder / "server.log"
        return Child(list(words), path, {}, program=str(HOMES[-1] / program), user=self._user)
