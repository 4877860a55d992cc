"""The words of ``--help``: defaults and repetitions are told in one form, exit codes apart."""

import re
from collections.abc import Iterator
from inspect import getdoc

import pytest
from cyclopts import App, ArgumentCollection

from prefect_expres.cli.main import app
from tests.support.command_line import run

OTHER_FORMS = re.compile(r"by default|the default is|at first \d|given several times|repeat it")


def commands(words: tuple[str, ...] = (), within: App = app) -> Iterator[tuple[str, ...]]:
    """Give the words of all commands."""
    for name in (name for name in within if not name.startswith("-")):
        if within[name].default_command:
            yield (*words, name)
        yield from commands((*words, name), within[name])


COMMANDS = list(commands())


def command(words: tuple[str, ...]) -> App:
    """Give a command."""
    found = app
    for word in words:
        found = found[word]
    return found


def options(words: tuple[str, ...]) -> ArgumentCollection:
    """Give the options and arguments of a command."""
    found = command(words).assemble_argument_collection(parse_docstring=True)
    return found.filter_by(show=True)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_defaults_are_told_in_one_form(words: tuple[str, ...]) -> None:
    """A value stands in brackets as it is typed, and what is no value behind "Default:"."""
    for option in options(words):
        told = " ".join((option.parameter.help or "").split())
        assert told.endswith("."), option.name
        assert not OTHER_FORMS.search(told), option.name
    shown = run(*words, "--help").out
    assert "[default: (" not in shown
    assert "[default: ]" not in shown


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_what_may_be_repeated_says_so(words: tuple[str, ...]) -> None:
    """An option that takes several values takes one each time."""
    for option in options(words):
        if option.name.startswith("--") and "tuple" in str(option.hint):
            told = " ".join((option.parameter.help or "").split())
            assert "epeat the option for several" in told, option.name


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_summary_is_a_sentence_of_what_is_done(words: tuple[str, ...]) -> None:
    """In the list of commands nobody looks for exit codes."""
    summary = (getdoc(command(words).default_command) or "").partition("\n\n")[0]
    assert summary.endswith(".")
    assert "xit with" not in summary
