"""Imports point one way."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = "prefect_expres"
# What each part may import of the package, besides itself and the errors.
ALLOWED = {
    "errors": set(),
    "uws": set(),
    "expres": set(),
    "analysis": {"expres"},
    "examples": set(),
    "sandbox": {"expres", "uws.models"},
}
PREFECT_FREE = {*ALLOWED, "outcome", "cli", "demo", "__init__"}


def _imports(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
        elif isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
    return names


def _rooms() -> list[tuple[str, Path]]:
    folder = ROOT / PACKAGE
    return [
        (path.relative_to(folder).parts[0].removesuffix(".py"), path)
        for path in sorted(folder.rglob("*.py"))
    ]


@pytest.mark.parametrize(("part", "path"), _rooms(), ids=lambda value: str(value)[-40:])
def test_imports_point_one_way(part: str, path: Path) -> None:
    """Each room imports only what its part may know."""
    imported = _imports(path)
    if part in ALLOWED:
        own = {name.removeprefix(f"{PACKAGE}.") for name in imported if name.startswith(PACKAGE)}
        allowed = {part, "errors", PACKAGE} | ALLOWED[part]
        assert {
            name for name in own if not any(name == a or name.startswith(f"{a}.") for a in allowed)
        } == set()
    if part in PREFECT_FREE:
        assert not {name for name in imported if name.split(".")[0] == "prefect"}


@pytest.mark.parametrize(
    "module", ["prefect_expres.uws", "prefect_expres.expres", "prefect_expres.cli"]
)
def test_prefect_is_not_loaded(module: str) -> None:
    """The protocol, the domain and the command line's help come without Prefect."""
    code = (
        f"import sys, {module}; assert 'prefect' not in sys.modules and 'numpy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
