"""What is wrong with values that a model does not accept, in the words of its rules."""

from collections.abc import Iterator

from pydantic import ValidationError

_PREFIX = "Value error, "


def reasons(fault: ValidationError) -> Iterator[str]:
    """Describe each problem by its path and the rule that it breaks."""
    for problem in fault.errors():
        path = ".".join(map(str, problem["loc"]))
        words = problem["msg"].removeprefix(_PREFIX)
        yield f"{path}: {words}" if path else words
