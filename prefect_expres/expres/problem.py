"""Problems of a configuration: JSON path, value, the rule that is broken, and what to write."""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Self

ABSENT: Any = ...
"""Stands for the value where there is none to show."""

_LONGEST_SHOWN = 60


class Problem(str):
    """One problem as one line of text: JSON path, value, rule and fix.

    It is a string, so that it goes into errors, logs and JSON as it is; the parts are attributes.

    Args:
        path: JSON path of the value, for instance ``BODY[1].PARENT``.
        value: The value; ``ABSENT`` if there is none.
        rule: What ExPRES requires.
        fix: What to write instead.
    """

    __slots__ = ("fix", "path", "rule", "value")

    path: str
    value: Any
    rule: str
    fix: str

    def __new__(cls, path: str, value: Any, rule: str, fix: str) -> Self:
        """Write the line and keep its parts."""
        seen = () if value is ABSENT else (shown(value),)
        problem = super().__new__(cls, ": ".join((path, *seen, f"{rule}; {fix}")))
        problem.path, problem.value, problem.rule, problem.fix = path, value, rule, fix
        return problem

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by the parts: errors carry problems from one process to another."""
        return type(self), (self.path, self.value, self.rule, self.fix)

    def parts(self) -> dict[str, Any]:
        """Give the parts by name, ready for JSON; no value where there is none."""
        seen = {} if self.value is ABSENT else {"value": self.value}
        return {"path": self.path, **seen, "rule": self.rule, "fix": self.fix}


class UnreadableError(LookupError):
    """A value is missing, or has been reported already: no rule can be checked on it."""


@dataclass(frozen=True)
class Part:
    """A section of the content that knows its JSON path.

    Args:
        content: What was read; a dict, unless the section is broken.
        path: The section's JSON path.
        broken: Paths of values that have been reported already; they count as absent.
        whole: The whole file; by default the part is the whole file.
        index: Its index in the list that holds it.
    """

    content: Any
    path: str = ""
    broken: frozenset[str] = frozenset()
    whole: "Part" = field(default=ABSENT, repr=False)
    index: int = 0

    def __post_init__(self) -> None:
        """Without a file, the part is the whole file."""
        if self.whole is ABSENT:
            object.__setattr__(self, "whole", self)

    def __getitem__(self, key: str) -> Any:
        """Read a value.

        Raises:
            UnreadableError: It is missing or broken.
        """
        path = self.at(key)
        if not isinstance(self.content, dict) or key not in self.content or path in self.broken:
            raise UnreadableError(path)
        return self.content[key]

    def get(self, key: str, default: Any) -> Any:
        """Read a value that may be left out."""
        return self[key] if isinstance(self.content, dict) and key in self.content else default

    def at(self, key: str) -> str:
        """Give the JSON path of a key."""
        return f"{self.path}.{key}" if self.path else key

    def part(self, key: str) -> "Part":
        """Give the section under a key; if there is none, a part without readable values."""
        content = self.content.get(key) if isinstance(self.content, dict) else None
        return Part(content, self.at(key), self.broken, self.whole)

    def parts(self, key: str) -> "list[Part]":
        """Give the sections in the list under a key.

        Raises:
            UnreadableError: There is no list.
        """
        content = self.content.get(key) if isinstance(self.content, dict) else None
        if not isinstance(content, list):
            raise UnreadableError(self.at(key))
        return [
            Part(each, f"{self.at(key)}[{index}]", self.broken, self.whole, index)
            for index, each in enumerate(content)
        ]

    def problem(self, key: str, rule: str, fix: str) -> Problem:
        """Report a problem with the value under a key."""
        return Problem(self.at(key), self.content.get(key, ABSENT), rule, fix)


def ancestors(path: str) -> Iterator[str]:
    """List the values that a value is a part of: of ``A.B[0]``, ``A`` and ``A.B``."""
    return (path[: step.start()] for step in re.finditer(r"[.\[]", path))


def nearest(word: Any, words: Sequence[str]) -> str | None:
    """Find the known word that a word probably stands for: in another case, or a close match."""
    by_fold = {each.casefold(): each for each in words}
    matches = get_close_matches(str(word).casefold(), by_fold, n=1)
    return by_fold[matches[0]] if matches else None


def choice(word: Any, words: Sequence[str]) -> str:
    """Say which word to write instead of an unknown one."""
    near = words[0] if len(words) == 1 else nearest(word, words)
    if near is not None:
        return f"write {near!r}"
    return f"choose one of {', '.join(map(repr, words))}" if words else "there is none to choose"


def shown(value: Any) -> str:
    """Write a value as it is in the file, cut to a readable length."""
    if isinstance(value, dict) or (isinstance(value, list) and dict in map(type, value)):
        return f"{len(value)} entries" if len(value) != 1 else "1 entry"
    text = repr(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 3]}..."


def headline(problems: Sequence[Problem]) -> str:
    """Say how many problems there are."""
    count = f"{len(problems)} problems" if len(problems) > 1 else "a problem"
    return f"The configuration has {count}; fix it before it is submitted:"


def readable(parts: Sequence[Part], key: str) -> Iterator[Part]:
    """Keep the parts in which a key is there, readable and not false."""
    for part in parts:
        with suppress(UnreadableError):
            if part[key]:
                yield part
