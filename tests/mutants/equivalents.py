"""The mutants that no test can kill, because they do what the original does.

They stand in ``equivalent.toml``, each with the reason::

    [[mutant]]
    id = "uws/retrying:backoff:NumberReplacer:1a2b3c"
    why = "the pause is cut to the same limit below"

or, for all mutants of one operator on one line, wherever it stands in its module::

    [[mutant]]
    module = "uws/retrying"
    line = "return min(pause, LIMIT)"
    operator = "NumberReplacer"
    why = "..."
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from .mutants import Mutant

FIELDS = {"id"}, {"module", "line", "operator"}


@dataclass
class Equivalent:
    """An entry of the file.

    Attributes:
        entry: What it says.
        matched: The mutants that it means.
        killed: Those of them that a test has killed all the same.
    """

    entry: dict[str, str]
    matched: int = 0
    killed: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Its name in an error."""
        entry = self.entry
        return entry.get("id") or f"{entry['module']}: {entry['operator']} of {entry['line']!r}"

    def means(self, mutant: Mutant) -> bool:
        """Tell whether it means this mutant."""
        if "id" in self.entry:
            return self.entry["id"] == mutant.id
        of_mutant = (mutant.source.label, mutant.text_of_line, mutant.operator)
        return of_mutant == tuple(self.entry[key] for key in ("module", "line", "operator"))


class Equivalents:
    """All entries of the file."""

    def __init__(self, entries: Iterable[dict[str, str]]) -> None:
        self.entries = [Equivalent(entry) for entry in entries]

    @classmethod
    def read(cls, file: Path) -> "Equivalents":
        """Read the file, which may be missing.

        Raises:
            ValueError: An entry names no mutant or gives no reason.
        """
        entries = tomllib.loads(file.read_text()).get("mutant", []) if file.exists() else []
        for entry in entries:
            if set(entry) - {"why"} not in FIELDS or not entry.get("why", "").strip():
                raise ValueError(
                    f"{file.name}: {entry} needs id, or module, line, operator; and why"
                )
        return cls(entries)

    def find(self, mutant: Mutant) -> Equivalent | None:
        """Give the entry that means a mutant."""
        return next((entry for entry in self.entries if entry.means(mutant)), None)

    def match(self, mutants: Iterable[Mutant]) -> None:
        """Count the mutants that each entry means."""
        for mutant in mutants:
            for entry in self.entries:
                entry.matched += entry.means(mutant)

    def errors(self, labels: set[str]) -> list[str]:
        """Say which entries are wrong.

        Args:
            labels: The modules whose mutants were looked at.
        """
        said = []
        for entry in self.entries:
            module = entry.entry.get("module") or entry.entry["id"].split(":")[0]
            if module in labels and not entry.matched:
                said.append(f"{entry.name}: there is no such mutant any more")
            said += [f"{entry.name}: a test kills {mutant}" for mutant in entry.killed]
        return said
