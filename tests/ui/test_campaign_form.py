"""The form of campaigns, in a real browser: a plan is a card whose fields speak for themselves."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.timeout(420)


def test_plans_are_cards(page: Page, screenshots: Path) -> None:
    """A routine plan asks for days, moons and observers; the other kind asks for files."""
    page.goto("/v2/deployments")
    page.get_by_role("link", name="campaign", exact=True).first.click()
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Custom run").click()
    for title in ("First day", "Last day", "Moons", "Observers", "Most failures"):
        expect(page.get_by_text(title).first).to_be_visible()
    page.screenshot(path=screenshots / "6-campaign-form.png", full_page=True)
    page.get_by_role("tab", name="Configuration files").click()
    expect(page.get_by_text("First day")).to_have_count(0)
    expect(page.get_by_text("Tells this kind of plan from the others.")).to_be_visible()
