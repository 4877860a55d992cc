"""Run a simulation as a person does: from the form of its deployment, in a real browser."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from runs import ROOT

pytestmark = pytest.mark.timeout(420)

EXAMPLE = ROOT / "prefect_expres" / "examples" / "earth-jupiter-io-20180913.json"
LABEL = "io-earth-20180913"


def _open_form(page: Page) -> None:
    """Find the deployment, and ask for a run with parameters of one's own."""
    page.goto("/v2/deployments")
    page.get_by_role("link", name="simulate", exact=True).first.click()
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Custom run").click()
    expect(page.get_by_text("Parameters", exact=True)).to_be_visible()


def _choose_service(page: Page, name: str) -> None:
    page.get_by_text("Select a block...").click()
    page.get_by_role("option", name=name).click()


def _field(page: Page, title: str) -> Locator:
    """Find a field by its title; the form marks those with a default."""
    return page.get_by_label(re.compile(rf"^{re.escape(title)}( \(Optional\))?$"))


def _submit(page: Page) -> None:
    """Submit, and go to the run; the notice that leads to it vanishes after seconds."""
    with page.expect_response("**/create_flow_run") as answer:
        page.get_by_role("button", name="Submit").click()
    assert answer.value.ok, answer.value.text()
    page.goto(f"/v2/runs/flow-run/{answer.value.json()['id']}")


def _await_completion(page: Page) -> None:
    expect(page.get_by_text("Completed", exact=True).first).to_be_visible()


def _open_artifact(page: Page, key: str) -> None:
    """Go from a run to its artifact of this key."""
    page.get_by_role("tab", name="Artifacts").click()
    page.get_by_text(key).click()
    page.locator("a[href*='/artifacts/artifact/']").first.click()


def test_simulation_is_run_from_the_form(
    page: Page, service: str, screenshots: Path, tmp_path: Path
) -> None:
    """Paste a configuration, choose service and ephemeris, and see the results in the UI."""

    def keep(name: str) -> None:
        page.screenshot(path=screenshots / f"{name}.png", full_page=True)

    _open_form(page)
    keep("1-form")
    page.locator(".cm-content").click()
    page.keyboard.insert_text(json.dumps(json.loads(EXAMPLE.read_text())))
    expect(page.locator(".cm-content")).to_contain_text("SOURCE")
    _choose_service(page, service)
    page.get_by_role("tab", name="Earth, computed").click()
    _field(page, "Output folder").fill(str(tmp_path))
    keep("2-form-filled")
    _submit(page)
    _await_completion(page)
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
        _open_artifact(page, f"{kind}-{LABEL}")
        expect(sight).to_be_visible()
        keep(f"5-{kind}")
    assert list(tmp_path.rglob("manifest.json"))


def test_configuration_is_given_by_its_address(page: Page, service: str, tmp_path: Path) -> None:
    """The path of a configuration does as well as its content."""
    _open_form(page)
    page.get_by_role("tab", name="Path or URL").first.click()
    page.get_by_role("tabpanel", name="Path or URL").get_by_role("textbox").fill(str(EXAMPLE))
    _choose_service(page, service)
    page.get_by_role("tab", name="Earth, computed").click()
    _field(page, "Output folder").fill(str(tmp_path))
    _submit(page)
    _await_completion(page)
    assert list(tmp_path.rglob("manifest.json"))
