"""A folder with published simulations, and a TAP service that serves it."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from prefect_expres.archive import Archive, Publication, publish_simulations, simulation_folders
from tests.support.complete import complete_simulation, on_days
from tests.support.fitting import fixed_observer
from tests.support.tap_server import TapService, serving_tap

DAYS = ("20180913", "20180914", "20180920")


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make complete simulations of three days."""
    output = tmp_path_factory.mktemp("runs")

    async def made() -> None:
        for content in on_days(fixed_observer(), DAYS):
            await complete_simulation(output, content)

    asyncio.run(made())
    return output


@pytest.fixture(scope="session")
def served(runs: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TapService]:
    """Serve the simulations, which are published."""
    with serving_tap(tmp_path_factory.mktemp("published")) as service:
        folders = simulation_folders(str(runs))
        asyncio.run(publish_simulations(folders, publication_at(service.root, service.files)))
        yield service


@pytest.fixture
def tap(served: TapService) -> TapService:
    """Give the service as it is at first."""
    served.reset()
    return served


@pytest.fixture
def archive(tap: TapService) -> Archive:
    """Name the archive that is served."""
    return Archive(url=tap.url)


def publication_at(root: Path, url: str) -> Publication:
    """Say where a folder is published."""
    return Publication(folder=str(root), url=url, publisher="Tests & Co", creator="Tester, A.")
