"""Where in a source a node is: its name for users, its lines, and when it is run."""

from collections.abc import Iterator
from dataclasses import dataclass

from .operators.base import Node

SCOPES = {"funcdef", "classdef"}
FUNCTIONS = {"funcdef", "lambdef"}


@dataclass(frozen=True)
class Place:
    """Where a change is.

    Attributes:
        line: The line on which it begins.
        qualname: The functions and classes around it, or the name that a statement defines.
        lines: All lines of the statement, or of what is changed in the head of a block.
        names: The names that depend on it, if it is run when the module is imported.
        bodies: The lines of the functions and classes that it belongs to in that case.
    """

    line: int
    qualname: str
    lines: range
    names: tuple[str, ...] = ()
    bodies: range = range(0)

    @property
    def is_run_at_import(self) -> bool:
        """Whether it is run when the module is imported, and not by a test."""
        return bool(self.names)


def place_of(node: Node, line: int) -> Place:
    """Describe the place of a node.

    Args:
        node: The node that is changed.
        line: The line on which the change begins.
    """
    chain = list(_ancestors(node))
    scopes = [scope for scope, _ in chain if scope.type in SCOPES]
    names = [scope.name.value for scope in reversed(scopes)]
    defined = _defined_names(chain)
    in_function = any(scope.type in FUNCTIONS and inside for scope, inside in chain)
    if in_function:
        qualname = ".".join(names or defined[:1]) or "(module)"
        return Place(line, qualname, _lines(chain, node, line))
    return Place(
        line,
        ".".join(names + list(defined[:1])) or "(module)",
        _lines(chain, node, line),
        tuple(dict.fromkeys([*defined, *names])) or ("(module)",),
        range(scopes[0].start_pos[0], scopes[0].end_pos[0] + 1) if scopes else range(0),
    )


def _ancestors(node: Node) -> Iterator[tuple[Node, bool]]:
    """Give what a node lies in, from the inside, and whether it lies in the body of it.

    What decorates a function or a class counts as a part of its head.
    """
    below: Node | None = None
    while node is not None:
        yield node, below is not None and node.children[-1] is below
        below, node = node, node.parent
        is_decorator = node is not None and node.type == "decorated"
        if is_decorator and below is not node.children[-1]:
            yield node.children[-1], False


def _lines(chain: list[tuple[Node, bool]], node: Node, line: int) -> range:
    for ancestor, _ in chain:
        if ancestor.type == "simple_stmt":
            return range(ancestor.start_pos[0], ancestor.children[0].end_pos[0] + 1)
        if ancestor.type in {"suite", "file_input", "lambdef"}:
            break
    is_block = node.type in SCOPES or (node.type.endswith("_stmt") and hasattr(node, "children"))
    return range(line, (line if is_block else max(line, node.end_pos[0])) + 1)


def _defined_names(chain: list[tuple[Node, bool]]) -> tuple[str, ...]:
    """Give the names to which the statement around a node assigns."""
    for ancestor, _ in chain:
        if ancestor.type == "expr_stmt":
            return tuple(name.value for name in ancestor.get_defined_names())
    return ()
