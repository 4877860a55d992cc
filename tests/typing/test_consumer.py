"""What type checkers see of the package: its real types, in a wheel and in an editable install."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import prefect_expres
from prefect_expres import analysis
from tests.support.package import install
from tests.support.shared import made_once

CONSUMER = Path(__file__).with_name("consumer.py")
NAMES = [
    *(f"prefect_expres.{name}" for name in prefect_expres.__all__),
    *(f"prefect_expres.analysis.{name}" for name in analysis.__all__),
]
MISTAKES = {
    number
    for number, line in enumerate(CONSUMER.read_text().splitlines(), 1)
    if line.endswith("# error")
}
Check = Callable[[Path, Path], tuple[set[int], list[str]]]


def mypy(python: Path, folder: Path) -> tuple[set[int], list[str]]:
    """Give the lines of the consumer with errors, and the types of the names."""
    cache = ("--cache-dir", str(folder.parent / "mypy"))
    options = ("--strict", "--python-executable", str(python), "--no-pretty")
    command = [sys.executable, "-m", "mypy", *options, *cache, "consumer.py", "names.py"]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 1, done.stdout + done.stderr
    errors = re.findall(r"^consumer\.py:(\d+): error:", done.stdout, re.MULTILINE)
    types = re.findall(r'^names\.py:\d+: note: Revealed type is "(.+)"$', done.stdout, re.MULTILINE)
    return set(map(int, errors)), types


def pyright(python: Path, folder: Path) -> tuple[set[int], list[str]]:
    """Give the lines of the consumer with errors, and the types of the names."""
    (folder / "pyrightconfig.json").write_text('{"typeCheckingMode": "standard"}')
    tool = Path(sys.executable).with_name("basedpyright")
    command = [tool, "--outputjson", "--pythonpath", python, "consumer.py", "names.py"]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=300, check=False
    )
    found = json.loads(done.stdout)["generalDiagnostics"]
    lines = {
        each["range"]["start"]["line"] + 1
        for each in found
        if each["severity"] == "error" and each["file"].endswith("consumer.py")
    }
    told = (re.search(r'Type of ".+" is "(.+)"$', each["message"], re.DOTALL) for each in found)
    return lines, [match[1] for match in told if match]


@pytest.fixture(scope="module", params=["wheel", "editable"])
def checked(
    request: pytest.FixtureRequest, built: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, tuple[set[int], list[str]]]:
    """Have both type checkers look at a consumer of the installed package."""
    way = {
        "wheel": next((built / "dist").glob("*.whl")),
        "editable": f"--editable={built / 'source'}",
    }[request.param]

    def make(environment: Path) -> None:
        install(environment, way)

    python = made_once(f"typed-{request.param}", make, tmp_path_factory) / "bin" / "python"
    folder = tmp_path_factory.mktemp(request.param)
    (folder / "consumer.py").write_text(CONSUMER.read_text())
    reveal = (f"reveal_type({name})\n" for name in NAMES)
    (folder / "names.py").write_text(
        "import prefect_expres\nimport prefect_expres.analysis\n" + "".join(reveal)
    )
    with ThreadPoolExecutor() as pool:
        running = {each.__name__: pool.submit(each, python, folder) for each in (mypy, pyright)}
        return {name: found.result() for name, found in running.items()}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_every_mistake_is_found_and_nothing_else(
    checked: dict[str, tuple[set[int], list[str]]], checker: str
) -> None:
    """Wrong parameters, attributes and names are errors; what is right passes."""
    errors, _ = checked[checker]
    assert errors == MISTAKES


@pytest.mark.timeout(600)
@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_no_name_is_any(checked: dict[str, tuple[set[int], list[str]]], checker: str) -> None:
    """Every public name has a type of its own."""
    _, types = checked[checker]
    assert len(types) == len(NAMES)
    assert not {"Any", "Unknown"}.intersection(types)
