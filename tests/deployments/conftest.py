"""A fresh Prefect server for each test, and what it holds."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings
from processes import PrefectServer


@pytest.fixture
def server(migrated_home: Path, tmp_path: Path) -> Iterator[PrefectServer]:
    """Run a server on which nothing is registered; this process talks to it, too."""
    with (
        PrefectServer(tmp_path / "home", migrated_home) as server,
        temporary_settings({PREFECT_API_URL: server.api_url}),
    ):
        yield server
