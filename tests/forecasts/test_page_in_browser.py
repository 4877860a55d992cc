"""The page of a forecast in a real browser, as published, on a desktop and on a phone."""

import asyncio
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from prefect_expres.analysis import find_observatory
from prefect_expres.forecasts.forecast import INDEX, PAGE, Simulated
from prefect_expres.forecasts.page import make_page
from prefect_expres.forecasts.products import KINDS
from prefect_expres.storage.publish import publish
from tests.support.browser import Visit, chromium, contrasts, screenshot_folder
from tests.support.forecasts import FOLDER, arcs_seen, facts
from tests.support.serve_folder import served

FIRST = date(2024, 1, 1)
MOONS = ("Io", "Europa", "Ganymede")
EVENING = datetime(2024, 1, 2, 17, 30, tzinfo=UTC)
SIZES = {"desktop": (1280, 900), "phone": (360, 740)}
PINCH = """() => {
  const plot = document.getElementById("plot");
  const corner = plot.getBoundingClientRect();
  const touch = (type, pointerId, x) => plot.dispatchEvent(
    new PointerEvent(type, { pointerId, clientX: corner.x + x, clientY: corner.y + 9 })
  );
  touch("pointerdown", 1, 400);
  touch("pointerdown", 2, 600);
  touch("pointermove", 2, 800);
  touch("pointerup", 1, 400);
  touch("pointerup", 2, 800);
}"""
"""Two fingers, of which one moves away until they are twice as far apart."""

HOSTILE = "<img src='/stolen' onerror='alert(1)'></script><script>alert(2)</script>"


