"""Problems as texts, and the parts of a file that rules look at."""

import pickle
from typing import Any

import pytest

from prefect_expres.expres.problem import (
    ABSENT,
    Part,
    Problem,
    UnreadableError,
    ancestors,
    choice,
    headline,
    nearest,
    readable,
    shown,
)

CONTENT: Any = {
    "TIME": {"MIN": 0, "MAX": 720},
    "BODY": [{"ON": True, "NAME": "Jupiter"}, {"ON": False}, {"NAME": "Io"}, {"ON": 1}],
    "TEXT": "its NAME is X",
}


def test_a_problem_is_one_line() -> None:
    """Path, value, rule and fix; without a value where there is none."""
    problem = Problem("TIME.MIN", 5, "must be 0", "write 0")
    assert problem == "TIME.MIN: 5: must be 0; write 0"
    assert problem.parts() == {
        "path": "TIME.MIN",
        "value": 5,
        "rule": "must be 0",
        "fix": "write 0",
    }
    absent = Problem("TIME", ABSENT, "missing", "write it")
    assert absent == "TIME: missing; write it"
    assert absent.parts() == {"path": "TIME", "rule": "missing", "fix": "write it"}
    assert Problem("A", None, "r", "f") == "A: null: r; f"


@pytest.mark.parametrize("value", [5, None, ABSENT, [1], "x"])
def test_a_problem_is_pickled_with_its_parts(value: Any) -> None:
    """Errors carry problems from one process to another."""
    problem = Problem("A.B", value, "rule", "fix")
    again = pickle.loads(pickle.dumps(problem))
    assert type(again) is Problem
    assert (again, again.parts()) == (problem, problem.parts())


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("x'y", '"x\'y"'),
        (1.0, "1.0"),
        (True, "true"),
        (["ü"], '["ü"]'),
        ({}, "0 entries"),
        ({"a": 1}, "1 entry"),
        ({"a": 1, "b": 2}, "2 entries"),
        ([{}], "1 entry"),
        ([1, {}], "2 entries"),
        ([], "[]"),
        ("x" * 58, "'" + "x" * 58 + "'"),
        ("x" * 59, "'" + "x" * 56 + "..."),
    ],
)
def test_values_are_shown_as_in_the_file(value: Any, text: str) -> None:
    """Sections are counted, and 60 characters are the most."""
    assert shown(value) == text


@pytest.mark.parametrize(
    ("path", "above"),
    [
        ("A", []),
        ("A.B", ["A"]),
        ("A.B[0]", ["A", "A.B"]),
        ("A[1].B.C", ["A", "A[1]", "A[1].B"]),
    ],
)
def test_ancestors_of_a_path(path: str, above: list[str]) -> None:
    """Every value that holds this one, the outermost first."""
    assert list(ancestors(path)) == above


def test_the_nearest_word_is_found() -> None:
    """Another case, or a slip; a word like none of them has none."""
    assert nearest("LINEAR", ["Linear", "Log"]) == "Linear"
    assert nearest("Linaer", ["Linear", "Log"]) == "Linear"
    assert nearest(5, ["Linear", "Log"]) is None
    assert nearest("x", []) is None


def test_a_choice_names_one_word_or_all() -> None:
    """The near one, the only one, all, or none."""
    assert choice("linear", ["Linear", "Log"]) == "write 'Linear'"
    assert choice("x", ["Linear"]) == "write 'Linear'"
    assert choice("x", ["Linear", "Log"]) == "choose one of 'Linear', 'Log'"
    assert choice("x", []) == "there is none to choose"


def test_the_headline_counts() -> None:
    """One problem or several."""
    problem = Problem("A", 1, "rule", "fix")
    assert headline([problem]).startswith("The configuration has a problem; fix it before")
    assert headline([problem] * 2).startswith("The configuration has 2 problems; fix")


def test_parts_know_their_paths() -> None:
    """Values, sections and lists are found below the whole file."""
    whole = Part(CONTENT)
    assert whole.whole is whole
    time = whole.part("TIME")
    assert (time.path, time["MAX"], time.at("MAX"), time.whole) == ("TIME", 720, "TIME.MAX", whole)
    assert whole.at("TIME") == "TIME"
    bodies = whole.parts("BODY")
    assert [(body.path, body.index) for body in bodies] == [
        (f"BODY[{index}]", index) for index in range(4)
    ]
    assert bodies[2].whole is whole
    assert bodies[2]["NAME"] == "Io"
    assert bodies[0].problem("NAME", "r", "f") == "BODY[0].NAME: 'Jupiter': r; f"
    assert bodies[1].problem("NAME", "r", "f") == "BODY[1].NAME: r; f"
    assert (bodies[0].get("NAME", "?"), bodies[1].get("NAME", "?")) == ("Jupiter", "?")
    assert whole.part("TEXT").get("NAME", "?") == "?"
    assert [body.path for body in readable(bodies, "ON")] == ["BODY[0]", "BODY[3]"]


def test_what_is_missing_or_broken_cannot_be_read() -> None:
    """A missing key, a broken value, no section and no list."""
    whole = Part(CONTENT, broken=frozenset({"TIME.MAX", "BODY[0].ON"}))
    assert whole.part("TIME")["MIN"] == 0
    for part, key in ((whole.part("TIME"), "MAX"), (whole, "NONE"), (whole.part("TEXT"), "X")):
        with pytest.raises(UnreadableError):
            part[key]
    for part, key in ((whole, "TIME"), (whole, "NONE"), (whole.part("TEXT"), "X")):
        with pytest.raises(UnreadableError):
            part.parts(key)
    assert [body.path for body in readable(whole.parts("BODY"), "ON")] == ["BODY[3]"]
    with pytest.raises(UnreadableError):
        whole.part("TIME").get("MAX", 0)
