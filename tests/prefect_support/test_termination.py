"""A signal ends a flow run in order, wherever in its process it arrives."""

import signal
from pathlib import Path

import pytest

from tests.support.processes import PrefectServer


@pytest.mark.parametrize("how", ["sync", "async"])
@pytest.mark.parametrize("where", ["callback", "finalizer", "hangup", "another task"])
def test_a_signal_ends_the_flow(
    server: PrefectServer, tmp_path: Path, how: str, where: str
) -> None:
    """Python prints an exception that a handler raises there, and the flow would go on."""
    command = ["-m", "tests.prefect_support.ended_flows", how, where]
    with server.runs(command, tmp_path / "log") as child:
        assert child.end(45) == -signal.SIGTERM, child.output
        printed = child.output
    assert printed.count("all in order") == 1
    assert printed.count("in order") == 2
    assert "ignored" not in printed
    assert "Traceback" not in printed
