"""Starting: quick, with every command under its heading, and completed by TAB."""

import shutil
import subprocess
import sys
from inspect import getdoc
from pathlib import Path

import pytest

from prefect_expres import __version__
from prefect_expres.cli.main import app
from tests.support.command_line import run

HEAVY = {"prefect", "numpy", "httpx", "lxml", "pydantic", "asyncio"}


@pytest.mark.parametrize("words", [["--help"], ["--version"], []])
def test_starting_imports_nothing_heavy(words: list[str]) -> None:
    """Neither Prefect nor the science, HTTP or XML is loaded to tell what there is."""
    program = (
        "import sys\nfrom prefect_expres.cli.main import main\n"
        f"try:\n    main({words!r})\nexcept SystemExit:\n    pass\n"
        f"print(sorted({HEAVY!r} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stderr.splitlines()[-1] == "[]"


def test_help_of_a_command_leaves_prefect_alone() -> None:
    """Only running a simulation needs Prefect, and only looking at results the science."""
    program = (
        "import contextlib, sys\nfrom prefect_expres.cli.main import app, main\n"
        "for name in [name for name in app if not name.startswith('-')]:\n"
        "    with contextlib.suppress(SystemExit):\n        main([name, '--help'])\n"
        "print({'prefect', 'numpy'} & set(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stderr.splitlines()[-1] == "set()"


def plain(text: str) -> str:
    """Give words without markup and the line breaks of a terminal."""
    return " ".join(text.replace("`", "").split())


@pytest.mark.slow
def test_every_command_has_a_help() -> None:
    """Whatever stands in the list can be asked, down to the last one: all of it is told."""
    found = 0
    todo = [(name,) for name in app if not name.startswith("-")]
    while todo:
        words = todo.pop()
        done = run(*words, "--help")
        assert done.code == 0, done.err
        assert "Usage" in done.out
        sub = app
        for word in words:
            sub = sub[word]
        todo += [(*words, name) for name in sub if not name.startswith("-")]
        found += 1
        if sub.default_command:
            about = getdoc(sub.default_command) or ""
            assert plain(about.partition("Args:")[0]) in plain(done.out)
            arguments = sub.assemble_argument_collection(parse_docstring=True)
            assert [each.name for each in arguments if each.show and not each.parameter.help] == []
    assert found > 25


def test_the_version_is_told() -> None:
    """It is the package's."""
    assert run("--version").out.strip() == __version__


def test_bash_completes(home: Path) -> None:
    """What --install-completion installs completes commands, options and choices in bash."""
    bash = shutil.which("bash")
    assert bash
    install = ("-m", "prefect_expres.cli.main", "--install-completion", "--shell", "bash")
    subprocess.run([sys.executable, *install], capture_output=True, timeout=60, check=True)
    (script,) = home.rglob("bash-completion/completions/prefect-expres")
    for typed, offered in (
        (("jo",), "jobs"),
        (("jobs", "res"), "results"),
        (("jobs", "list", "--pha"), "--phase"),
        (("sandbox", "serve", "--dialect", "st"), "standard"),
    ):
        program = (
            f"source {script}; COMP_WORDS=(prefect-expres {' '.join(typed)}); "
            f'COMP_CWORD={len(typed)}; _prefect_expres; printf "%s\\n" "${{COMPREPLY[@]}}"'
        )
        shown = subprocess.run(
            [bash, "-c", program], capture_output=True, text=True, timeout=60, check=True
        )
        assert offered in [line.strip() for line in shown.stdout.splitlines()]
