"""Operators that change what is done, and under which condition."""

from collections.abc import Sequence

from .base import Node, OwnOperator, code, is_call, is_word


class RemoveStatement(OwnOperator):
    """Put ``pass`` in the place of a call, an assignment to a part, a raise or a jump."""

    EXAMPLES = (("await job.stop()\n", "pass\n"), ("a.b = 3\n", "pass\n"))
    KINDS = frozenset({"del_stmt", "raise_stmt"})
    WORDS = frozenset({"raise", "continue", "break", "return"})

    def targets(self, node: Node) -> Sequence[Node]:
        """Give the statement on this line, if it can go."""
        if node.type != "simple_stmt":
            return ()
        statement = node.children[0]
        removable = (
            statement.type in self.KINDS
            or (statement.type == "keyword" and statement.value in self.WORDS)
            or (statement.type == "atom_expr" and is_call(statement.children[-1]))
            or (statement.type == "expr_stmt" and _changes_part(statement))
        )
        return (statement,) if removable else ()

    def mutate(self, node: Node, index: int) -> Node:
        """Remove it."""
        node.children[0] = code("pass", node.children[0])
        return node


class ReturnNone(OwnOperator):
    """Return None instead of a value."""

    EXAMPLES = (("def f():\n    return 3\n", "def f():\n    return None\n"),)

    def targets(self, node: Node) -> Sequence[Node]:
        """Give the value that a statement returns."""
        returns = node.type == "return_stmt" and node.children[1].get_code().strip() != "None"
        return (node.children[1],) if returns else ()

    def mutate(self, node: Node, index: int) -> Node:
        """Change the value."""
        node.children[1] = code("None", node.children[1])
        return node


class ReplaceCondition(OwnOperator):
    """Take a condition for true, or for false."""

    EXAMPLES = (
        ("if a:\n    f()\n", "if True:\n    f()\n"),
        ("b = [c for c in d if c > 1]\n", "b = [c for c in d if True]\n"),
        ("while a:\n    f()\n", "while False:\n    f()\n"),
    )

    def targets(self, node: Node) -> Sequence[Node]:
        """Give each condition once for each value that it takes."""
        return [condition for condition, _ in self._changes(node)]

    def mutate(self, node: Node, index: int) -> Node:
        """Put the value in its place."""
        condition, value = self._changes(node)[index]
        node.children[node.children.index(condition)] = code(value, condition)
        return node

    @staticmethod
    def _changes(node: Node) -> list[tuple[Node, str]]:
        if node.type == "if_stmt":
            words = [n for n, c in enumerate(node.children) if is_word(c, "if", "elif")]
            conditions = [node.children[n + 1] for n in words]
            return [(condition, value) for condition in conditions for value in ("True", "False")]
        if node.type == "while_stmt":
            return [(node.children[1], "False")]
        if node.type in {"test", "ternary"}:
            return [(node.children[2], "True"), (node.children[2], "False")]
        if node.type == "comp_if":
            return [(node.children[1], "True")]
        return []


class CatchNothing(OwnOperator):
    """Let the errors pass that a statement catches."""

    EXAMPLES = (
        ("try:\n    f()\nexcept A as b:\n    g()\n", "try:\n    f()\nexcept () as b:\n    g()\n"),
    )

    def targets(self, node: Node) -> Sequence[Node]:
        """Give the classes of errors."""
        return node.children[1:2] if node.type == "except_clause" else ()

    def mutate(self, node: Node, index: int) -> Node:
        """Put no class in their place."""
        node.children[1] = code("()", node.children[1])
        return node


class DropOperand(OwnOperator):
    """Leave out one side of ``and`` or ``or``."""

    EXAMPLES = (("a = b and c\n", "a = c\n"), ("a = b or c or d\n", "a = c or d\n"))

    def targets(self, node: Node) -> Sequence[Node]:
        """Give the operands."""
        return node.children[::2] if node.type in {"and_test", "or_test"} else ()

    def mutate(self, node: Node, index: int) -> Node:
        """Leave out one of them, and the word beside it."""
        place = 2 * index
        prefix = node.get_first_leaf().prefix
        del node.children[max(0, place - 1) : max(2, place + 1)]
        node.get_first_leaf().prefix = prefix
        return node


class SwapMembership(OwnOperator):
    """Ask for ``not in`` instead of ``in``, and the reverse."""

    EXAMPLES = (("a = b in c\n", "a = b not in c\n"), ("a = b not in c\n", "a = b in c\n"))
    OTHER = {"in": "not in", "not in": "in"}  # noqa: RUF012 - never changed

    def targets(self, node: Node) -> Sequence[Node]:
        """Give the operators of a comparison that ask for membership."""
        if node.type != "comparison":
            return ()
        return [child for child in node.children[1::2] if self._word(child) in self.OTHER]

    def mutate(self, node: Node, index: int) -> Node:
        """Swap one of them."""
        word = self.targets(node)[index]
        node.children[node.children.index(word)] = code(self.OTHER[self._word(word)], word)
        return node

    @staticmethod
    def _word(node: Node) -> str:
        return " ".join(node.get_code().split())


def _changes_part(assignment: Node) -> bool:
    """Tell whether an assignment changes something that exists: ``a.b = 1`` or ``a += 1``."""
    target, sign = assignment.children[:2]
    is_augmented = getattr(sign, "value", "=") != "=" and sign.type == "operator"
    return bool(sign.type != "annassign" and (is_augmented or target.type == "atom_expr"))
