"""Operators that change what a call, a collection or a string is made of."""

import re
from collections.abc import Sequence

from parso.python.tree import Name

from .base import Node, OwnOperator, code, is_call, is_word

FEWEST_IN_A_TUPLE = 2  # that need no comma after the last
OPENING = re.compile(r"[a-zA-Z]*('''|\"\"\"|'|\")")


class RemoveKeyword(OwnOperator):
    """Leave out a keyword argument."""

    EXAMPLES = (("f(a, b=1)\n", "f(a)\n"), ("f(b=1)\n", "f()\n"))

    def targets(self, node: Node) -> Sequence[Node]:
        """Give the argument, if it has a keyword."""
        has_keyword = node.type == "argument" and is_word(node.children[1], "=")
        return (node,) if has_keyword else ()

    def mutate(self, node: Node, index: int) -> Node:
        """Leave it out, with one comma beside it."""
        siblings = node.parent.children
        place = siblings.index(node)
        for comma in (place + 1, place - 1):
            if 0 <= comma < len(siblings) and is_word(siblings[comma], ","):
                del siblings[comma]
                break
        return Name("", node.start_pos)


class RemoveElement(OwnOperator):
    """Leave out one element of a tuple, a list, a set or a dictionary."""

    EXAMPLES = (("a = (b, c)\n", "a = (c,)\n"), ("a = {b: 1, c: 2}\n", "a = {c: 2}\n"))
    KINDS = frozenset({"testlist_comp", "dictorsetmaker"})

    def targets(self, node: Node) -> Sequence[Node]:
        """Give the first node of each element."""
        return [node.children[start] for start, _ in self._elements(node)]

    def mutate(self, node: Node, index: int) -> Node:
        """Leave out one of them, with one comma beside it."""
        elements = self._elements(node)
        start, end = elements[index]
        parts, begins = node.children, node.start_pos
        needs_comma = is_word(node.parent.children[0], "(") and len(elements) == FEWEST_IN_A_TUPLE
        if not needs_comma or index == 0:
            is_followed = end < len(parts)
            start, end = (start, end + 1) if is_followed or not start else (start - 1, end)
        prefix = parts[start].get_first_leaf().prefix
        del parts[start:end]
        if parts and index == 0:
            parts[0].get_first_leaf().prefix = prefix
        if needs_comma and not is_word(parts[-1], ","):
            parts.append(Name(",", node.end_pos))
        return node if parts else Name("", begins)

    def _elements(self, node: Node) -> list[tuple[int, int]]:
        """Give the numbers of the nodes of each element, if the node is what a display holds."""
        if node.type not in self.KINDS or node.children[-1].type in {"sync_comp_for", "comp_for"}:
            return []
        commas = [n for n, child in enumerate(node.children) if is_word(child, ",")]
        starts, ends = [0, *(n + 1 for n in commas)], [*commas, len(node.children)]
        return [(start, end) for start, end in zip(starts, ends, strict=True) if start < end]


class ChangeString(OwnOperator):
    """Put letters before a text."""

    EXAMPLES = (("a = 'b'\n", "a = 'XXb'\n"), ('a = r""\n', 'a = r"XX"\n'))

    def targets(self, node: Node) -> Sequence[Node]:
        """Give the string, but only the first of several that are written as one."""
        if node.type != "string":
            return ()
        is_first = node.parent.type != "strings" or node.parent.children[0] is node
        return (node,) if is_first else ()

    def mutate(self, node: Node, index: int) -> Node:
        """Change it."""
        node.value = OPENING.sub(lambda opening: f"{opening.group()}XX", node.value, count=1)
        return node


class UnwrapCall(OwnOperator):
    """Take what goes into a call for what comes out of it."""

    EXAMPLES = (("a = sorted(b)\n", "a = (b)\n"), ("a = b.strip().c\n", "a = b.c\n"))
    FUNCTIONS = frozenset({"abs", "float", "int", "reversed", "round", "sorted"})
    METHODS = frozenset(
        {
            *("casefold", "copy", "lower", "lstrip", "removeprefix"),
            *("removesuffix", "rstrip", "strip", "upper"),
        }
    )

    def targets(self, node: Node) -> Sequence[Node]:
        """Give the names of the functions and methods that are called."""
        if node.type != "atom_expr":
            return ()
        pairs = zip(node.children, node.children[1:], strict=False)
        calls = [left for left, right in pairs if is_call(right)]
        return [call for call in calls if self._is_unwrapped(call, node)]

    def mutate(self, node: Node, index: int) -> Node:
        """Take one of the calls away."""
        call = self.targets(node)[index]
        place = node.children.index(call)
        if call.type == "name":
            argument: Node = _first_argument(node.children[place + 1])
            node.children[place : place + 2] = [code(f"({argument.get_code().strip()})", call)]
        else:
            del node.children[place : place + 2]
        return node

    def _is_unwrapped(self, call: Node, node: Node) -> bool:
        arguments = node.children[node.children.index(call) + 1]
        if call.type == "name":
            return call.value in self.FUNCTIONS and _first_argument(arguments) is not None
        return call.type == "trailer" and is_word(call.children[-1], *self.METHODS)


def _first_argument(arguments: Node) -> Node | None:
    """Give the first argument between brackets, if it is a plain one."""
    inner = arguments.children[1]
    first = inner.children[0] if inner.type == "arglist" else inner
    return None if first.type == "argument" or is_word(first, ")") else first
