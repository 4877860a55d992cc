"""Imports point one way: what each package may import, read from the sources."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FOLDERS = {name: ROOT / name for name in ("prefect_expres", "flows", "deployments")}
PACKAGE = "prefect_expres"
LONGEST = 300

# What each package, or module at the root, may import. A new package takes its place here first,
# and says the same in its docstring.
MAY_IMPORT = {
    "errors": set(),
    "examples": set(),
    "net": {"errors"},
    "storage": {"errors", "net"},
    "uws": {"errors", "net", "storage"},
    "expres": {"errors"},
    "ephemeris": {"errors", "net", "storage", "expres"},
    "analysis": {"errors", "net", "storage", "expres"},
    "observations": {"errors", "net", "storage", "expres", "analysis"},
    "execution": {"errors", "net", "storage", "uws", "expres", "ephemeris", "analysis"},
    "engine": {"errors", "expres", "ephemeris"},
    "sandbox": {"errors", "expres", "engine"},  # and uws.models, see below
    "prefect_support": {"errors", "net", "expres", "ephemeris"},
}
MAY_IMPORT["identification"] = MAY_IMPORT["observations"] | {"observations"}
MAY_IMPORT["preview"] = {"errors", "storage", "expres", "ephemeris", "analysis", "execution"}
MAY_IMPORT["preview"] |= {"engine"}
MAY_IMPORT["archive"] = MAY_IMPORT["execution"] | {"execution"}
MAY_IMPORT["cleanup"] = MAY_IMPORT["execution"] | {"execution"}
MAY_IMPORT["monitoring"] = {"errors", "net", "uws", "expres", "analysis", "execution"}
MAY_IMPORT["monitoring"] |= {"identification", "preview", "prefect_support"}
MAY_IMPORT["caching"] = MAY_IMPORT["execution"] | {"execution", "monitoring", "prefect_support"}
MAY_IMPORT["blocks"] = MAY_IMPORT["caching"] | {"caching", "archive"}
MAY_IMPORT["services"] = {"errors", "net", "blocks", "prefect_support"}
MAY_IMPORT["hooks"] = MAY_IMPORT["services"] | {"services", "uws", "expres", "execution"}
MAY_IMPORT["tasks"] = MAY_IMPORT["blocks"] | {"blocks", "preview", "archive", "identification"}
MAY_IMPORT["tasks"] |= {"observations"}
MAY_IMPORT["campaigns"] = MAY_IMPORT["tasks"] | {"tasks"}
MAY_IMPORT["forecasts"] = {"errors", "storage", "expres", "analysis", "campaigns"}
MAY_IMPORT["flows"] = MAY_IMPORT["campaigns"] | {"campaigns", "cleanup", "forecasts", "hooks"}
MAY_IMPORT["flows"] |= {"services"}
MAY_IMPORT["deployment"] = {"errors", "blocks", "prefect_support"}
MAY_IMPORT["deployments"] = {"deployment", "prefect_support"}
MAY_IMPORT["cli"] = set(MAY_IMPORT)

WITH_PREFECT = {
    "blocks",
    "caching",
    "campaigns",
    "deployment",
    "deployments",
    "flows",
    "hooks",
    "monitoring",
    "prefect_support",
    "services",
    "tasks",
}
"""Where Prefect is imported; of the command line only by what runs flows, when it runs."""


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
        elif at_load and isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            todo.extend(node.orelse)
            continue
        todo.extend(ast.iter_child_nodes(node))
    return found


def package_of(module: str) -> str:
    """Give the package of a module; that of the root is the empty string."""
    return [*module.split("."), ""][1]


def is_prefect(name: str) -> bool:
    """Tell Prefect and its modules from prefect_expres."""
    return name.partition(".")[0] == "prefect"


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_one_way(module: str) -> None:
    """A module imports only its own package and those that it may."""
    home = package_of(module)
    if not home:
        loaded = imports(module, at_load=True)
        assert not {name for name in loaded if name.startswith(PACKAGE)}
        return
    assert home in MAY_IMPORT, f"give {home} a place in MAY_IMPORT"
    for name in imports(module):
        if name.partition(".")[0] != PACKAGE or package_of(name) in {"", home}:
            continue
        if home == "sandbox" and name == "prefect_expres.uws.models":
            continue
        assert package_of(name) in MAY_IMPORT[home], f"{module} imports {name}"


@pytest.mark.parametrize("module", MODULES)
def test_prefect_stays_where_it_belongs(module: str) -> None:
    """Prefect is imported where it is at home, and nowhere while a command is loaded."""
    if package_of(module) not in WITH_PREFECT:
        at_load = package_of(module) == "cli"
        assert not list(filter(is_prefect, imports(module, at_load=at_load)))


@pytest.mark.parametrize("module", MODULES)
def test_file_systems_are_used_in_one_package(module: str) -> None:
    """What they raise is turned into our errors there, and nowhere else."""
    used = any(name.partition(".")[0] == "fsspec" for name in imports(module))
    assert not used or package_of(module) == "storage"


def test_modules_form_no_circle() -> None:
    """Within a package, too; only for the version may all ask the root."""
    others = MODULES.keys() - {PACKAGE}
    TopologicalSorter({module: imports(module) & others for module in others}).prepare()


@pytest.mark.parametrize("module", MODULES)
def test_no_module_is_long(module: str) -> None:
    """A module has at most 300 lines."""
    assert len(MODULES[module].read_text(encoding="utf-8").splitlines()) <= LONGEST


def test_the_protocol_and_the_domain_do_not_know_each_other() -> None:
    """Neither of uws and expres stands below the other."""
    assert "expres" not in MAY_IMPORT["uws"]
    assert "uws" not in MAY_IMPORT["expres"]


@pytest.mark.parametrize(
    "module",
    [
        "",
        ".errors",
        ".uws",
        ".expres",
        ".ephemeris",
        ".analysis",
        ".archive",
        ".engine",
        ".execution",
        ".net",
        ".identification",
        ".observations",
        ".preview",
        ".sandbox",
        ".storage",
        ".cli.main",
    ],
)
def test_importing_leaves_prefect_alone(module: str) -> None:
    """A fresh interpreter that imports the package has not imported Prefect, by any detour."""
    program = f"import sys, {PACKAGE}{module}; assert 'prefect' not in sys.modules"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr


def test_importing_the_commands_leaves_prefect_alone() -> None:
    """All commands together, as tab completion is set up from them."""
    commands = ", ".join(name for name in MODULES if ".cli.commands" in name)
    program = f"import sys, {commands}; assert 'prefect' not in sys.modules"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr


def test_importing_the_flows_leaves_the_analysis_alone() -> None:
    """Who only runs, stops or deploys has not to wait for what looks at results."""
    flows = ", ".join(name for name in MODULES if f"{PACKAGE}.flows." in name)
    heavy = {"xarray", "pandas", "pyarrow", "matplotlib"}
    program = f"import sys, {flows}; assert not {heavy} & set(sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("module", [name for name in MODULES if f"{PACKAGE}.cli.runs." in name])
def test_a_command_waits_for_no_other_flow(module: str) -> None:
    """What runs and shows one flow imports no other: each takes a while to define."""
    flows = {name for name in imports(module) if name.startswith(f"{PACKAGE}.flows")}
    assert flows <= {module.replace(".cli.runs.", ".flows.")}


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
