"""Twenty processes that ask for one simulation at once get one job (`make crowd` for more)."""

from pathlib import Path

import pytest

from tests.soak.crowd import gather_crowd

PROCESSES = 20


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_twenty_processes_come_to_one_job(tmp_path: Path) -> None:
    """In each round one job is started, all get its results, and no PENDING job is left."""
    outcome = gather_crowd(PROCESSES, 2, tmp_path)
    assert outcome.is_right(PROCESSES), outcome
