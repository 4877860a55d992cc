"""A name that is loaded late is named in three ways, which must not differ."""

import ast
import importlib
from pathlib import Path

import pytest

LAZY = ["prefect_expres", "prefect_expres.analysis", "prefect_expres.sandbox"]


def shown_to_type_checkers(module: str) -> dict[str, str]:
    """Give each name that a module imports for type checkers only, and where it comes from."""
    path = importlib.import_module(module).__file__
    assert path is not None
    blocks = (
        node
        for node in ast.parse(Path(path).read_text(encoding="utf-8")).body
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    )
    found = {}
    for node in next(blocks).body:
        assert isinstance(node, ast.ImportFrom)
        for alias in node.names:
            assert alias.asname == alias.name, "type checkers export what is imported as itself"
            found[alias.name] = str(node.module)
    return found


@pytest.mark.parametrize("module", LAZY)
def test_the_same_names_everywhere(module: str) -> None:
    """The block for type checkers, ``__all__`` and ``dir`` have the same names; each loads."""
    loaded = importlib.import_module(module)
    shown = shown_to_type_checkers(module)
    assert set(shown) == set(loaded.__all__) - {"__version__"}
    assert set(shown) <= set(dir(loaded))
    for name, home in shown.items():
        assert getattr(loaded, name) is getattr(importlib.import_module(home), name)


@pytest.mark.parametrize("module", LAZY)
def test_other_names_are_refused(module: str) -> None:
    """There is nothing else."""
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = importlib.import_module(module).nothing
