"""The page of a forecast as a file; tests/forecasts/test_page_in_browser.py looks at it."""

import base64
import hashlib
import json
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from lxml import html

import prefect_expres
from prefect_expres.analysis import Observatory, find_observatory
from prefect_expres.analysis.arcs import Arc
from prefect_expres.analysis.colours import colour_of
from prefect_expres.analysis.observatories import times_up
from prefect_expres.forecasts.forecast import ForecastFacts, Simulated
from prefect_expres.forecasts.page import make_page
from prefect_expres.forecasts.products import KINDS
from tests.support.forecasts import FOLDER, arcs_seen, facts

NENUFAR = find_observatory("NenuFAR")
FIRST = date(2024, 1, 1)
MOONS = ("Io", "Europa", "Ganymede")
HOSTILE = "</script><script>alert('&')</script>"


def page_of(
    arcs: list[Arc], site: Observatory = NENUFAR, about: ForecastFacts | None = None
) -> bytes:
    """Make the page of a day of Io, unless told otherwise."""
    return make_page(about or facts(site.name), arcs, site, ["JRM33, loss cone"], KINDS)


def texts(page: Any, path: str) -> list[str]:
    """Give the texts at a path, with single spaces."""
    return [" ".join(each.text_content().split()) for each in page.xpath(path)]


def data_of(page: Any) -> Any:
    """Read what the chart draws."""
    return json.loads(page.get_element_by_id("data").text)


def test_the_table_says_all_of_a_window() -> None:
    """Source, times with the observatory's clock, band and angles, below the day of the start."""
    (arc, *_) = arcs_seen(NENUFAR, 1, ("Io",))
    page = html.fromstring(page_of([arc]))
    window = arc.window
    assert texts(page, "//tbody/tr[1]/th") == ["Mon 01 Jan 2024"]
    (row,) = page.xpath("//tbody/tr[2]")
    assert row.get("id") == window.name
    assert window.cml is not None
    assert window.moon_phase is not None
    local = window.start + timedelta(hours=1), window.end + timedelta(hours=1)
    assert texts(row, "th | td") == [
        f"Io {window.hemisphere} {window.polarization}",
        f"{window.start:%H:%M}-{window.end:%H:%M} "
        f"{local[0]:%a %H:%M}-{local[1]:%H:%M} CET"
        + ("cut at the start of the simulation" if window.cut_at_start else ""),
        f"{window.fmin:.1f}-{window.fmax:.1f}",
        "{:.0f}°-{:.0f}°".format(*window.cml),
        "{:.0f}°-{:.0f}°".format(*window.moon_phase),
    ]
    (heads,) = page.xpath("//thead/tr")
    assert texts(heads, "th") == [
        *("Source", "UTC Europe/Paris", "MHz", "CML System III", "Phase"),
    ]
    (day,) = page.xpath("//tbody/tr[1]/th")
    assert (day.get("scope"), day.get("colspan")) == ("rowgroup", "5")
    assert row.xpath("th/@scope") == ["row"]
    assert "Not simulated" not in page.text_content()
    (swatch,) = row.xpath("th/svg")
    assert (swatch.get("viewbox"), swatch.get("aria-hidden")) == ("0 0 8 8", "true")
    assert dict(swatch[0].attrib) == {
        "width": "8",
        "height": "8",
        "fill": colour_of(arc.sighting.source),
    }
    (region,) = page.xpath("//div[table]")
    assert dict(region.attrib) == {
        "aria-labelledby": "windows-heading",
        "class": "wide",
        "role": "region",
        "tabindex": "0",
    }


def test_where_no_clock_and_no_angles_are_known_nothing_is_made_up() -> None:
    """An observatory without a zone has UTC only; angles are said to be unknown."""
    site = NENUFAR.model_copy(update={"time_zone": None})
    (arc, *_) = arcs_seen(site, 1, ("Io",))
    bare = Arc(arc.sighting, arc.steps)
    vars(bare)["window"] = arc.window.model_copy(update={"cml": None, "moon_phase": None})
    page = html.fromstring(page_of([bare], site))
    cells = texts(page, "//tbody/tr[2]/td")
    assert cells[2:] == ["not known", "not known"]
    assert "CET" not in cells[0]
    assert texts(page, "//thead/tr/th")[1] == "UTC"


