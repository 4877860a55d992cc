"""What a benchmark finds: figures, and what they are held against."""

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from rich.table import Table


@dataclass(frozen=True)
class Aim:
    """What a figure, or its ratio where there is one, should be: at most or at least."""

    most: float = math.inf
    least: float = -math.inf

    def met_by(self, value: float) -> bool:
        """Say whether a value is in bounds."""
        return self.least <= value <= self.most

    def __str__(self) -> str:
        """Write it as people do."""
        return f"≤ {self.most:g}" if math.isfinite(self.most) else f"≥ {self.least:g}"


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Args:
        what: What was measured, and where.
        figure: Ours.
        unit: Of both figures.
        against: The name of what it is held against; empty if it stands alone.
        baseline: Its figure from the same run; None if it has none.
        aim: For the ratio; for the figure, if it stands alone.
        remark: What stands in place of a baseline that has no figure.
    """

    what: str
    figure: float
    unit: str
    against: str = ""
    baseline: float | None = None
    aim: Aim | None = None
    remark: str = ""

    @property
    def ratio(self) -> float | None:
        """Ours over the baseline's."""
        return None if self.baseline is None else self.figure / self.baseline

    @property
    def met(self) -> bool | None:
        """The aim is met; None without an aim."""
        held = self.figure if self.ratio is None else self.ratio
        return None if self.aim is None else self.aim.met_by(held)

    def as_json(self) -> dict[str, Any]:
        """Give it as JSON can hold it."""
        more = {"aim": str(self.aim or ""), "ratio": self.ratio, "met": self.met}
        return asdict(self) | more


def table_of(found: dict[str, list[Row]], caption: str) -> Table:
    """Draw all rows as one table, a section a benchmark."""
    table = Table(title="Benchmarks", caption=caption, caption_justify="left")
    for heading in ("", "ours", "", "against", "", "ratio", "aim", ""):
        table.add_column(heading, justify="right" if heading in {"ours", "ratio"} else "left")
    for name, rows in found.items():
        table.add_section()
        table.add_row(f"[bold]{name}[/]")
        for row, what in zip(rows, _without_repeats(row.what for row in rows), strict=True):
            *cells, met = _cells(row)
            table.add_row(what, *cells, f"[{_COLOURS[met]}]{met}[/]" if met else "")
    return table


def markdown_of(found: dict[str, list[Row]], caption: str) -> str:
    """Write all rows as one table in Markdown, for the documentation."""
    headings = ("", "ours", "", "against", "", "ratio", "aim", "")
    lines = [headings, ("---", "---:", "---", "---", "---:", "---:", "---", "---")]
    for name, rows in found.items():
        lines.append((f"**{name}**", *[""] * 7))
        for row, what in zip(rows, _without_repeats(row.what for row in rows), strict=True):
            lines.append((what, *_cells(row)))
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return f"{table}\n\n{caption}\n"


def _cells(row: Row) -> Iterable[str]:
    yield _number(row.figure)
    yield row.unit
    yield row.against
    yield row.remark if row.baseline is None else _number(row.baseline)
    yield "" if row.ratio is None else _number(row.ratio)
    yield str(row.aim or "")
    yield {True: "met", False: "missed", None: ""}[row.met]


_COLOURS = {"met": "green", "missed": "red"}


def _without_repeats(words: Iterable[str]) -> Iterable[str]:
    last = ""
    for word in words:
        yield "" if word == last else word
        last = word


def _number(value: float) -> str:
    """Write a number with three digits that matter."""
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:,.{digits}f}"
