"""A browser before a real Prefect server, whose deployments are served, with a sandbox behind."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from prefect.settings import PREFECT_API_URL, temporary_settings

from prefect_expres.blocks import ExpresService
from prefect_expres.sandbox.serving import SandboxServer
from tests.support.browser import ROOT, chromium, screenshot_folder
from tests.support.processes import PrefectServer

PATIENCE_MS = 60_000


@pytest.fixture(scope="session")
def server(
    prepared_home: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PrefectServer]:
    """Serve the shipped deployments on a Prefect server of their own."""
    folder = tmp_path_factory.mktemp("ui")
    with PrefectServer(folder / "home", prepared_home) as server:
        script = str(ROOT / "deployments" / "serve.py")
        with server.runs([script], folder / "serve.log") as served:
            served.says("prefect deployment run")
            yield server


@pytest.fixture(scope="session")
def service(server: PrefectServer, engine_sandbox: SandboxServer) -> str:
    """Save the sandbox as a block, and give its name."""
    with temporary_settings({PREFECT_API_URL: server.api_url}):
        ExpresService(base_url=engine_sandbox.url).save("sandbox")
    return "sandbox"


@pytest.fixture
def page(server: PrefectServer) -> Iterator[Page]:
    """Open the UI in Chromium."""
    with chromium() as browser:
        page = browser.new_page(
            base_url=server.api_url.removesuffix("/api"), viewport={"width": 1280, "height": 900}
        )
        page.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)
        yield page


@pytest.fixture(scope="session")
def screenshots() -> Path:
    """Make the folder of the pictures that are kept for people to look at."""
    return screenshot_folder()
