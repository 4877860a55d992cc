"""Fixtures for the engine."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keep the field lines of all runs of the engine: each shell is traced once."""
    return tmp_path_factory.mktemp("tables")
