"""Run a campaign as a person does: from the form of its deployment, in a real browser."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.ui.form import await_completion, choose_service, field, open_artifact, open_form, submit

pytestmark = pytest.mark.timeout(420)


def test_campaign_is_run_from_the_form(
    page: Page, service: str, screenshots: Path, configuration: dict[str, Any], tmp_path: Path
) -> None:
    """Plan files, and see each simulation by its name, the failed one too, and the table."""
    runs = tmp_path / "runs"
    runs.mkdir()
    for name in ("dawn", "dusk"):
        (runs / f"{name}.json").write_text(json.dumps(configuration))
    (runs / "wrong.json").write_text("{}")

    def keep(name: str) -> None:
        page.screenshot(path=screenshots / f"{name}.png", full_page=True)

    open_form(page, "campaign")
    keep("6-campaign-form")
    page.get_by_role("tab", name="Configuration files").click()
    page.get_by_role("button", name="Add item").first.click()
    page.get_by_role("tabpanel", name="Configuration files").get_by_role("textbox").first.fill(
        str(runs / "*.json")
    )
    choose_service(page, service)
    field(page, "Output folder").fill(str(tmp_path / "out"))
    keep("7-campaign-form-filled")
    submit(page)
    await_completion(page)
    expect(page.get_by_text("runs", exact=True).first).to_be_visible()
    page.get_by_role("tab", name="Task Runs").click()
    for name in ("dawn", "dusk", "wrong"):
        expect(page.get_by_text(name, exact=True).first).to_be_visible()
    keep("8-campaign-run")
    run = page.url
    for kind, sight in (
        ("simulations", page.get_by_text("ConfigurationError").first),
        ("summary", page.get_by_text("Found complete").first),
    ):
        page.goto(run)
        open_artifact(page, f"{kind}-runs")
        expect(sight).to_be_visible()
        keep(f"9-campaign-{kind}")
    assert (tmp_path / "out" / "index.json").exists()
