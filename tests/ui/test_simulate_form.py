"""Run a simulation as a person does: from the form of its deployment, in a real browser."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.runs import ROOT
from tests.ui.form import (
    await_completion,
    choose,
    choose_day,
    choose_service,
    field,
    open_artifact,
    open_form,
    submit,
)

pytestmark = pytest.mark.timeout(420)

EXAMPLE = ROOT / "prefect_expres" / "examples" / "earth-jupiter-io-20180913.json"
LABEL = "io-earth-20180913"


def test_routine_simulation_is_run_from_the_form(
    page: Page, service: str, screenshots: Path, tmp_path: Path
) -> None:
    """Choose moon and day, and see the results in the UI: no JSON, no file, no ephemeris."""

    def keep(name: str) -> None:
        page.screenshot(path=screenshots / f"{name}.png", full_page=True)

    open_form(page, "simulate")
    keep("1-form")
    expect(page.get_by_role("tab", name="Routine simulation")).to_be_visible()
    choose(page, "Moon or auroral source", "Io")
    choose_day(page, "Day", "2018-09-13")
    choose(page, "Lag model", "hue2023")
    choose_service(page, service)
    field(page, "Output folder").fill(str(tmp_path))
    keep("2-form-filled")
    submit(page)
    await_completion(page)
    expect(page.get_by_text(LABEL).first).to_be_visible()
    keep("3-run")

    page.get_by_role("tab", name="Artifacts").click()
    for kind in ("job", "progress", "results", "windows", "quicklook"):
        expect(page.get_by_text(f"{kind}-{LABEL}")).to_be_visible()
    keep("4-artifacts")
    run = page.url
    for kind, sight in (
        ("progress", page.get_by_text("100%")),
        ("results", page.get_by_text("run.log", exact=True)),
        ("windows", page.get_by_text("2018-09-13").first),
        ("quicklook", page.locator("img[src^='data:image/png']")),
    ):
        page.goto(run)
        open_artifact(page, f"{kind}-{LABEL}")
        expect(sight).to_be_visible()
        keep(f"5-{kind}")
    assert list(tmp_path.rglob("manifest.json"))


def test_configuration_is_pasted(page: Page, service: str, tmp_path: Path) -> None:
    """A configuration of one's own is run with a computed ephemeris."""
    open_form(page, "simulate")
    page.get_by_role("tab", name="Paste JSON").click()
    page.locator(".cm-content").click()
    page.keyboard.insert_text(json.dumps(json.loads(EXAMPLE.read_text())))
    expect(page.locator(".cm-content")).to_contain_text("SOURCE")
    choose_service(page, service)
    page.get_by_role("tab", name="Earth, computed").click()
    field(page, "Output folder").fill(str(tmp_path))
    submit(page)
    await_completion(page)
    assert list(tmp_path.rglob("manifest.json"))


def test_configuration_is_given_by_its_address(page: Page, service: str, tmp_path: Path) -> None:
    """The path of a configuration does as well as its content."""
    open_form(page, "simulate")
    page.get_by_role("tab", name="Path or URL").first.click()
    page.get_by_role("tabpanel", name="Path or URL").get_by_role("textbox").fill(str(EXAMPLE))
    choose_service(page, service)
    page.get_by_role("tab", name="Earth, computed").click()
    field(page, "Output folder").fill(str(tmp_path))
    submit(page)
    await_completion(page)
    assert list(tmp_path.rglob("manifest.json"))
