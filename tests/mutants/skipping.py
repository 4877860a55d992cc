"""Which parts of a source are changed, and which are not: texts for people, types, imports.

What is left out: docstrings, annotations (but not the calls in them, such as ``Field(ge=0)``),
imports, ``__all__``, statements that log, ``TYPE_CHECKING`` blocks, lines marked with
``# pragma: no cover``, arguments that describe (``Field(description=...)``), decorators that change
nothing at run time, and, within messages, the strings.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from parso.tree import BaseNode

from .operators.base import Node, is_call, is_word

LOGGING = {"critical", "debug", "error", "exception", "info", "log", "warn", "warning"}
LOGGERS = {"log", "logger", "logging", "_log", "_logger", "LOG", "LOGGER", "warnings"}
DESCRIBING = {
    *("description", "encoding", "examples", "help", "repr", "slots", "stacklevel", "title"),
}
IDLE_DECORATORS = {
    *("abstractmethod", "cache", "cached_property", "final", "lru_cache", "overload"),
    *("override", "property", "wraps"),
}
SKIPPED_TYPES = {"import_name", "import_from", "global_stmt", "nonlocal_stmt", "assert_stmt"}
TEXTS = {"string", "strings", "fstring"}
MARK = "pragma: no cover"


@dataclass(frozen=True)
class Visit:
    """A node that may be changed.

    Attributes:
        node: The node.
        path: The numbers of the children that lead to it.
        in_message: Whether it lies in the message of an error.
        in_text: Whether it lies in a call that takes texts for people.
        in_annotation: Whether it lies in an annotation, outside any call.
    """

    node: Node
    path: tuple[int, ...] = ()
    in_message: bool = False
    in_text: bool = False
    in_annotation: bool = False


def mutable_nodes(tree: Node, marked: set[int], messages: frozenset[str]) -> Iterator[Visit]:
    """Give the nodes that may be changed, in the order of the source.

    Args:
        tree: The tree of a whole module.
        marked: The lines that carry the mark of what is not to be covered.
        messages: The functions and classes that take texts for people.
    """
    waiting = [Visit(tree)]
    while waiting:
        visit = waiting.pop()
        if _is_skipped(visit, marked):
            continue
        if not visit.in_annotation:
            yield visit
        if isinstance(visit.node, BaseNode):
            places = reversed(range(len(visit.node.children)))
            waiting += [_child(visit, place, messages) for place in places]


def marked_lines(text: str) -> set[int]:
    """Give the numbers of the lines that carry the mark of what is not to be covered."""
    return {number for number, line in enumerate(text.splitlines(), 1) if MARK in line}


def _child(visit: Visit, place: int, messages: frozenset[str]) -> Visit:
    node = visit.node.children[place]
    return replace(
        visit,
        node=node,
        path=(*visit.path, place),
        in_message=visit.in_message or _is_message(node),
        in_text=visit.in_text or (is_call(node) and is_word(_called(node), *messages)),
        in_annotation=_is_annotation(node) or (visit.in_annotation and not is_call(visit.node)),
    )


def _is_message(node: Node) -> bool:
    is_named_so = node.type == "expr_stmt" and is_word(node.children[0], "msg", "message")
    return bool(is_named_so or node.type == "raise_stmt")


def _called(brackets: Node) -> Node:
    return brackets.get_previous_leaf()


def _is_annotation(node: Node) -> bool:
    before = node.parent.children[node.parent.children.index(node) - 1]
    is_type = node.parent.type in {"annassign", "tfpdef"} and is_word(before, ":")
    return bool(is_type or (node.parent.type == "funcdef" and is_word(before, "->")))


def _is_skipped(visit: Visit, marked: set[int]) -> bool:
    node = visit.node
    return bool(
        node.type in SKIPPED_TYPES
        or (visit.in_message and node.type in TEXTS)
        or (visit.in_text and node.type in TEXTS and " " in node.get_code().strip())
        or (node.type in {"operator", "argument"} and _is_part_of_signature(node))
        or (node.type == "argument" and _describes(node))
        or (node.type == "decorator" and _is_idle(node))
        or (node.type == "if_stmt" and "TYPE_CHECKING" in node.children[1].get_code())
        or (node.type == "simple_stmt" and _says_nothing(node.children[0]))
        or (_is_statement(node) and node.start_pos[0] in marked)
    )


def _is_part_of_signature(node: Node) -> bool:
    """Tell whether this is a sign that only looks like one of arithmetic."""
    return node.parent.type in {"parameters", "param", "lambdef", "trailer", "arglist"} and is_word(
        node, "*", "/", "**"
    )


def _describes(argument: Node) -> bool:
    if is_word(argument.children[0], *DESCRIBING):
        return True
    call = argument.parent.parent if argument.parent.type == "arglist" else argument.parent
    is_zip = is_call(call) and is_word(_called(call), "zip")
    return is_zip and is_word(argument.children[0], "strict")


def _is_idle(decorator: Node) -> bool:
    name = decorator.children[1].get_code().split("(")[0].split(".")[-1].strip()
    return name in IDLE_DECORATORS


def _says_nothing(statement: Node) -> bool:
    """Tell whether a statement is a docstring, a call that logs, or a list of what is exported."""
    if statement.type in TEXTS:
        return True
    if statement.type == "expr_stmt":
        return is_word(statement.children[0], "__all__")
    if statement.type != "atom_expr":
        return False
    owner, *names = statement.get_code().split("(")[0].strip().split(".")
    return bool(names) and names[-1] in LOGGING and {owner, *names[:-1]} & LOGGERS != set()


def _is_statement(node: Node) -> bool:
    return node.type.endswith("_stmt") or node.type in {"funcdef", "classdef", "decorated"}
