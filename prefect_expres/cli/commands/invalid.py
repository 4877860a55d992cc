"""What is wrong with values that a model does not accept, in the words of its rules."""

from collections.abc import Iterator

from pydantic import ValidationError

_PREFIX = "Value error, "


def reasons(fault: ValidationError) -> Iterator[str]:
    """Describe each problem by its path and the rule that it breaks.

    A list that lacks its wrong entries is not reported beside them.
    """
    problems = fault.errors()
    paths = [problem["loc"] for problem in problems]
    for problem in problems:
        own = problem["loc"]
        if any(len(path) > len(own) and path[: len(own)] == own for path in paths):
            continue
        path = ".".join(map(str, own))
        words = problem["msg"].removeprefix(_PREFIX)
        yield f"{path}: {words}" if path else words