def test_the_chart_has_the_shapes_of_the_windows() -> None:
    """Each belongs to a row, has its source's colour, and lasts as long as its window."""
    arcs = arcs_seen(NENUFAR, 2, MOONS)
    page = html.fromstring(page_of(arcs, about=facts("NenuFAR", last=FIRST + timedelta(days=1))))
    data = data_of(page)
    assert [each["row"] for each in data["windows"]] == [
        row.get("id") for row in page.xpath("//tbody/tr[@id]")
    ]
    cut = [arc.window.cut_at for arc in arcs]
    assert {None} < {each or None for each in cut}
    assert ["cut at" in text for text in texts(page, "//tbody/tr[@id]/td[1]")] == [*map(bool, cut)]
    for drawn, arc in zip(data["windows"], arcs, strict=True):
        window = arc.window
        assert drawn["colour"] == colour_of(arc.sighting.source)
        assert drawn["start"] == window.start.timestamp() * 1000
        seconds, lows, highs = zip(*drawn["shape"], strict=True)
        assert seconds[0] == 0
        assert seconds[-1] == (window.end - window.start).total_seconds()
        assert list(seconds) == sorted(seconds)
        assert all(low <= high for low, high in zip(lows, highs, strict=True))
        assert min(lows) >= window.fmin - 0.01
        assert max(highs) <= window.fmax + 0.01
    assert data["days"][1] - data["days"][0] == 2 * 86_400_000
    assert data["band"][0] == NENUFAR.fmin
    assert data["days"][0] == datetime(2024, 1, 1, tzinfo=UTC).timestamp() * 1000
    end = datetime(2024, 1, 3, tzinfo=UTC)
    up = times_up(NENUFAR, "Jupiter", datetime(2024, 1, 1, tzinfo=UTC), end)
    ends = [[round(each.timestamp() * 1000) for each in both] for both in up]
    assert data["up"] == ends
    assert len(ends) >= 2
    assert texts(page, "//p[@class='days']") == ["Mon 01 Jan 2024 to Tue 02 Jan 2024"]


def test_what_is_missing_is_said_before_the_chart_and_why_below() -> None:
    """An empty chart is told from one without simulations; a message is one line of text."""
    lost = Simulated(label="europa-1", moon="Europa", day=FIRST, error="no\n\x1b[31mroom\x00 ")
    there = Simulated(label="io-1", moon="Io", day=FIRST, folder="a")
    page = html.fromstring(page_of([], about=facts("NenuFAR", there, lost, moons=MOONS)))
    assert texts(page, "//p[@role='note']") == [
        "Not simulated, so that their emission is missing here: Mon 01 Jan 2024: Europa. Why"
    ]
    assert texts(page, "//h3[@id='simulations']/following-sibling::ul/li") == [
        "europa-1: no [31mroom"
    ]
    assert texts(page, "//details//li") == ["io-1"]
    assert page.xpath("//p[@role='note']/a/@href") == ["#simulations"]
    day = 86_400_000
    assert data_of(page)["missing"] == [[data_of(page)["days"][0], data_of(page)["days"][0] + day]]
    assert "Nothing is to be seen on these days." in page.text_content()
    two = facts("NenuFAR", lost, lost.model_copy(update={"moon": "Io"}), moons=MOONS)
    (note,) = texts(html.fromstring(page_of([], about=two)), "//p[@role='note']")
    assert "Mon 01 Jan 2024: Europa, Io. " in note
    days = [lost.model_copy(update={"day": FIRST + timedelta(days=n)}) for n in (2, 0, 1, 0)]
    about = facts("NenuFAR", *days, last=FIRST + timedelta(days=2), moons=MOONS)
    data = data_of(html.fromstring(page_of([], about=about)))
    starts = [data["days"][0] + n * day for n in range(3)]
    assert data["missing"] == [[start, start + day] for start in starts]
    assert all(type(moment) is int for span in data["missing"] for moment in span)
    assert texts(page, "//ul[@class='legend']/li") == [
        *(f"{moon}: not visible" for moon in MOONS),
        "Jupiter below 20°",
    ]


