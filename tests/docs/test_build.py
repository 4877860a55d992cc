"""The documentation builds as ``make docs`` builds it: strictly, and without network."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import ROOT

STRICT = ("-W", "-n", "--keep-going", "-q")


def build(source: Path, target: Path) -> subprocess.CompletedProcess[str]:
    """Build a folder of pages, and give what was said."""
    command = [sys.executable, "-m", "sphinx", *STRICT, "-d", str(target / "trees")]
    return subprocess.run(
        [*command, "-c", str(ROOT / "docs"), str(source), str(target)],
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )


def test_documentation_builds_without_a_warning(tmp_path: Path) -> None:
    """Every page is in a table of contents, and every link and every reference leads somewhere."""
    done = build(ROOT / "docs", tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    page = (tmp_path / "reference" / "flows.html").read_text(encoding="utf-8")
    assert "prefect_expres.flows.simulate.simulate" in page
    assert "Seconds that the job may run: at most 600 for guests, else 10800." in page


WRONG = [
    "[a page](missing.md)",
    "[a heading](index.md#missing)",
    "{py:func}`prefect_expres.missing`",
    "![a picture](missing.png)",
]


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[str]:
    """Build a page on which each of these links stands in a line of its own."""
    folder = tmp_path_factory.mktemp("broken")
    text = "\n\n".join(["# Book", *WRONG])
    (folder / "source").mkdir()
    (folder / "source" / "index.md").write_text(text, encoding="utf-8")
    return build(folder / "source", folder / "built")


@pytest.mark.parametrize("wrong", WRONG)
def test_a_broken_link_fails_the_build(
    broken: subprocess.CompletedProcess[str], wrong: str
) -> None:
    """A link to what is not there is an error, so that the test above can fail."""
    assert broken.returncode != 0
    line = 3 + 2 * WRONG.index(wrong)
    assert re.search(rf"index\.md:{line}: WARNING: .*missing", broken.stderr)


def test_make_docs_is_as_strict() -> None:
    """The target docs of the Makefile builds with the same strictness."""
    (recipe,) = (line for line in (ROOT / "Makefile").read_text().splitlines() if "sphinx" in line)
    assert all(option in recipe.split() for option in STRICT)
