"""Differences in meaning between two configurations: order, spaces and 1 or 1.0 do not count."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from prefect_expres.expres.problem import ABSENT, shown


@dataclass(frozen=True)
class Difference:
    """A value that is not the same in both files.

    Args:
        path: Its JSON path.
        before: The value in the first configuration; `ABSENT` if it is not there.
        after: The value in the second; `ABSENT` if it is not there.
    """

    path: str
    before: Any
    after: Any

    def __str__(self) -> str:
        """Write ``TIME.NBR: 1440 → 720``."""
        before, after = (
            "absent" if value is ABSENT else shown(value) for value in (self.before, self.after)
        )
        return f"{self.path}: {before} → {after}"

    def parts(self) -> dict[str, Any]:
        """Give the parts by name, ready for JSON; a value that is absent is left out."""
        sides = {"before": self.before, "after": self.after}
        present = {side: value for side, value in sides.items() if value is not ABSENT}
        return {"path": self.path, **present}


def differences(before: Any, after: Any, path: str = "") -> Iterator[Difference]:
    """Compare two configurations by JSON path, in the order of the first.

    Args:
        before: The JSON content of the first.
        after: The JSON content of the second.
        path: JSON path of both in their files.
    """
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys((*before, *after)):
            inner = f"{path}.{key}" if path else key
            yield from differences(before.get(key, ABSENT), after.get(key, ABSENT), inner)
    elif isinstance(before, list) and isinstance(after, list):
        for index, pair in enumerate(zip_longest(before, after, fillvalue=ABSENT)):
            yield from differences(*pair, f"{path}[{index}]")
    elif before != after:
        yield Difference(path, before, after)
