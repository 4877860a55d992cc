"""What is wrong in a configuration, told so that it can be mended: where, what, why and how."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Self

ABSENT: Any = ...
"""Stands for the value where there is none to show."""

_LONGEST_SHOWN = 60


class Problem(str):
    """One line: JSON path, value, rule and cure.

    It is text, so that it goes into errors, logs and JSON as it is; the parts are attributes.

    Args:
        path: Where it is, as ``BODY[1].PARENT``.
        value: What stands there; ``ABSENT`` if nothing does.
        rule: What ExPRES asks for.
        cure: What to write.
    """

    __slots__ = ("cure", "path", "rule", "value")

    path: str
    value: Any
    rule: str
    cure: str

    def __new__(cls, path: str, value: Any, rule: str, cure: str) -> Self:
        """Write the line and keep its parts."""
        seen = () if value is ABSENT else (shown(value),)
        problem = super().__new__(cls, ": ".join((path, *seen, f"{rule}; {cure}")))
        problem.path, problem.value, problem.rule, problem.cure = path, value, rule, cure
        return problem

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by the parts: errors carry problems from one process to another."""
        return type(self), (self.path, self.value, self.rule, self.cure)

    def parts(self) -> dict[str, Any]:
        """Give the parts by name, ready for JSON; no value where there is none."""
        seen = {} if self.value is ABSENT else {"value": self.value}
        return {"path": self.path, **seen, "rule": self.rule, "cure": self.cure}


class UnsoundError(LookupError):
    """A value is not there, or is told as a problem already: nothing can be said about it."""


@dataclass(frozen=True)
class Part:
    """A section of the content that knows its JSON path.

    Args:
        content: What was read; a dict, unless the section is broken.
        path: The section's JSON path.
        broken: Paths of values in which something is told already; they are as good as absent.
        whole: The file that it is a part of; None for the file itself.
        index: The place in its list, from 0.
    """

    content: Any
    path: str = ""
    broken: frozenset[str] = frozenset()
    whole: "Part" = field(default=ABSENT, repr=False)
    index: int = 0

    def __post_init__(self) -> None:
        """Make a part that is given no file the file itself."""
        if self.whole is ABSENT:
            object.__setattr__(self, "whole", self)

    def __getitem__(self, key: str) -> Any:
        """Read a value.

        Raises:
            UnsoundError: It is not there, or broken.
        """
        path = self.at(key)
        if not isinstance(self.content, dict) or key not in self.content or path in self.broken:
            raise UnsoundError(path)
        return self.content[key]

    def get(self, key: str, default: Any) -> Any:
        """Read a value that may be left out."""
        return self[key] if isinstance(self.content, dict) and key in self.content else default

    def at(self, key: str) -> str:
        """Give the JSON path of a key."""
        return f"{self.path}.{key}" if self.path else key

    def part(self, key: str) -> "Part":
        """Give the section under a key; if there is none, a part in which nothing is sound."""
        content = self.content.get(key) if isinstance(self.content, dict) else None
        return Part(content, self.at(key), self.broken, self.whole)

    def parts(self, key: str) -> "list[Part]":
        """Give the sections in the list under a key.

        Raises:
            UnsoundError: There is no list.
        """
        content = self.content.get(key) if isinstance(self.content, dict) else None
        if not isinstance(content, list):
            raise UnsoundError(self.at(key))
        return [
            Part(each, f"{self.at(key)}[{index}]", self.broken, self.whole, index)
            for index, each in enumerate(content)
        ]

    def problem(self, key: str, rule: str, cure: str) -> Problem:
        """Tell what is wrong with the value under a key."""
        return Problem(self.at(key), self.content.get(key, ABSENT), rule, cure)


def ancestors(path: str) -> Iterator[str]:
    """List the values that a value is a part of: of ``A.B[0]``, ``A`` and ``A.B``."""
    return (path[: step.start()] for step in re.finditer(r"[.\[]", path))


def nearest(word: Any, words: Sequence[str]) -> str | None:
    """Find the word that was meant: another case of it, or a close match."""
    by_fold = {each.casefold(): each for each in words}
    matches = get_close_matches(str(word).casefold(), by_fold, n=1)
    return by_fold[matches[0]] if matches else None


def choice(word: Any, words: Sequence[str]) -> str:
    """Tell which word to write in place of one that is not known."""
    near = words[0] if len(words) == 1 else nearest(word, words)
    if near is not None:
        return f"write {near!r}"
    return f"choose one of {', '.join(map(repr, words))}" if words else "there is none to choose"


def shown(value: Any) -> str:
    """Write a value as the reader knows it from the file, cut to a readable length."""
    if isinstance(value, dict) or (isinstance(value, list) and dict in map(type, value)):
        return f"{len(value)} entries" if len(value) != 1 else "1 entry"
    text = repr(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 3]}..."


def headline(problems: Sequence[Problem]) -> str:
    """Tell how many problems there are."""
    count = f"{len(problems)} problems" if len(problems) > 1 else "a problem"
    return f"The configuration has {count}; mend it before it is submitted:"


def sound(parts: Sequence[Part], key: str) -> Iterator[Part]:
    """Leave out the parts in which a key is false, absent or broken."""
    for part in parts:
        try:
            if part[key]:
                yield part
        except UnsoundError:
            continue
