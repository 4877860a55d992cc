"""What is installed: sdist and wheel are complete, and the version stands in one place."""

import re
import tarfile
import tomllib
import zipfile
from email.parser import BytesParser
from pathlib import Path

import pytest

import prefect_expres
from tests.support.package import ROOT

PLACES = {
    "prefect_expres": "prefect_expres",
    "flows": "prefect_expres/flows",
    "deployments": "prefect_expres/deployments",
}
"""Which folder is installed where."""
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]


@pytest.fixture(scope="module")
def wheel(built: Path) -> zipfile.ZipFile:
    """Open the wheel."""
    (path,) = (built / "dist").glob("*.whl")
    return zipfile.ZipFile(path)


def files_of_the_package() -> set[str]:
    """Give the installed path of every file of the package in the sources."""
    found = set()
    for folder, place in PLACES.items():
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                found.add(f"{place}/{path.relative_to(ROOT / folder).as_posix()}")
    return found


def test_wheel_holds_all_of_the_package_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    """Modules, flows, data, ``py.typed``: what is in the sources is in the wheel."""
    packed = {name for name in wheel.namelist() if ".dist-info/" not in name}
    expected = files_of_the_package()
    assert {"prefect_expres/py.typed", "prefect_expres/flows/simulate.py"} <= expected
    assert packed == expected


def test_sdist_holds_what_builds_and_tests_it(built: Path) -> None:
    """The package, its tests, its documentation and the lock."""
    (path,) = (built / "dist").glob("*.tar.gz")
    with tarfile.open(path) as archive:
        packed = {name.partition("/")[2] for name in archive.getnames()}
        links = [member.name for member in archive if member.issym() or member.islnk()]
    expected = {
        *("README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "Makefile"),
        *("pyproject.toml", "requirements.txt", "prefect_expres/py.typed"),
        *("prefect_expres/flows/simulate.py", "prefect_expres/deployments/prefect.yaml"),
        *("docs/conf.py", "docs/quicklook.png", "tests/conftest.py", "tests/support/quick_run.py"),
    }
    assert expected <= packed
    assert not links
    tests = (path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("*.py"))
    assert set(tests) <= packed


def test_version_stands_in_one_place(wheel: zipfile.ZipFile) -> None:
    """Only the project file has it; the package and the wheel read it from there."""
    (metadata,) = (name for name in wheel.namelist() if name.endswith("/METADATA"))
    assert BytesParser().parsebytes(wheel.read(metadata))["Version"] == VERSION
    assert prefect_expres.__version__ == VERSION
    literal = re.compile(rf"""(?i)version.{{0,3}}[=:]\s*["']v?{re.escape(VERSION)}["']""")
    others = [ROOT / "docs" / "conf.py", *(ROOT / "prefect_expres").rglob("*.py")]
    assert not [path for path in others if literal.search(path.read_text(encoding="utf-8"))]


def test_extras_are_documented() -> None:
    """The page of settings has a line for each."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    page = (ROOT / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")
    table = page.partition("## Extras")[2].partition("\n## ")[0]
    documented = re.findall(r"^\| `([a-z0-9]+)` \| ", table, re.MULTILINE)
    assert set(documented) == set(extras["optional-dependencies"])


def test_commands_and_blocks_are_announced(wheel: zipfile.ZipFile) -> None:
    """The command and Prefect's collection are entry points."""
    (name,) = (name for name in wheel.namelist() if name.endswith("/entry_points.txt"))
    points = wheel.read(name).decode()
    assert "prefect-expres = prefect_expres.cli.main:main" in points
    assert "prefect_expres = prefect_expres.blocks" in points
