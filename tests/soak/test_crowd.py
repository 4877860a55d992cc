"""Twenty processes that ask for one simulation at once get one job (`make crowd` for more)."""

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.soak import crowd
from tests.soak.crowd import gather_crowd

PROCESSES = 20
SOON = 60.0
"""Seconds in which a member ends; what it asks for takes longer by far."""


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_twenty_processes_come_to_one_job(tmp_path: Path) -> None:
    """In each round one job is started, all get its results, and no PENDING job is left."""
    outcome = gather_crowd(PROCESSES, 2, tmp_path)
    assert outcome.is_right(PROCESSES), outcome


def test_a_member_ends_with_its_crowd(tmp_path: Path) -> None:
    """However the crowd ends, and while the member waits for a service that does not answer."""
    command = [sys.executable, crowd.__file__, "--member"]
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        subprocess.Popen(command, stdin=subprocess.PIPE, text=True) as member,
    ):
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/rest/ExPRES"
        assert member.stdin is not None
        member.stdin.write(json.dumps({"url": url, "round": 0, "folder": str(tmp_path)}) + "\n")
        member.stdin.flush()
        silent.accept()
        member.stdin.close()
        try:
            member.wait(SOON)
        finally:
            member.kill()
