"""What the documentation says of others is true, where it can be run here; its tests exist."""

import re
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, ROOT

COMPARISON = (ROOT / "docs" / "comparison.md").read_text(encoding="utf-8")
TEST_NAME = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


def test_the_version_that_was_looked_at() -> None:
    """The page names the version of pyvo that these tests use."""
    assert f"| pyvo | library for the Virtual Observatory | {version('pyvo')} |" in COMPARISON


@pytest.mark.parametrize("answer", ["job-pending", "job-executing", "job-completed", "job-error"])
def test_pyvo_does_not_read_a_job_of_opus(opus: Path, answer: str) -> None:
    """It stops at OPUS' quote, which is a number of seconds."""
    from pyvo.io.uws import parse_job  # noqa: PLC0415 - every worker would take a second for it

    with pytest.raises(ValueError, match="Cannot parse datetime 120"):
        parse_job(str(opus / f"{answer}.xml"))
    assert "`Cannot parse datetime 120`" in COMPARISON


def test_pyvo_makes_jobs_of_tap_only() -> None:
    """Its jobs are made from a query in ADQL, and have no other parameters of a file."""
    from pyvo.dal.tap import AsyncTAPJob  # noqa: PLC0415 - as above

    assert "query" in AsyncTAPJob.create.__func__.__code__.co_varnames
    assert "its jobs are TAP queries" in COMPARISON


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_named_tests_exist(page: Path) -> None:
    """Every test that a page names as its proof is there."""
    for path, name in TEST_NAME.findall(page.read_text(encoding="utf-8")):
        source = (ROOT / path).read_text(encoding="utf-8")
        assert not name or re.search(rf"def {name}\(", source), f"{page}: {path}::{name}"
