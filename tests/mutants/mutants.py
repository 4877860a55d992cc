"""The mutants of a source: where each one is, what it is called, and what its source says."""

import ast
import difflib
import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .areas import Source
from .operators import OPERATORS
from .operators.base import Node, parse
from .places import Place, place_of
from .skipping import Visit, marked_lines, mutable_nodes


@dataclass(frozen=True)
class Mutant:
    """One change to one source.

    Attributes:
        id: Its name, which does not depend on the number of the line.
        source: The source that is changed.
        operator: The name of the operator that changes it.
        place: Where the change is.
        path: The children that lead to the node that is changed.
        index: Which of the changes that the operator can make to this node.
    """

    id: str
    source: Source
    operator: str
    place: Place
    path: tuple[int, ...]
    index: int

    @property
    def path_and_line(self) -> tuple[Path, int]:
        """The file and the number of the line."""
        return self.source.path, self.place.line

    @property
    def text_of_line(self) -> str:
        """The line, without the space around it."""
        return self.source.text.splitlines()[self.place.line - 1].strip()

    def apply(self) -> str:
        """Give the changed source."""
        tree = parse(self.source.text)
        node = tree
        for place in self.path:
            node = node.children[place]
        siblings = node.parent.children if node.parent else [node]
        prefix = node.get_first_leaf().prefix
        new = OPERATORS[self.operator].mutate(node, self.index)
        at = next(n for n, sibling in enumerate(siblings) if sibling is node)
        if new is None:
            del siblings[at]
        elif new is not node:
            _keep_prefix(new, prefix)
            siblings[at] = new
        return str(tree.get_code())

    def diff(self) -> list[str]:
        """Give the lines that change, the old ones with a minus and the new ones with a plus."""
        old, new = self.source.text.splitlines(), self.apply().splitlines()
        lines = list(difflib.unified_diff(old, new, lineterm="", n=0))[2:]
        said = [f"{line[0]} {line[1:].strip()}" for line in lines if line[0] in "+-"]
        return [line for line in said if line != "+ "]


def mutants_of(source: Source) -> Iterator[Mutant]:
    """Give all mutants of a source, in its order."""
    seen: Counter[str] = Counter()
    lines = source.text.splitlines()
    marked = marked_lines(source.text)
    for visit in mutable_nodes(parse(source.text), marked, source.messages):
        for name, index, line in _changes(visit):
            place = place_of(visit.node, line)
            what = "\n".join((lines[line - 1].strip(), visit.node.get_code().strip(), str(index)))
            key = f"{source.label}:{place.qualname}:{name}:{_digest(what)}"
            seen[key] += 1
            count = f".{seen[key]}" if seen[key] > 1 else ""
            yield Mutant(key + count, source, name, place, visit.path, index)


def changed_source(mutant: Mutant) -> str | None:
    """Give the changed source, or None if it is no Python or says what the original says."""
    try:
        text = mutant.apply()
        tree = ast.dump(ast.parse(text))
    except (SyntaxError, ValueError):
        return None
    return None if tree == ast.dump(ast.parse(mutant.source.text)) else text


def _changes(visit: Visit) -> Iterator[tuple[str, int, int]]:
    for name, operator in OPERATORS.items():
        for index, (start, _) in enumerate(operator.mutation_positions(visit.node)):
            yield name, index, start[0]


def _keep_prefix(new: Node, prefix: str) -> None:
    """Put a new leaf on the line on which the old one stood."""
    if getattr(new, "value", ""):
        new.value = new.value.strip()
        new.prefix = prefix


def _digest(text: str) -> str:
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:6]
