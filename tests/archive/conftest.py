"""The archive that is served."""

from pathlib import Path

import pytest

from prefect_expres.archive import Archive
from tests.support.tap_server import TapService


@pytest.fixture
def archive(tap: TapService) -> Archive:
    """Name the archive that is served."""
    return Archive(url=tap.url)


@pytest.fixture
def runs(served_archive: tuple[Path, TapService]) -> Path:
    """Give the output with the simulations that are published."""
    return served_archive[0]
