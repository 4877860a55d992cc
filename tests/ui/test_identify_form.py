"""Identify emission as a person does: from the form of its deployment, in a real browser."""

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from prefect_expres.analysis import open_results
from prefect_expres.engine import run_engine
from prefect_expres.expres import Configuration
from prefect_expres.observations import synthetic, write_observation
from tests.support.runs import ROOT
from tests.ui.form import (
    await_completion,
    choose_service,
    field,
    open_artifact,
    open_form,
    submit,
)

pytestmark = pytest.mark.timeout(420)

EXAMPLES = ROOT / "prefect_expres" / "examples"


@pytest.fixture
def observation(tmp_path: Path) -> Path:
    """Write an observation of Io's south, five minutes late, in the shipped example's field."""
    content = (EXAMPLES / "earth-jupiter-io-20180913.json").read_bytes()
    day = Configuration.parse(content).content()
    day["FREQUENCY"] |= {"MIN": 10.0, "MAX": 40.0, "NBR": 40}
    track = (EXAMPLES / "earth-jupiter-20180913.csv").read_bytes()
    made = run_engine(Configuration.from_mapping(day), track, tmp_path, tmp_path / "tables")
    with open_results(made) as result:
        seen = synthetic(result, hemisphere="south", shift=timedelta(minutes=5))
    return write_observation(seen, tmp_path / "south.cdf")


def test_emission_is_identified_from_the_form(
    page: Page, service: str, screenshots: Path, observation: Path, tmp_path: Path
) -> None:
    """Give a file and choose the service; table, figure and summary are artifacts of the run."""

    def keep(name: str) -> None:
        page.screenshot(path=screenshots / f"{name}.png", full_page=True)

    open_form(page, "identify")
    keep("10-identify-form")
    field(page, "Observation").fill(str(observation))
    choose_service(page, service)
    field(page, "Output folder").fill(str(tmp_path / "out"))
    keep("11-identify-form-filled")
    submit(page)
    await_completion(page)
    expect(page.get_by_text("identify-south").first).to_be_visible()
    run = page.url
    for kind, sight in (
        ("arcs", page.get_by_text("Io south, 3 keV, hess2011").first),
        ("overlay", page.locator("img[src^='data:image/png']")),
        ("identification", page.get_by_text("Io south, 3 keV, hess2011").first),
    ):
        page.goto(run)
        open_artifact(page, f"{kind}-south")
        expect(sight).to_be_visible()
        keep(f"12-{kind}")
    assert list((tmp_path / "out" / "identified" / "south").glob("*.tfcat.json"))
