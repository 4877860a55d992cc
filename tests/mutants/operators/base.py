"""The base of the operators that Cosmic Ray lacks."""

from collections.abc import Iterator, Sequence
from typing import Any

import parso
from cosmic_ray.operators.operator import Example, Operator
from parso.python.tree import Name

# Which attributes a node of parso has depends on its type, which no annotation tells.
Node = Any
Place = tuple[tuple[int, int], tuple[int, int]]


class OwnOperator(Operator):  # type: ignore[misc]
    """An operator that names the nodes that it can change.

    A subclass states ``EXAMPLES`` of source before and after the change.
    """

    EXAMPLES: tuple[tuple[str, str], ...] = ()

    def targets(self, node: Node) -> Sequence[Node]:
        """Give the nodes, in this node, that stand for one change each."""
        raise NotImplementedError

    def mutation_positions(self, node: Node) -> Iterator[Place]:
        """Give start and end of what each change would change."""
        for target in self.targets(node):
            yield target.start_pos, target.end_pos

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Give examples of the first change to a source."""
        return tuple(Example(before, after) for before, after in cls.EXAMPLES)


def parse(text: str) -> Node:
    """Give the tree of a source."""
    return parso.parse(text)  # type: ignore[no-untyped-call]


def code(text: str, instead_of: Node) -> Node:
    """Give a node with this code, after the space that stood before another node."""
    return Name(text, instead_of.start_pos, prefix=instead_of.get_first_leaf().prefix)


def is_word(node: Node, *words: str) -> bool:
    """Tell whether a node is one of these words or signs."""
    return getattr(node, "value", None) in words


def is_call(node: Node) -> bool:
    """Tell whether a node is the brackets of a call, with what is between them."""
    return node.type == "trailer" and is_word(node.children[0], "(")
