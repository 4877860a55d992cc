"""Look at the form of campaigns."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.timeout(420)


def test_form(page: Page, service: str, screenshots: Path, tmp_path: Path) -> None:
    """Screenshot."""
    page.goto("/v2/deployments")
    page.get_by_role("link", name="campaign", exact=True).first.click()
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Custom run").click()
    expect(page.get_by_text("Parameters", exact=True)).to_be_visible()
    page.wait_for_timeout(1500)
    page.screenshot(path=screenshots / "6-campaign-form.png", full_page=True)
