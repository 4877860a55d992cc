"""JSON, read more strictly than Python does."""

import math
from typing import Any

import pytest

from prefect_expres.errors import ConfigurationError
from prefect_expres.expres.strict_json import check_writable, read_content


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("{}", {}),
        (b'{"a": {"b": 1}, "b": {"b": 1.0}}', {"a": {"b": 1}, "b": {"b": 1.0}}),
        ('[null, "\\u00fc", true, 1e3]', [None, "ü", True, 1000.0]),
    ],
)
def test_json_is_read(text: str | bytes, content: Any) -> None:
    """Bytes and text; the same key may occur in different sections."""
    assert read_content(text) == content


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"a": 1, "a": 1}', "the key 'a' occurs twice in one section; keep one"),
        ('{"x": [{"b": 1, "a": 0, "b": 1, "a": 0}]}', "the key 'a' occurs twice"),
        ("[NaN]", "NaN is not a JSON number; give a finite number"),
        ("[Infinity]", "Infinity is not a JSON number"),
        ("[-Infinity]", "-Infinity is not a JSON number"),
        ("[1e999]", "not JSON compliant"),
        ('["\\ud800"]', "surrogates not allowed"),
        ("{", "Expecting property name"),
        ("", "it is empty; write it, or fetch it again"),
        (" \n", "it is empty"),
    ],
)
def test_other_texts_are_refused(text: str, words: str) -> None:
    """The error says why."""
    with pytest.raises(ConfigurationError, match=f"cannot be read as JSON: .*{words}"):
        read_content(text)


@pytest.mark.parametrize("content", [math.nan, math.inf, {1, 2}, [b"x"], "\ud800"])
def test_what_json_cannot_hold_is_an_error(content: Any) -> None:
    """Numbers that are not finite, other types, and halves of characters."""
    with pytest.raises(ValueError):  # noqa: PT011 - the words are Python's
        check_writable(content)


def test_what_json_can_hold_is_no_error() -> None:
    """All its types, and letters of any language."""
    check_writable({"a": [1, 1.5, None, True, "ü", {}]})
