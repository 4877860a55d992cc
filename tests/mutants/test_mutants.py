"""The driver: what it changes, what it calls it, and what it says of a small project."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from .areas import Source
from .mutants import Mutant, changed_source, mutants_of
from .operators import OWN
from .operators.base import OwnOperator
from .reporting import one_line
from .sampling import spread

ROOT = Path(__file__).parents[2]

SUMS = '''"""Sums."""

LIMIT = 3


def add(one: int, other: int) -> int:
    """Add two numbers."""
    return one + other


def is_small(number: int) -> bool:
    return number < LIMIT


def countdown(number: int) -> int:
    while number > 0:
        number -= 1
    return number


def unseen() -> int:
    return 7
'''
TESTS = """from sums import add, countdown, is_small


def test_add():
    assert add(1, 2) == 3


def test_is_small():
    assert is_small(1)
    assert not is_small(9)


def test_countdown():
    assert countdown(2) == 0
"""
AREAS = """spare = 0.5
preload = ["pytest", "coverage", "hypothesis", "pytest_asyncio", "pytest_timeout"]
[areas.toy]
sources = ["sums.py"]
tests = ["test_sums.py"]
"""
EQUIVALENT = """[[mutant]]
module = "sums"
line = "LIMIT = 3"
operator = "NumberReplacer"
why = "any limit will do"

[[mutant]]
id = "sums:gone:ReturnNone:000000"
why = "it was there once"

[[mutant]]
module = "sums"
line = "return one + other"
operator = "ReturnNone"
why = "a wrong entry"
"""


def mutants(text: str) -> list[Mutant]:
    """Give the mutants of a source."""
    return list(mutants_of(Source(Path("a.py"), "a", text, frozenset({"Rule"}))))


def changes(text: str, operator: str) -> list[str]:
    """Give what one operator makes of a source."""
    return [
        source
        for mutant in mutants(text)
        if mutant.operator == operator and (source := changed_source(mutant)) is not None
    ]


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    """Write a small project."""
    (tmp_path / "pytest.ini").write_text("[pytest]\npythonpath = .\n")
    (tmp_path / "sums.py").write_text(SUMS)
    (tmp_path / "test_sums.py").write_text(TESTS)
    (tmp_path / "areas.toml").write_text(AREAS)
    (tmp_path / "equivalent.toml").write_text(EQUIVALENT)
    return tmp_path


def run(toy: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the driver on the small project."""
    files = [f"--{name}={toy / name}.toml" for name in ("areas", "equivalent")]
    command = [sys.executable, "-m", "tests.mutants", f"--root={toy}", *files, *options]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )


def fates(report: dict[str, Any]) -> dict[str, list[str]]:
    """Give what became of the mutants of each operator in each function."""
    found: dict[str, list[str]] = {}
    for verdict in report["verdicts"]:
        found.setdefault(verdict["id"].rsplit(":", 1)[0], []).append(verdict["fate"])
    return found


def test_each_mutant_has_its_fate(toy: Path) -> None:
    """Mutants are killed, survive, time out, lie beside all tests or are listed as equivalent."""
    done = run(toy, f"--json={toy / 'results.json'}")
    assert done.returncode == 1, done.stderr
    results = json.loads((toy / "results.json").read_text())
    (report,) = results["areas"]
    found = fates(report)
    assert found["sums:add:ReplaceBinaryOperator_Add_Sub"] == ["killed"]
    assert found["sums:is_small:ReplaceComparisonOperator_Lt_LtE"] == ["survived"]
    assert found["sums:countdown:RemoveStatement"] == ["timed out"]
    assert found["sums:unseen:ReturnNone"] == ["not covered"]
    assert found["sums:LIMIT:NumberReplacer"] == ["equivalent", "equivalent"]
    assert any("000000: there is no such mutant" in error for error in results["errors"])
    assert any("a test kills sums:add:ReturnNone" in error for error in results["errors"])
    assert "sums.py:12  sums:is_small:ReplaceComparisonOperator_Lt_LtE" in done.stdout
    assert "- return number < LIMIT  + return number <= LIMIT" in done.stdout


def test_what_cannot_be_imported_is_noticed(toy: Path) -> None:
    """Fixtures for all tests import the source, which a change keeps from being imported."""
    (toy / "conftest.py").write_text("import sums\n")
    (toy / "sums.py").write_text(SUMS + "\nONE, OTHER = (1, 2)\n")
    done = run(toy, f"--json={toy / 'results.json'}")
    assert done.returncode == 1, done.stderr
    (report,) = json.loads((toy / "results.json").read_text())["areas"]
    assert set(fates(report)["sums:ONE:RemoveElement"]) == {"killed"}


