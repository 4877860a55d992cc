"""SIGTERM to a command: what is to be done at exit is done, and nothing more."""

import signal
from pathlib import Path

import pytest

from tests.support.processes import Child

COMMAND = """
import atexit, os, signal, sys
from prefect_expres.cli.console.signals import signals_end

class Module:
    def __del__(self, write=os.write):
        write(1, b"memory is freed")

kept = Module()
with signals_end():
    atexit.register(print, "the last lines are sent")
    print("it runs", flush=True)
    {last}
"""


@pytest.mark.parametrize(
    ("last", "code", "freed"), [("signal.pause()", 143, False), ("sys.exit(3)", 3, True)]
)
def test_a_command_that_is_told_to_end(
    last: str, code: int, *, freed: bool, tmp_path: Path
) -> None:
    """Freeing the memory of all modules would take seconds that it may not have."""
    with Child(["-c", COMMAND.format(last=last)], tmp_path / "log", {}) as child:
        child.says("it runs")
        if code == 143:
            child.signal(signal.SIGTERM)
        assert child.end() == code, child.output
    assert "the last lines are sent" in child.output
    assert ("memory is freed" in child.output) is freed
