"""Problems of structure, in plain words."""

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from prefect_expres.expres import Configuration
from prefect_expres.expres.schema_errors import problem_of_file, structural_problems
from tests.expres.bounds.changes import Changes, apply

Content = dict[str, Any]


def told(content: Any) -> list[str]:
    """Give the lines of all problems."""
    return list(map(str, Configuration.problems_in(content)))


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        (
            {"TIME.NBR": "720"},
            "TIME.NBR: '720': must be a whole number; write it without quotes",
        ),
        (
            {"TIME.NBR": "many"},
            "TIME.NBR: 'many': must be a whole number; write such a value",
        ),
        ({"TIME.NBR": 1}, "TIME.NBR: 1: must be at least 2; write such a value"),
        (
            {"TIME.MIN": " -1.5e3 "},
            "TIME.MIN: ' -1.5e3 ': must be a number; write it without quotes",
        ),
        ({"TIME.MIN": "1h"}, "TIME.MIN: '1h': must be a number; write such a value"),
        ({"TIME.MIN": True}, "TIME.MIN: true: must be a number; write such a value"),
        ({"TIME.MIN": 2e38}, "TIME.MIN: 2e+38: must be at most 1e+38; write such a value"),
        (
            {"MOVIE2D.ON": "true"},
            "MOVIE2D.ON: 'true': must be true or false; write it without quotes",
        ),
        ({"MOVIE2D.ON": 2}, "MOVIE2D.ON: 2: must be true or false; write such a value"),
        ({"SIMU.NAME": 5}, "SIMU.NAME: 5: must be a text in quotes; write such a value"),
        (
            {"OBSERVER.FIXE_DIST": None},
            "OBSERVER.FIXE_DIST: null: must be a number or a text in quotes; write such a value",
        ),
        (
            {"SOURCE[0].LG_MIN": None},
            "SOURCE[0].LG_MIN: null: must be a number or a text in quotes; write such a value",
        ),
        (
            {"FREQUENCY.TYPE": "linear"},
            "FREQUENCY.TYPE: 'linear': must be 'Linear', 'Log' or 'Pre-Defined'; write 'Linear'",
        ),
        (
            {"FREQUENCY.TYPE": "cubic"},
            (
                "FREQUENCY.TYPE: 'cubic': must be 'Linear', 'Log' or 'Pre-Defined'; choose one of "
                "'Linear', 'Log', 'Pre-Defined'"
            ),
        ),
        (
            {"FREQUENCY.TYPE": 1},
            "FREQUENCY.TYPE: 1: must be 'Linear', 'Log' or 'Pre-Defined'; write such a value",
        ),
        ({"SPDYN.FREQ": [True] * 6}, "at most 5; write such a value"),
        ({"SPDYN.FREQ": {}}, "SPDYN.FREQ: 0 entries: must be a list in [ ]; write such a value"),
        ({"TIME": [1]}, "TIME: [1]: must be a section in { }; write such a value"),
        ({"BODY[1].DENS": None}, "BODY[1].DENS: null: must be a list in [ ]; write such a value"),
        ({"$schema": 5}, "$schema: 5: must be a text in quotes; write such a value"),
    ],
)
def test_a_wrong_value_is_one_line(configuration: Content, changes: Changes, line: str) -> None:
    """What it must be, with all alternatives, and what to write."""
    content = configuration | changes if "$schema" in changes else apply(configuration, changes)
    (found,) = told(content)
    assert found.endswith(line)


@pytest.mark.parametrize(
    ("section", "key", "other", "line"),
    [
        ("TIME", "MAX", None, "TIME.MAX: missing; ExPRES needs this key"),
        ("TIME", "MAX", "Max", "TIME.MAX: missing; write 'Max' in capitals, as ExPRES does"),
        ("TIME", "MAX", "max", "TIME.MAX: missing; write 'max' in capitals, as ExPRES does"),
        ("TIME", "MAX", "maximum", "TIME.MAX: missing; ExPRES needs this key"),
    ],
)
def test_a_missing_key_is_one_line(
    configuration: Content, section: str, key: str, other: str | None, line: str
) -> None:
    """A key in another case is named."""
    value = configuration[section].pop(key)
    if other:
        configuration[section][other] = value
    assert told(configuration) == [line]


def test_only_the_innermost_value_is_reported(configuration: Content) -> None:
    """An item of a list that may also be a text is reported by itself."""
    configuration["FREQUENCY"] |= {"TYPE": "Pre-Defined", "SC": [1, "2", 3]}
    assert told(configuration) == [
        "FREQUENCY.SC[1]: '2': must be a number; write it without quotes"
    ]


def test_a_list_with_a_broken_item_breaks_no_rule_besides(configuration: Content) -> None:
    """A rule about all flags of a list waits until each of them can be read."""
    configuration["SPDYN"]["FREQ"] = [False, "true", False, False, False]
    assert told(configuration) == [
        "SPDYN.FREQ[1]: 'true': must be true or false; write it without quotes"
    ]


def test_problems_stand_in_the_order_of_the_file(configuration: Content) -> None:
    """Problems of structure come first, and broken values break no rule besides."""
    configuration["TIME"] |= {"MIN": "0", "NBR": 1}
    configuration["BODY"][1]["PARENT"] = 5
    configuration["SOURCE"][0]["NORTH"] = False
    paths = [problem.path for problem in Configuration.problems_in(configuration)]
    assert paths == ["TIME.MIN", "TIME.NBR", "BODY[1].PARENT", "SOURCE[0].NORTH"]


def test_a_body_that_cannot_be_read_hides_no_other(configuration: Content) -> None:
    """Whether it is a planet is not known then; that of the others is."""
    del configuration["BODY"][1]["PARENT"]
    configuration["BODY"][0]["MOTION"] = True
    paths = [problem.path for problem in Configuration.problems_in(configuration)]
    assert paths == ["BODY[1].PARENT", "BODY[0].MOTION"]


@pytest.mark.parametrize("content", [[], 5, "x", None])
def test_a_file_without_sections_is_one_problem(content: Any) -> None:
    """The problem is that of the whole file."""
    (problem,) = told(content)
    assert problem.startswith("the file: ")
    assert "must be a section in { }" in problem


def test_a_file_that_cannot_be_read_is_one_problem() -> None:
    """It has no value."""
    problem = problem_of_file("No such file")
    assert problem == "the file: No such file; give the JSON of a configuration"
    assert "value" not in problem.parts()
    (written,) = Configuration.problems_in({"SIMU": float("nan")})
    assert written.startswith("the file: cannot be written as JSON: ")


def test_errors_that_have_no_words_here_keep_pydantics() -> None:
    """A new kind of error is still told."""

    class Model(BaseModel):
        KEY: bytes

    with pytest.raises(ValidationError) as caught:
        Model.model_validate({"KEY": 5})
    (problem,) = structural_problems(caught.value.errors())
    assert problem == "KEY: 5: must be a valid bytes; write such a value"
