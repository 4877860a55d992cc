"""Debian's Chromium, and where its pictures are kept."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parent.parent.parent


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser; without it the test is skipped."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("chromium is not installed; apt-get install chromium brings it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


def screenshot_folder() -> Path:
    """Make the folder of the pictures that are kept for people to look at."""
    default = ROOT / "test-artifacts" / "screenshots"
    folder = Path(os.environ.get("EXPRES_SCREENSHOTS", default))
    folder.mkdir(parents=True, exist_ok=True)
    return folder
