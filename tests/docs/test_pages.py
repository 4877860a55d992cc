"""Every code block of the documentation runs, and prints what the page shows."""

from collections import Counter
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, ROOT, RUNNABLE, Block, blocks_of, run_blocks

LANGUAGES = {*RUNNABLE, "{eval-rst}", "{toctree}", "output", "text", "toml", "yaml", "ini"}
NOT_RUN = {
    "README.md": 1,
    "deployments/README.md": 3,
    "docs/benchmarks.md": 1,
    "docs/howto/archive.md": 1,
    "docs/howto/ephemeris.md": 1,
    "docs/howto/from-uws-call-expres.md": 1,
    "docs/howto/object-storage.md": 1,
    "docs/howto/observations.md": 1,
    "docs/howto/operate.md": 2,
    "docs/howto/own-opus.md": 2,
    "docs/tutorial.md": 3,
}
"""How many blocks of a page are not run. Each says why, in a comment before it."""


def name_of(page: Path) -> str:
    """Name a page by its path in the repository."""
    return page.relative_to(ROOT).as_posix()


README = ROOT / "README.md"
WITH_CODE = [page for page in PAGES if page != README and any(map(Block.runs, blocks_of(page)))]


@pytest.mark.timeout(600)
def test_readme_needs_no_files(tmp_path: Path, stand_ins: dict[str, str]) -> None:
    """Its blocks run one after the other in an empty folder, as they stand."""
    run_blocks(blocks_of(README), tmp_path, stand_ins)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("page", WITH_CODE, ids=name_of)
def test_code_blocks_run(page: Path, folder: Path, stand_ins: dict[str, str]) -> None:
    """The blocks of a page run one after the other, as its reader would type them."""
    run_blocks(blocks_of(page), folder, stand_ins)


def test_few_blocks_are_not_run() -> None:
    """As many blocks as expected are not run."""
    idle = Counter(
        name_of(block.page) for page in PAGES for block in blocks_of(page) if block.not_run
    )
    assert dict(idle) == NOT_RUN


def test_every_block_says_what_it_is() -> None:
    """No block escapes the test by a language that it does not know."""
    for page in PAGES:
        for block in blocks_of(page):
            assert block.language in LANGUAGES, f"{page}:{block.line}: {block.language}"
