"""The table at the end, and the list of survivors."""

import json
from pathlib import Path

from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from .running import AreaReport, Fate, Verdict

ENOUGH_PERCENT = 90.0
LONGEST_LINE = 90
MOST_LINES = 3
SHOWN_BEFORE = 20


def enough(report: AreaReport) -> bool:
    """Tell whether the tests of an area kill as many mutants as they should."""
    return report.percent is None or report.percent >= ENOUGH_PERCENT


def show(console: Console, reports: list[AreaReport], errors: list[str]) -> None:
    """Show what became of the mutants.

    Args:
        console: Where it is shown.
        reports: What became of the mutants of each area.
        errors: What is wrong with the list of equivalent mutants.
    """
    for report in reports:
        _show_unusable(console, report)
        for fate in (Fate.SURVIVED, Fate.NOT_COVERED):
            _show_survivors(console, report, fate)
    for error in errors:
        console.print(f"[red]equivalent.toml[/red]: {escape(error)}", soft_wrap=True)
    console.print(_table(reports))


def write_json(file: Path, reports: list[AreaReport], errors: list[str]) -> None:
    """Write the same for a script."""
    content = {"areas": [report.as_json() for report in reports], "errors": errors}
    file.write_text(json.dumps(content, indent=1) + "\n")


def one_line(diff: list[str]) -> str:
    """Put the lines that change in one line."""
    if len(diff) == len("-+"):
        pairs = enumerate(zip(*(line[1:] for line in diff), strict=False))
        same = next((at for at, (old, new) in pairs if old != new), 0)
        left_out = max(0, same - SHOWN_BEFORE) if len(diff[0]) > LONGEST_LINE else 0
        diff = [line if not left_out else f"{line[:2]}…{line[left_out + 1 :]}" for line in diff]
    return "  ".join(_cut(line) for line in diff[:MOST_LINES])


def _cut(line: str) -> str:
    return line if len(line) <= LONGEST_LINE else line[: LONGEST_LINE - 1] + "…"


def _show_unusable(console: Console, report: AreaReport) -> None:
    if report.unusable:
        names = ", ".join(report.unusable)
        console.print(
            f"{report.area}: not used, as they fail or are skipped without any change: {names}",
            markup=False,
            soft_wrap=True,
        )


def _show_survivors(console: Console, report: AreaReport, fate: Fate) -> None:
    those = [verdict for verdict in report.verdicts if verdict.fate is fate]
    if those:
        console.print(f"\n[bold]{report.area}, {fate}[/bold]")
    for verdict in sorted(those, key=_place):
        console.print(f"{verdict.place}  {verdict.id}", markup=False, soft_wrap=True)
        console.print(f"    {one_line(verdict.diff)}", markup=False, soft_wrap=True)


def _place(verdict: Verdict) -> tuple[str, int]:
    path, line = verdict.place.rsplit(":", 1)
    return path, int(line)


def _table(reports: list[AreaReport]) -> Table:
    table = Table(box=SIMPLE)
    table.add_column("area")
    for name in ("existing", "run", *Fate, "s each", "% killed"):
        table.add_column(name, justify="right", no_wrap=True)
    for report in reports:
        ran = len(report.verdicts)
        percent = "" if report.percent is None else f"{report.percent:.1f}"
        table.add_row(
            report.area,
            *(str(number) for number in (report.existing, ran, *map(report.count, Fate))),
            f"{report.seconds / ran:.2f}" if ran else "",
            percent if enough(report) else f"[red]{percent}[/red]",
        )
    return table
