"""What a value may just be, and what it may not, whatever the others are."""

import re
from collections.abc import Sequence
from typing import Any

import pytest

from prefect_expres.expres import Configuration
from tests.expres.bounds.changes import apply

STRUCTURE: dict[str, tuple[Sequence[Any], Sequence[Any], str]] = {
    "BODY[0].ORB_PER": ([1e38], [1.01e38, 2 * 10**38], "at most 1e[+]38"),
    "BODY[0].INIT_AX": ([-1e38], [-1.01e38], "at least -1e[+]38"),
    "SOURCE[0].LG_NBR": ([1, 1.0, 2.7, 2147483647], [2147483648, 3e9], "at most 2147483647"),
    "SOURCE[1].LG_NBR": ([], [0, -1, 0.9], "at least 1"),
    "TIME.NBR": ([2, 2.0, 720.5, 2147483647], [1, 0, 1.9], "at least 2"),
    "NUMBER.BODY": ([2.0], [-1], "at least 0"),
    "MOVIE2D.SUBCYCLE": ([1, 0, -2.5], ["1"], "a number"),
    "MOVIE3D.SUBCYCLE": ([1, 0], [None], "a number"),
    "MOVIE2D.ON": ([True, False, 0, 1, 0.0, 1.0], [2, -1, 0.5, "true", None], "true or false"),
    "SPDYN.FREQ": ([[0] * 5], [[0] * 4], "at least 5"),
    "SPDYN.LAT": ([[True] * 5], [[0] * 6], "at most 5"),
    "SPDYN.DRANGE": ([[0, 0.5]], [[0]], "at least 2"),
    "SPDYN.LTRANGE": ([[0, 0]], [[0, 0, 0]], "at most 2"),
    "FREQUENCY.TYPE": (["Linear", "Log"], ["linear", "Predefined"], "must be"),
    "OBSERVER.TYPE": (["Fixed"], ["fixed", "Pre-defined"], "must be"),
    "SIMU.NAME": (["", "any"], [1, None], "a text in quotes"),
    "BODY": ([], [{}, None], "a list"),
    "SOURCE": ([], [{}, None], "a list"),
    "SPDYN.CDF": ([], [None, []], "a section in { }"),
}


@pytest.mark.parametrize(
    ("path", "value"),
    [(path, value) for path, (inside, _, _) in STRUCTURE.items() for value in inside],
)
def test_inside_a_bound_of_structure_all_is_well(path: str, value: Any, configuration: Any) -> None:
    """What a value may just be is accepted."""
    assert Configuration.problems_in(apply(configuration, {path: value})) == ()


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [(path, value, words) for path, (_, outside, words) in STRUCTURE.items() for value in outside],
)
def test_outside_a_bound_of_structure_the_value_is_reported(
    path: str, value: Any, words: str, configuration: Any
) -> None:
    """What is just beyond is reported at its path with what is allowed."""
    (problem,) = Configuration.problems_in(apply(configuration, {path: value}))
    assert problem.path == path
    assert re.search(words, problem)


@pytest.mark.parametrize("path", ["BODY", "SOURCE"])
def test_an_empty_list_is_reported(path: str, configuration: Any) -> None:
    """A simulation has a body and a source at least."""
    problems = Configuration.problems_in(apply(configuration, {path: []}))
    assert next(problem for problem in problems if problem.path == path) == (
        f"{path}: []: must be a list of at least 1; write such a value"
    )
