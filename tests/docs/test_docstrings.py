"""The examples in docstrings run: those at Python's prompt, and those that Prefect shows."""

import doctest
import inspect
import io
from importlib import import_module
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, blocks_in, replaced, run_blocks

PACKAGES = {"prefect_expres": ROOT / "prefect_expres", "prefect_expres.flows": ROOT / "flows"}


def modules_with(mark: str) -> list[str]:
    """Give the installed name of every module whose text has this mark."""
    found = []
    for package, folder in PACKAGES.items():
        for path in sorted(folder.rglob("*.py")):
            if mark in path.read_text(encoding="utf-8"):
                parts = path.relative_to(folder).with_suffix("").parts
                found.append(".".join([package, *(part for part in parts if part != "__init__")]))
    return found


@pytest.mark.parametrize("name", modules_with(">>> "))
def test_examples_at_the_prompt_run(name: str, stand_ins: dict[str, str]) -> None:
    """They give what they show, with the service's address led to the sandbox; none is skipped."""
    said, runner = io.StringIO(), doctest.DocTestRunner()
    for test in doctest.DocTestFinder().find(import_module(name)):
        for example in test.examples:
            assert not example.options, "every example runs"
            example.source = replaced(example.source, stand_ins)
        runner.run(test, out=said.write)
    results = runner.summarize(verbose=False)
    assert results.attempted > 0
    assert results.failed == 0, said.getvalue()


@pytest.mark.parametrize("name", modules_with("    ```python"))
def test_fenced_examples_run(name: str, folder: Path, stand_ins: dict[str, str]) -> None:
    """Prefect's own tests want a block to be loaded as BLOCK_NAME; here it is the one saved."""
    shown = stand_ins | {"BLOCK_NAME": "maser"}
    for each in vars(import_module(name)).values():
        if inspect.isclass(each) and each.__module__ == name:
            path = Path(inspect.getfile(each))
            run_blocks(list(blocks_in(inspect.getdoc(each) or "", path)), folder, shown)
