"""A fresh Prefect server for each test, and what it holds."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.processes import PrefectServer, flows_on_server


@pytest.fixture
def server(migrated_home: Path, tmp_path: Path) -> Iterator[PrefectServer]:
    """Run a server on which nothing is registered; this process talks to it, too."""
    with flows_on_server(tmp_path / "home", migrated_home) as server:
        yield server