@pytest.fixture(scope="module")
def browser(address: str) -> Iterator[Browser]:
    """Start Chromium once for all tests: after publishing, since playwright has an event loop."""
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve what was published: three days with windows, and a fourth that is not complete."""
    site, root = find_observatory("NenuFAR"), tmp_path_factory.mktemp("published")
    last = FIRST + timedelta(days=3)
    about = facts(
        "NenuFAR",
        Simulated(label="earth-io-20240101", moon="Io", day=FIRST, folder="a"),
        Simulated(label="earth-europa-20240104", moon="Europa", day=last, error="JobFailed: no"),
        last=last,
        moons=MOONS,
    )
    page = make_page(about, arcs_seen(site, 3, MOONS), site, ["JRM33, loss cone, 3 keV"], KINDS)
    contents = dict.fromkeys(KINDS, b"content") | {PAGE: page}
    asyncio.run(publish(str(root), FOLDER, contents, PAGE, INDEX))
    hostile = facts(HOSTILE, Simulated(label=HOSTILE, moon=HOSTILE, day=FIRST, error=HOSTILE))
    site = site.model_copy(update={"name": HOSTILE})
    page = make_page(hostile, arcs_seen(site, 1, (HOSTILE,)), site, [HOSTILE], {"a": HOSTILE})
    (root / "hostile.html").write_bytes(page)
    (root / "empty.html").write_bytes(make_page(facts("NDA"), [], site, [], KINDS))
    with served(root) as url:
        yield url


def visit(browser: Browser, url: str, size: str, now: datetime = EVENING, **settings: Any) -> Visit:
    """Open a page at a time, with a screen of a size."""
    width, height = SIZES[size]
    page = browser.new_page(viewport={"width": width, "height": height}, **settings)
    page.set_default_timeout(10_000)
    page.clock.set_fixed_time(now)
    visited = Visit(page)
    page.goto(url)
    return visited


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_it_is_read_on_every_screen(browser: Browser, address: str, size: str, scheme: Any) -> None:
    """It asks for nothing else, fits the screen, and has a heading for each part."""
    seen = visit(browser, f"{address}/latest/{PAGE}", size, color_scheme=scheme)
    page = seen.page
    expect(page.locator(".arc .shape").first).to_have_attribute("d", re.compile("^M"))
    picture = screenshot_folder() / f"forecast-{size}-{scheme}.png"
    page.screenshot(path=picture, full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0]
    assert page.evaluate(
        "[...document.querySelectorAll('.wide')].every(e => e.scrollWidth <= e.clientWidth)"
    )
    levels = page.locator("h1, h2, h3").evaluate_all("all => all.map(each => each.tagName)")
    assert levels == ["H1", "H2", "H2", "H2", "H2", "H3"]
    ratios = contrasts(page)
    assert len(ratios) > 50
    assert {text: ratio for text, ratio in ratios.items() if ratio < 4.5} == {}
    assert page.locator("html").get_attribute("lang") == "en"
    assert [url for url in seen.asked if not url.startswith("data:")] == [
        f"{address}/latest/{PAGE}"
    ]
    assert seen.troubles == []
    page.close()


def test_hover_and_keyboard_tell_of_each_window(browser: Browser, address: str) -> None:
    """Moon, hemisphere, time, band, longitude and phase are told of what is pointed at."""
    seen = visit(browser, f"{address}/latest/{PAGE}", "desktop")
    page, told = seen.page, seen.page.locator("#told")
    page.get_by_role("button", name="All days").click()
    rows, arcs = page.locator("tbody tr[id]"), page.locator(".arc")
    assert rows.count() == arcs.count() > 20
    arcs.nth(4).locator(".reach").hover()
    heads = ["Day", "Source", "UTC", "Europe/Paris", "MHz", "CML System III", "Phase"]
    assert told.locator("dt").all_inner_texts() == heads
    utc, paris = (told.locator("dd").nth(heads.index(each)) for each in ("UTC", "Europe/Paris"))
    expect(utc).to_have_text(re.compile(r"^\d\d:\d\d-\d\d:\d\d$"))
    expect(paris).to_have_text(re.compile(r"^Mon \d\d:\d\d-\d\d:\d\d CET$"))
    for cell in rows.nth(4).locator("th, td").all_inner_texts():
        for line in cell.splitlines():
            expect(told).to_contain_text(line.strip())
    expect(rows.nth(4)).to_have_class("told")
    page.screenshot(path=screenshot_folder() / "forecast-hover.png")

    page.get_by_role("button", name="Zoom out").focus()
    page.keyboard.press("Tab")
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    expect(arcs.nth(5)).to_be_focused()
    label = str(arcs.nth(5).get_attribute("aria-label"))
    assert re.match(
        r"Day: \w+ \d+ Jan 2024, Source: \w+ (north|south) (RH|LH), "
        r"UTC: [\d:-]{11}, Europe/Paris: \w+ [\d:-]{11} CET, MHz: ",
        label,
    )
    expect(rows.nth(5)).to_have_class("told")
    page.keyboard.press("End")
    expect(arcs.last).to_be_focused()
    page.keyboard.press("Home")
    expect(arcs.first).to_be_focused()
    assert seen.troubles == []
    page.close()


def test_time_is_zoomed_and_moved(browser: Browser, address: str) -> None:
    """By buttons, keys, wheel, mouse and fingers; never beyond the days of the forecast."""
    page = visit(browser, f"{address}/latest/{PAGE}", "desktop").page
    shape = page.locator(".arc .shape").nth(8)

    def place() -> tuple[float, float]:
        page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
        box = shape.evaluate("each => { const box = each.getBBox(); return [box.x, box.width]; }")
        return box[0], box[1]

    page.get_by_role("button", name="All days").click()
    whole = place()
    page.get_by_role("button", name="Zoom out").click()
    page.get_by_role("button", name="Earlier").click()
    assert place() == whole
    page.get_by_role("button", name="Zoom in").click()
    nearer = place()
    assert nearer[1] == pytest.approx(2 * whole[1], rel=0.05)
    page.get_by_role("button", name="Earlier").click()
    assert place()[0] > nearer[0]
    page.get_by_role("button", name="Later").click()
    assert place() == pytest.approx(nearer, abs=0.2)

    plot = page.locator("#plot").bounding_box()
    assert plot is not None
    middle = plot["x"] + plot["width"] / 2, plot["y"] + 30
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] + 50, middle[1])
    page.mouse.up()
    assert place()[0] == pytest.approx(nearer[0] + 50, abs=0.3)
    page.mouse.move(middle[0] - 80, middle[1])
    assert place()[0] == pytest.approx(nearer[0] + 50, abs=0.3)

    page.keyboard.down("Control")
    page.mouse.wheel(0, -100)
    page.keyboard.up("Control")
    assert place()[1] == pytest.approx(nearer[1] / 0.8, rel=0.05)
    page.locator(".arc").nth(8).focus()
    page.keyboard.press("-")
    page.keyboard.press("-")
    assert place() == whole
    page.evaluate(PINCH)
    assert place()[1] == pytest.approx(2 * whole[1], rel=0.05)
    page.get_by_role("button", name="24 hours").click()
    assert place()[1] == pytest.approx(4 * whole[1], rel=0.05)
    page.close()


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (datetime(2023, 12, 31, tzinfo=UTC), "Next: Ganymede south LH from Mon 1, 00:00 UTC."),
        (datetime(2024, 1, 1, 22, 0, tzinfo=UTC), "Now: Io south LH until 00:17 UTC."),
        (datetime(2024, 1, 2, 10, 0, tzinfo=UTC), "Next: Ganymede north RH from Tue 2, 14:25 UTC."),
        (datetime(2024, 1, 4, 22, 0, tzinfo=UTC), "No further window in this forecast."),
        (datetime(2024, 1, 5, tzinfo=UTC), "This forecast is over; look for a newer one."),
    ],
)
def test_it_says_what_is_seen_now_and_next(
    browser: Browser, address: str, now: datetime, said: str
) -> None:
    """By the clock of the reader, which may be before, within or after the forecast."""
    seen = visit(browser, f"{address}/latest/{PAGE}", "phone", now)
    expect(seen.page.get_by_role("status")).to_have_text(said)
    assert seen.troubles == []
    seen.page.close()


def test_links_lead_to_the_files(browser: Browser, address: str) -> None:
    """Each file of the forecast is where the page says."""
    page = visit(browser, f"{address}/latest/{PAGE}", "desktop").page
    links = page.locator("main li a").evaluate_all("all => all.map(each => each.href)")
    assert [link.rpartition("/")[2] for link in links] == list(KINDS)
    assert {page.request.get(link).status for link in links} == {200}
    page.close()


def test_hostile_names_do_nothing(browser: Browser, address: str) -> None:
    """They stand in headings, table and chart as the text that they are."""
    seen = visit(browser, f"{address}/hostile.html", "phone", datetime(2024, 1, 1, tzinfo=UTC))
    page = seen.page
    assert page.locator("h1").inner_text() == f"Jupiter from {HOSTILE}"
    page.locator(".arc").first.focus()
    expect(page.locator("#told")).to_contain_text(HOSTILE)
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES["phone"][0]
    assert seen.asked == [f"{address}/hostile.html"]
    assert seen.troubles == []
    assert page.locator("img").count() == 0
    page.close()


def test_a_forecast_without_windows_is_a_page(browser: Browser, address: str) -> None:
    """The chart shows when the planet is up, and the keys do nothing."""
    seen = visit(browser, f"{address}/empty.html", "desktop", datetime(2024, 1, 1, tzinfo=UTC))
    page = seen.page
    expect(page.locator("#plot .up")).to_have_count(2)
    expect(page.get_by_role("status")).to_have_text("No further window in this forecast.")
    expect(page.get_by_text("Nothing is to be seen on these days.")).to_be_visible()
    page.locator("#plot").dispatch_event("keydown", {"key": "ArrowRight"})
    assert seen.troubles == []
    page.close()


def test_the_policy_of_the_page_holds(browser: Browser, address: str) -> None:
    """Even a script that got into it could load nothing."""
    seen = visit(browser, f"{address}/latest/{PAGE}", "desktop")
    for attempt, directive in (
        ("fetch('/latest/forecast.json').catch(() => null)", "connect-src"),
        ("document.body.append(Object.assign(new Image(), {src: '/stolen.png'}))", "img-src"),
        (
            "document.body.insertAdjacentHTML('beforeend', '<b style=\"color: red\">')",
            "style-src-attr",
        ),
        ("document.querySelector('h1').setAttribute('onclick', 'alert(1)')", "script-src-attr"),
    ):
        refused = seen.page.evaluate(
            "new Promise((done) => { addEventListener('securitypolicyviolation',"
            f"(event) => done(event.effectiveDirective)); {attempt}; }})"
        )
        assert refused == directive
    seen.page.close()


def test_without_javascript_the_table_is_there(browser: Browser, address: str) -> None:
    """All texts are read; of the chart it is said what it needs."""
    page = visit(browser, f"{address}/latest/{PAGE}", "phone", java_script_enabled=False).page
    expect(page.locator("tbody tr[id]").first).to_be_visible()
    expect(page.get_by_text("The chart needs JavaScript")).to_be_visible()
    expect(page.locator("#chart")).to_be_hidden()
    page.close()
