"""The command line, run in this process as its user does."""

import contextlib
import io
import json
import os
from dataclasses import dataclass
from typing import Any
from unittest import mock

import pytest

from prefect_expres.cli.main import main


@dataclass(frozen=True)
class Done:
    """How a command ended: its exit code, and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def found(self) -> Any:
        """What it printed as JSON."""
        return json.loads(self.out)


def run(*words: object) -> Done:
    """Run a command and give how it ended; what it sets in the environment goes with it."""
    out, err = io.StringIO(), io.StringIO()
    with (
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        mock.patch.dict(os.environ),
        pytest.raises(SystemExit) as ended,
    ):
        main([str(word) for word in words])
    return Done(int(ended.value.code or 0), out.getvalue(), err.getvalue())
