"""Problems of structure: missing keys and values of a wrong type, in plain words.

Pydantic finds them. It reports an error for each type that a value may have; here they become one
problem that names all of them.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from pydantic_core import ErrorDetails

from prefect_expres.expres.problem import ABSENT, Problem, ancestors, choice

WHOLE_FILE = "the file"

_EXPECTED = {
    "bool_type": "true or false",
    "float_type": "a number",
    "greater_than_equal": "at least {ge}",
    "int_type": "a whole number",
    "less_than_equal": "at most {le}",
    "list_type": "a list in [ ]",
    "literal_error": "{expected}",
    "model_type": "a section in {{ }}",
    "string_type": "a text in quotes",
    "too_long": "a list of at most {max_length}",
    "too_short": "a list of at least {min_length}",
}
"""What a value must be, by pydantic's type of error; the names in braces are its facts."""

_UNQUOTED = re.compile(r"\s*(true|false|[-+]?\d[\d.eE+-]*)\s*")
"""A number or a flag, as text."""

_COVERED = {"a number": _EXPECTED["int_type"]}
"""Texts that are omitted beside a more general one."""


def structural_problems(errors: Sequence[ErrorDetails]) -> tuple[Problem, ...]:
    """Translate pydantic's errors into one problem for each value.

    Args:
        errors: The errors of one validation, as ``ValidationError.errors()`` gives them.
    """
    by_path: dict[str, list[ErrorDetails]] = {}
    for error in errors:
        by_path.setdefault(_json_path(error["loc"]), []).append(error)
    reported_below = {above for path in by_path for above in ancestors(path)}
    return tuple(
        _problem(path, alternatives)
        for path, alternatives in by_path.items()
        if path not in reported_below
    )


def problem_of_file(reason: str) -> Problem:
    """Report that the file has no readable content."""
    return Problem(WHOLE_FILE, ABSENT, reason, "give the JSON of a configuration")


def _json_path(location: Sequence[str | int]) -> str:
    """Write a location as ``BODY[1].PARENT``; pydantic's names of alternatives are omitted."""
    path = ""
    for step in location:
        if isinstance(step, int):
            path += f"[{step}]"
        elif step.isupper() or step == "$schema":
            path += f".{step}" if path else step
    return path or WHOLE_FILE


def _problem(path: str, errors: Sequence[ErrorDetails]) -> Problem:
    if errors[0]["type"] == "missing":
        return Problem(path, ABSENT, "missing", _fix_of_missing(errors[0]))
    value = errors[0]["input"]
    wanted = " or ".join(_expected(errors))
    words = [word for error in errors for word in _words(error)]
    if words and isinstance(value, str):
        return Problem(path, value, f"must be {wanted}", choice(value, words))
    return Problem(path, value, f"must be {wanted}", _fix_of_type(value, wanted))


def _fix_of_missing(error: ErrorDetails) -> str:
    key = str(error["loc"][-1])
    given: dict[str, Any] = error["input"]
    for other in given:
        if other.casefold() == key.casefold():
            return f"write {other!r} in capitals, as ExPRES does"
    return "ExPRES needs this key"


def _fix_of_type(value: Any, wanted: str) -> str:
    """Say what to write if the value is right but its type is wrong."""
    if isinstance(value, str) and _UNQUOTED.fullmatch(value):
        return "write it without quotes"
    return "write such a value"


def _expected(errors: Sequence[ErrorDetails]) -> list[str]:
    """List what the value may be, each alternative once."""
    kinds = {error["type"] for error in errors}
    if "bool_type" in kinds:
        return [_EXPECTED["bool_type"]]
    wanted = dict.fromkeys(map(_wanted, errors))
    return [each for each in wanted if each not in {_COVERED.get(wide) for wide in wanted}]


def _wanted(error: ErrorDetails) -> str:
    """Say what pydantic expected; in its own words for errors that have no text here."""
    if error["type"] in _EXPECTED:
        return _EXPECTED[error["type"]].format(**error.get("ctx", {}))
    return error["msg"].removeprefix("Input should be ")


def _words(error: ErrorDetails) -> Iterator[str]:
    """Read the allowed words, which pydantic gives as one text: ``'Linear' or 'Log'``."""
    if error["type"] == "literal_error":
        yield from re.findall(r"'([^']+)'", error.get("ctx", {}).get("expected", ""))