def test_it_says_what_it_was_made_from() -> None:
    """And by whom, when, and for which place; a single day is named once."""
    lost = Simulated(label="europa-1", moon="Europa", day=FIRST, error="no room")
    there = Simulated(label="io-1", moon="Io", day=FIRST, folder="a")
    about = facts("NenuFAR", there, lost, moons=MOONS)
    page = html.fromstring(make_page(about, [], NENUFAR, ["JRM33", "3 keV"], KINDS))
    said = dict(zip(texts(page, "//dt"), texts(page, "//dd"), strict=True))
    assert said == {
        "Made": f"2024-01-01 19:00 UTC, by prefect-expres {prefect_expres.__version__}",
        "From": "1 of 2 simulations of Io, Europa, Ganymede",
        "Model": "JRM33; 3 keV",
        "Observatory": "NenuFAR, longitude 2.19°, latitude 47.38°, 10-85 MHz, Jupiter above 20°",
    }
    assert texts(page, "//p[@class='days']") == ["Mon 01 Jan 2024"]
    assert texts(page, "//title") == ["Jupiter from NenuFAR, Mon 01 Jan 2024"]
    assert texts(page, "//summary") == ["1 with results"]
    assert not "".join(page.xpath("//ul/text() | //dl/text() | //table/text()")).strip()


def test_the_links_lead_to_the_files_of_this_forecast() -> None:
    """A page that was opened before another became the latest does not lead to the other's."""
    page = html.fromstring(page_of([]))
    links = page.xpath("//section//li/a/@href")
    assert links == [f"../{FOLDER}/{name}" for name in KINDS]
    assert list(KINDS.values()) == [
        *("Calendar (iCalendar)", "Table (CSV)", "Catalogue (TFCat)"),
        *("Picture of all days (PNG)", "The forecast for programs (JSON)"),
    ]


def test_the_legend_tells_which_moons_are_not_visible() -> None:
    """Of those that were asked for."""
    arcs = arcs_seen(NENUFAR, 1, ("Io",))
    page = html.fromstring(page_of(arcs, about=facts("NenuFAR", moons=("Io", "Europa"))))
    legend = texts(page, "//ul[@class='legend']/li")
    assert [text for text in legend if "not visible" in text] == ["Europa: not visible"]
    assert any("Io" in text for text in legend)


def test_hostile_names_stay_text() -> None:
    """Whatever an observatory, a moon, a simulation or a model is called, it is shown, not run."""
    site = NENUFAR.model_copy(update={"name": HOSTILE})
    lost = Simulated(label=HOSTILE, moon=HOSTILE, day=FIRST, error=HOSTILE)
    about = facts(HOSTILE, lost, moons=(HOSTILE,))
    written = make_page(about, arcs_seen(NENUFAR, 1, (HOSTILE,)), site, [HOSTILE], {"a": HOSTILE})
    assert b"<script>alert" not in written
    page = html.fromstring(written)
    assert len(page.xpath("//script")) == 2
    assert texts(page, "//h1") == [f"Jupiter from {HOSTILE}"]
    assert data_of(page)["windows"][0]["row"].startswith("</script>")


def test_the_policy_allows_what_is_in_the_page_and_nothing_else() -> None:
    """Style and script are known by their hashes; nothing names an outside address."""
    written = page_of(arcs_seen(NENUFAR, 1, MOONS)).decode()
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', written)
    allowed = dict(each.split(" ", 1) for each in policy.split("; "))
    assert allowed.pop("img-src") == "data:"
    for kind in ("style", "script"):
        (text,) = re.findall(rf"<{kind}>(.*?)</{kind}>", written, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert allowed.pop(f"{kind}-src") == f"'sha256-{digest}'"
    assert set(allowed) == {"default-src", "base-uri", "form-action"}
    assert set(allowed.values()) == {"'none'"}
    assert set(re.findall(r"https?://[\w.]+", written)) == {"http://www.w3.org"}


@pytest.mark.slow
@pytest.mark.parametrize(("days", "megabytes"), [(7, 0.5), (31, 2)])
def test_it_is_small(days: int, megabytes: float) -> None:
    """Also when three moons are seen as often as they can be."""
    about = facts("NenuFAR", last=FIRST + timedelta(days=days - 1), moons=MOONS)
    arcs = arcs_seen(NENUFAR, days, MOONS)
    assert len(arcs) > 6 * days
    assert len(page_of(arcs, about=about)) < megabytes * 1e6
