"""The command line in a process of its own, at a terminal: what people see, and what they type."""

import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Self

import pytest

PATIENCE = 60.0


class TerminalSession:
    """A command at a terminal, as a context manager.

    Args:
        words: The command and what it is told.
        environment: Added to this process's own.
    """

    def __init__(self, *words: object, environment: Mapping[str, str] | None = None) -> None:
        self.seen = ""
        self._passed = 0
        self._terminal, theirs = pty.openpty()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "prefect_expres.cli.main", *map(str, words)],
            env=os.environ | {"TERM": "xterm", "COLUMNS": "200"} | (environment or {}),
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End it for good."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        os.close(self._terminal)

    def sees(self, words: str) -> None:
        """Wait until the words are shown, after those that were waited for before."""
        deadline = time.monotonic() + PATIENCE
        while (at := self.seen.find(words, self._passed)) < 0:
            ended = self._process.poll() is not None
            if not self._read() and (ended or time.monotonic() > deadline):
                pytest.fail(f"{words!r} was not shown, but:\n{self.seen}")
        self._passed = at + len(words)

    def types(self, text: str) -> None:
        """Type a line."""
        os.write(self._terminal, f"{text}\n".encode())

    def presses_ctrl_c(self) -> None:
        """Press Ctrl-C."""
        self._process.send_signal(signal.SIGINT)

    def ends(self) -> int:
        """Wait for its end and give its exit code."""
        deadline = time.monotonic() + PATIENCE
        while self._process.poll() is None:
            self._read()
            assert time.monotonic() < deadline, self.seen
        while self._read():
            pass
        return int(self._process.returncode)

    def _read(self) -> bool:
        """Take what is shown within a moment; say whether there was something."""
        ready, _, _ = select.select([self._terminal], [], [], 0.1)
        if not ready:
            return False
        try:
            text = os.read(self._terminal, 65_536).decode("utf-8", "replace")
        except OSError:
            # The other end is closed.
            return False
        self.seen += text
        return bool(text)
