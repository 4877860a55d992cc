"""Imports point one way: what each room may import, read from the sources."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FOLDERS = {name: ROOT / name for name in ("prefect_expres", "flows", "deployments")}
PACKAGE = "prefect_expres"

# A room is a subpackage or a module directly in the package. Below it stand the rooms it may
# import; the package's own version is free to all. A new room takes its place here first.
BELOW = {
    "errors": set(),
    "limits": set(),
    "examples": set(),
    "console": {"errors"},
    "calling": set(),
    "uws": {"errors"},
    "expres": {"errors"},
    "ephemeris": {"errors", "expres"},
    "analysis": {"errors", "expres"},
    "plans": {"errors", "expres", "ephemeris"},
    "outcome": {"errors", "uws", "expres", "analysis"},
    "submission": {"errors", "uws", "expres"},
    "blocks": {"errors", "uws", "expres", "ephemeris", "analysis"},
    "parameters": {"expres", "ephemeris"},
    "announcing": {"uws", "expres", "analysis"},
    "progress": {"errors", "uws", "outcome", "announcing"},
    "assets": {"uws", "outcome"},
    "viewing": {"errors", "uws", "expres", "analysis", "outcome", "progress"},
    "flow_runs": {"expres"},
    "hooks": {"errors", "uws", "expres", "submission", "blocks", "flow_runs"},
    "chores": {"uws"},
    "inventory": {"outcome"},
    "publishing": {"uws"},
    "forecasting": {"errors", "uws", "analysis", "plans", "publishing"},
}
BELOW["steps"] = {"errors", "uws", "expres", "submission", "outcome", "progress"}
BELOW["attempts"] = {"errors", "uws", "expres", "submission", "outcome", "progress", "viewing"}
BELOW["tasks"] = BELOW["attempts"] | {"attempts", "steps", "blocks"}
BELOW["observing"] = {"errors", "ephemeris", "progress", "tasks"}
BELOW["preparing"] = {"errors", "uws", "expres", "ephemeris", "blocks", "progress", "observing"}
BELOW["running"] = BELOW["attempts"] | {"attempts", "assets"}
BELOW["journal"] = {"uws", "outcome"}
BELOW["indexing"] = {"journal", "plans", "uws"}
BELOW["campaigning"] = {"indexing", "journal", "progress"}
BELOW["slots"] = {"limits", "progress"}
BELOW["board_steps"] = BELOW["running"] | {"slots", "steps"}
BELOW["fleet"] = set(BELOW) - {"campaigning", "indexing", "hooks"}
BELOW["sharing"] = {"errors", "blocks", "fleet", "journal", "limits", "progress"}
BELOW["keeping"] = BELOW["tasks"] | {"tasks", "running", "chores", "inventory", "flow_runs"}
BELOW["science"] = {"errors", "analysis"}
BELOW["flows"] = set(BELOW)
BELOW["deployments"] = set(BELOW)
BELOW["deploying"] = set(BELOW)
BELOW["sandbox"] = {"errors", "expres"}  # and uws.models, see below
BELOW["demo"] = set(BELOW)
BELOW["terminal"] = set(BELOW) - {"sandbox", "demo", "deployments"}
BELOW["commands"] = set(BELOW)
BELOW["cli"] = {"errors", "console", "commands"}

# Rooms where Prefect is at home. progress and viewing are parts of the tasks: what Prefect's UI
# shows. terminal is the part of the command line that runs flows; it is imported when one runs.
WITH_PREFECT = {
    "announcing",
    "assets",
    "blocks",
    "board_steps",
    "attempts",
    "calling",
    "campaigning",
    "demo",
    "deploying",
    "deployments",
    "flow_runs",
    "fleet",
    "flows",
    "hooks",
    "keeping",
    "observing",
    "preparing",
    "progress",
    "running",
    "science",
    "sharing",
    "slots",
    "steps",
    "tasks",
    "terminal",
    "viewing",
}


def modules() -> Iterator[tuple[str, Path]]:
    """Give every module by its installed dotted name."""
    for name, folder in FOLDERS.items():
        for path in sorted(folder.rglob("*.py")):
            parts = list(path.relative_to(folder).with_suffix("").parts)
            if parts[-1] == "__init__":
                parts.pop()
            home = [PACKAGE] if name == PACKAGE else [PACKAGE, name]
            yield ".".join(home + parts), path


MODULES = dict(modules())


def imports(module: str, *, at_load: bool = False) -> set[str]:
    """Give the dotted names that a module imports; those made while it loads, if so asked."""
    path = MODULES[module]
    found: set[str] = set()
    todo: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = module.split(".")
                drop = node.level - (path.name == "__init__.py")
                base = ".".join([*package[: len(package) - drop], *filter(None, [base])])
            # A name may be a module: "from prefect_expres.uws import models".
            names = {f"{base}.{alias.name}" for alias in node.names}
            found |= (names & MODULES.keys()) or {base}
        elif at_load and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        todo.extend(ast.iter_child_nodes(node))
    return found


def room(module: str) -> str:
    """Give the room of a module of the package; the package itself is the empty room."""
    return [*module.split("."), ""][1]


def is_prefect(name: str) -> bool:
    """Tell Prefect and its modules from prefect_expres."""
    return name.partition(".")[0] == "prefect"


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_one_way(module: str) -> None:
    """A module imports only its own room and rooms below it."""
    home = room(module)
    if not home:
        assert not {name for name in imports(module) if name.startswith(PACKAGE)}
        return
    assert home in BELOW, f"give the room {home} a place in BELOW, and in CONTRIBUTING.md"
    for name in imports(module):
        if name.partition(".")[0] != PACKAGE or room(name) in {"", home}:
            continue
        if home == "sandbox" and name == "prefect_expres.uws.models":
            continue
        assert room(name) in BELOW[home], f"{module} imports {name}"


@pytest.mark.parametrize("module", MODULES)
def test_prefect_stays_in_its_rooms(module: str) -> None:
    """Prefect is imported where it is at home, and nowhere while a command is loaded."""
    if room(module) not in WITH_PREFECT:
        at_load = room(module) in {"cli", "commands"}
        assert not list(filter(is_prefect, imports(module, at_load=at_load)))


def test_the_protocol_and_the_domain_do_not_know_each_other() -> None:
    """Neither of uws and expres stands below the other."""
    assert "expres" not in BELOW["uws"]
    assert "uws" not in BELOW["expres"]


@pytest.mark.parametrize(
    "module",
    [
        "",
        ".errors",
        ".uws",
        ".expres",
        ".ephemeris",
        ".analysis",
        ".outcome",
        ".sandbox",
        ".console",
        ".cli",
    ],
)
def test_importing_leaves_prefect_alone(module: str) -> None:
    """A fresh interpreter that imports the room has not imported Prefect, by any detour."""
    program = f"import sys, {PACKAGE}{module}; assert 'prefect' not in sys.modules"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr


def test_importing_the_commands_leaves_prefect_alone() -> None:
    """All rooms of commands together, as tab completion is set up from them."""
    rooms = ", ".join(name for name in MODULES if room(name) == "commands")
    program = f"import sys, {rooms}; assert 'prefect' not in sys.modules"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_reader_sees_every_form_of_import(tmp_path: Path) -> None:
    """Plain, aliased, relative and local imports are all found; local ones only when asked for."""
    path = tmp_path / "__init__.py"
    path.write_text(
        "import prefect.runtime as r\nfrom prefect_expres.uws import models\n"
        "from .client import UWSClient\nif r:\n    from ..errors import Busy\n"
        "async def f():\n    import httpx\n",
        encoding="utf-8",
    )
    MODULES["prefect_expres.uws.probe"] = path
    try:
        loading = imports("prefect_expres.uws.probe", at_load=True)
        everything = imports("prefect_expres.uws.probe")
    finally:
        del MODULES["prefect_expres.uws.probe"]
    assert loading == {
        "prefect.runtime",
        "prefect_expres.uws.models",
        "prefect_expres.uws.probe.client",
        "prefect_expres.uws.errors",
    }
    assert everything == loading | {"httpx"}
