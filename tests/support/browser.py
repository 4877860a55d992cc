"""Debian's Chromium, what it says of a page, and where its pictures are kept."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parent.parent.parent

_CONTRASTS = """() => {
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => {
    const [r, g, b] = parts(colour).slice(0, 3).map((each) => {
      const part = each / 255;
      return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const colour = getComputedStyle(each).backgroundColor;
      if (parts(colour)[3] !== 0) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = {};
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    const element = text.parentElement;
    if (!text.data.trim() || !element.checkVisibility() || element.closest("script")) continue;
    const svg = element.closest("#plot");
    const style = getComputedStyle(element);
    const both = [
      light(svg ? style.fill : style.color),
      light(behind(svg ? svg.parentElement : element)),
    ].sort((one, other) => other - one);
    found[text.data.trim()] = (both[0] + 0.05) / (both[1] + 0.05);
  }
  return found;
}"""


@dataclass
class Visit:
    """A visit of the page, and what the browser says of it.

    Args:
        page: The page.
        asked: The addresses that were asked for.
        troubles: What came to the console, and errors of the script.
    """

    page: Page
    asked: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Listen to the browser."""
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda message: self.troubles.append(message.text))
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on("dialog", lambda dialog: self.troubles.append(dialog.message))


def contrasts(page: Page) -> dict[str, float]:
    """Give the contrast of each visible text with what is behind it, as WCAG 2.2 computes it."""
    found: dict[str, float] = page.evaluate(_CONTRASTS)
    return found


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser; without it the test is skipped."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("chromium is not installed; apt-get install chromium brings it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


def screenshot_folder() -> Path:
    """Make the folder of the pictures that are kept for people to look at."""
    default = ROOT / "test-artifacts" / "screenshots"
    folder = Path(os.environ.get("EXPRES_SCREENSHOTS", default))
    folder.mkdir(parents=True, exist_ok=True)
    return folder
