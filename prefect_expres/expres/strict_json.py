"""Read the JSON of a configuration file, more strictly than Python does."""

import json
from collections.abc import Sequence
from typing import Any

from prefect_expres.errors import ConfigurationError


def read_content(data: bytes | str) -> Any:
    """Read JSON in which no key occurs twice in a section and every number is finite.

    Raises:
        ConfigurationError: It is not such JSON.
    """
    try:
        if not data.strip():
            raise ValueError("it is empty; write it, or fetch it again")
        content = json.loads(data, object_pairs_hook=_unique_keys, parse_constant=_refuse_constant)
        check_writable(content)
    except (ValueError, RecursionError) as fault:
        msg = f"The configuration cannot be read as JSON: {fault}"
        raise ConfigurationError(msg) from None
    return content


def check_writable(content: Any) -> None:
    """Check that the content can be written as JSON again.

    Raises:
        ValueError: A number is not finite, a text is not Unicode, or JSON has no such type.
        RecursionError: It is nested too deeply.
    """
    try:
        json.dumps(content, ensure_ascii=False, allow_nan=False).encode()
    except TypeError as fault:
        raise ValueError(str(fault)) from None


def _unique_keys(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = sorted({key for key in keys if keys.count(key) > 1})
        msg = f"the key {twice[0]!r} occurs twice in one section; keep one"
        raise ValueError(msg)
    return content


def _refuse_constant(word: str) -> None:
    msg = f"{word} is not a JSON number; give a finite number"
    raise ValueError(msg)