def test_what_only_the_import_runs_is_judged(toy: Path) -> None:
    """A function that makes a constant is judged by the tests of the constant."""
    made = "\n\ndef twice(number: int) -> int:\n    return 2 * number\n\n\nSIX = twice(LIMIT)\n"
    (toy / "sums.py").write_text(SUMS + made)
    (toy / "test_sums.py").write_text(
        f"import sums\n{TESTS}\n\ndef test_six():\n    assert sums.SIX == 6\n"
    )
    done = run(toy, f"--json={toy / 'results.json'}")
    (report,) = json.loads((toy / "results.json").read_text())["areas"]
    found = fates(report)
    assert found["sums:twice:ReturnNone"] == ["killed"], done.stderr
    assert found["sums:unseen:ReturnNone"] == ["not covered"]


def test_what_tests_share_is_judged_by_all_of_them(toy: Path) -> None:
    """Not only by the one that happens to set the fixture up."""
    (toy / "test_unseen.py").write_text(
        "import pytest, sums\n\n\n@pytest.fixture(scope='module')\ndef made():\n"
        "    return sums.unseen()\n\n\ndef test_first(made):\n    pass\n\n\n"
        "def test_second(made):\n    assert made == 7\n"
    )
    areas = AREAS.replace('["test_sums.py"]', '["test_sums.py", "test_unseen.py"]')
    (toy / "areas.toml").write_text(areas)
    done = run(toy, f"--json={toy / 'results.json'}")
    (report,) = json.loads((toy / "results.json").read_text())["areas"]
    assert fates(report)["sums:unseen:ReturnNone"] == ["killed"], done.stderr


def test_one_mutant_is_shown(toy: Path) -> None:
    """A mutant of the list is run alone, with its diff."""
    (mutant,) = (line for line in run(toy, "--list").stdout.splitlines() if "Add_Sub" in line)
    shown = run(toy, f"--replay={mutant.split()[0]}")
    assert shown.returncode == 0, shown.stderr
    assert "+ return one - other" in shown.stdout
    assert "killed in test_sums.py::test_add" in shown.stdout


@pytest.mark.parametrize("operator", OWN)
def test_operators_do_what_they_show(operator: type[OwnOperator]) -> None:
    """Each operator makes of its examples what it says."""
    for before, after in operator.EXAMPLES:
        assert changes(before, operator.__name__)[0] == after


@pytest.mark.parametrize(
    "text",
    [
        '"""A text."""\n',
        "import os\nfrom a import b\n",
        "__all__ = ['a']\n",
        "a: dict[str, 'int']\n",
        "def f(a: 'int') -> 'str': ...\n",
        "if TYPE_CHECKING:\n    A = 3\n",
        "def f():  # pragma: no cover\n    return 3\n",
        "log.info('a')\n",
        "a = Field(description='a text')\n",
        "a = Rule('a text')\n",
        "@property\ndef f(a): ...\n",
    ],
)
def test_what_does_nothing_stays(text: str) -> None:
    """What is for people or for type checkers is not changed."""
    assert not mutants(text)


def test_messages_stay_but_not_their_raise() -> None:
    """An error may go, but not its text."""
    (mutant,) = mutants("def f():\n    raise A('a text')\n")
    assert mutant.operator == "RemoveStatement"


def test_annotations_stay_but_not_the_calls_in_them() -> None:
    """The limits in an annotation are changed."""
    assert changes("a: Annotated[int, Field(ge=2)]\n", "NumberReplacer")


def test_names_do_not_depend_on_lines() -> None:
    """A mutant keeps its name when lines come before it."""
    shifted = SUMS.replace("LIMIT = 3", "LIMIT = 3\n\n\ndef before():\n    pass\n")
    assert [mutant.id for mutant in mutants(shifted)] == [mutant.id for mutant in mutants(SUMS)]


def test_a_sample_depends_on_its_seed_alone() -> None:
    """The same seed gives the same sample, another one another."""
    first, again, other = (spread(mutants(SUMS), seed) for seed in ("1", "1", "2"))
    assert first == again != other
    assert sorted(first, key=str) == sorted(other, key=str)


def test_a_long_line_is_shown_where_it_changes() -> None:
    """What two long lines share is left out."""
    line = "a" * 200
    assert one_line([f"- {line}b", f"+ {line}c"]) == f"- …{'a' * 20}b  + …{'a' * 20}c"
