"""Choose among models in a form: the form sends no name of the choice, only its fields."""

import json
from typing import Any, get_args
from urllib.parse import quote, urlencode

import pytest
from playwright.sync_api import Page, expect
from pydantic import TypeAdapter

from prefect_expres.ephemeris import AnyEphemeris, HorizonsEphemeris, TableEphemeris
from tests.ui.form import field, open_form

pytestmark = pytest.mark.timeout(420)

SOURCES = get_args(get_args(AnyEphemeris)[0])


def sent(page: Page, name: str) -> Any:
    """Submit the form, and give what it sends as a parameter; the request goes no further."""
    refusal = {"detail": "Nothing is run here."}
    page.route("**/create_flow_run", lambda route: route.fulfill(status=409, json=refusal))
    with page.expect_request("**/create_flow_run") as request:
        page.get_by_role("button", name="Submit").click()
    return json.loads(request.value.post_data or "")["parameters"][name]


def test_each_source_is_chosen_and_found_again(page: Page, service: str) -> None:
    """Whatever was chosen before; and a run that is copied shows the source that it had."""
    adapter = TypeAdapter[Any](AnyEphemeris)
    open_form(page, "simulate")
    form = page.url.partition("?")[0]
    for number, source in enumerate(SOURCES):
        page.goto(form)
        for each in (*SOURCES[:number], source):
            page.get_by_role("tab", name=each.model_config["title"], exact=True).click()
        if source is TableEphemeris:
            field(page, "Path").fill("track.csv")
        assert isinstance(adapter.validate_python(sent(page, "ephemeris")), source)
    saved = HorizonsEphemeris(observer="Juno").model_dump(mode="json")
    for given in (saved, {key: saved[key] for key in saved if key != "kind"}):
        query = urlencode({"parameters": json.dumps({"ephemeris": given})}, quote_via=quote)
        page.goto(f"{form}?{query}")
        chosen = page.get_by_role("tab", name="Horizons", exact=True)
        expect(chosen).to_have_attribute("aria-selected", "true")
        expect(field(page, "Observer").last).to_have_value("Juno")
        assert sent(page, "ephemeris") == given
