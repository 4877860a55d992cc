"""Prefect's form of a deployment, filled and submitted as a person does."""

import contextlib
import re
from http import HTTPStatus

import pytest
from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as NotInTime

SUBMISSIONS = OPENINGS = 5
CHOICE_MS = 15_000
LONGEST_RUN_MS = 240_000


def open_form(page: Page, deployment: str) -> None:
    """Find a deployment, and ask for a run with parameters of one's own."""
    page.goto("/v2/deployments")
    page.get_by_role("link", name=deployment, exact=True).first.click()
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Custom run").click()
    expect(page.get_by_text("Parameters", exact=True)).to_be_visible()
    expect(page.locator("form fieldset").first).to_be_visible()


def choose_service(page: Page, name: str) -> None:
    """Choose a saved service in the drop-down."""
    page.get_by_text("Select a block...").click()
    page.get_by_role("option", name=name).click()


def choose(page: Page, title: str, word: str) -> None:
    """Choose one of the words of a field; its label and its list belong to the same group.

    A form that is drawn anew meanwhile closes the list; a person opens it again.
    """
    label = page.get_by_text(_titled(title))
    group = label.locator("xpath=ancestor::div[contains(@class, 'group')][1]")
    option = page.get_by_role("option", name=word, exact=True)
    for _ in range(OPENINGS):
        if not option.is_visible():
            group.locator("fieldset").get_by_role("button").first.click()
        with contextlib.suppress(NotInTime):
            option.click(timeout=CHOICE_MS)
            return
    pytest.fail(f"{word} could not be chosen for {title}")


def choose_day(page: Page, title: str, day: str) -> None:
    """Write a day into the calendar of a field."""
    field(page, title).click()
    page.get_by_label("Date (yyyy-MM-dd)").fill(day)
    page.keyboard.press("Escape")


def field(page: Page, title: str) -> Locator:
    """Find a field by its title; the form marks those with a default."""
    return page.get_by_label(_titled(title))


def _titled(title: str) -> re.Pattern[str]:
    return re.compile(rf"^{re.escape(title)}( \(Optional\))?$")


def submit(page: Page) -> None:
    """Submit, and go to the run; the notice that leads to it vanishes after seconds.

    A server whose SQLite database is locked for a moment says so (503); a person submits again.
    """
    for _ in range(SUBMISSIONS):
        with page.expect_response("**/create_flow_run") as answer:
            page.get_by_role("button", name="Submit").click()
        if answer.value.status != HTTPStatus.SERVICE_UNAVAILABLE:
            break
    assert answer.value.ok, answer.value.text()
    page.goto(f"/v2/runs/flow-run/{answer.value.json()['id']}")


def await_completion(page: Page) -> None:
    """Watch the run until it has completed; a day's simulation takes a busy machine minutes."""
    completed = page.get_by_text("Completed", exact=True).first
    expect(completed).to_be_visible(timeout=LONGEST_RUN_MS)


def open_artifact(page: Page, key: str) -> None:
    """Go from a run to its artifact of this key."""
    page.get_by_role("tab", name="Artifacts").click()
    page.get_by_text(key).click()
    page.wait_for_url("**/artifacts/artifact/**")
