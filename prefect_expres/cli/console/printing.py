"""Print results: as JSON for programs, or as tables for people; and notes beside them.

Results go to stdout. Everything else goes to stderr, so that stdout can be piped. No other module
prints.
"""

import io
import json
import re
import sys
from collections.abc import Iterable, Mapping
from typing import Any, TextIO

from rich.box import SIMPLE
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

_WIDE = 500
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_PHASE_STYLES = {
    "PENDING": "yellow",
    "QUEUED": "cyan",
    "EXECUTING": "blue",
    "COMPLETED": "green",
    "ERROR": "red",
    "ABORTED": "magenta",
}


def give(found: Any, *shown: RenderableType, as_json: bool) -> None:
    """Print the result of a command.

    Args:
        found: The result, printed as JSON if ``as_json``.
        shown: The same for people; a text is a line that is never cut.
        as_json: Print JSON.
    """
    if as_json:
        print_json(found)
        return
    console = _console(sys.stdout)
    for each in shown:
        console.print(_cell(each), highlight=False, soft_wrap=isinstance(each, str | Text))


def print_json(found: Any) -> None:
    """Print JSON and nothing else; what stdout cannot encode is escaped."""
    text = json.dumps(found, indent=2, ensure_ascii=False, default=str)
    say(text if _encodes(text) else json.dumps(found, indent=2, default=str))


def escape_what_cannot_be_printed() -> None:
    """Have stdout escape characters that its encoding lacks, as stderr does; no command fails."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def marked(text: str, *, good: bool) -> Text:
    """Return a line with a tick or a cross, or with words where stdout can print neither."""
    good_mark, bad_mark = ("✓", "✗") if _encodes("✓✗") else ("ok:", "wrong:")
    mark, style = (good_mark, "bold green") if good else (bad_mark, "bold red")
    return Text(f"{mark} {text}", style=style)


def _encodes(text: str) -> bool:
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def say(text: str, *, end: str = "\n") -> None:
    """Print a text as it is, never cut, so that paths can be copied.

    Control characters are not sent to a terminal: the text may come from a service.
    """
    sys.stdout.write((_CONTROL.sub("", text) if sys.stdout.isatty() else text) + end)
    sys.stdout.flush()


def note(text: str, *, style: str = "", end: str = "\n") -> None:
    """Print a note for people, beside the result."""
    error_console().print(
        Text(_CONTROL.sub("", text), style=style), highlight=False, soft_wrap=True, end=end
    )


def error_console() -> Console:
    """Return the console of stderr, for notes, questions and progress."""
    return _console(sys.stderr)


def table(*headings: str, rows: Iterable[Iterable[RenderableType]]) -> Table:
    """Return a table.

    Text that does not fit is folded, not cut; a column that is empty in every row is left out.
    """
    laid = Table(box=SIMPLE, pad_edge=False, collapse_padding=True)
    lines = [list(row) for row in rows]
    kept = [at for at in range(len(headings)) if not lines or any(line[at] for line in lines)]
    for at in kept:
        laid.add_column(headings[at], overflow="fold")
    for line in lines:
        laid.add_row(*(_cell(line[at]) for at in kept))
    return laid


def facts(named: Mapping[str, RenderableType]) -> Table:
    """Return a table with one line per fact; empty facts are left out."""
    laid = Table.grid(padding=(0, 2))
    laid.add_column(style="dim")
    laid.add_column(overflow="fold")
    for name, fact in named.items():
        if fact != "":
            laid.add_row(name, _cell(fact))
    return laid


def phase(name: str) -> Text:
    """Return a phase in its colour."""
    return Text(name, style=_PHASE_STYLES.get(name, ""))


def _cell(content: RenderableType) -> RenderableType:
    """Show a text literally: a service may send brackets and control characters."""
    return Text(_CONTROL.sub("", content)) if isinstance(content, str) else content


def _console(stream: TextIO) -> Console:
    """Return a console for a stream as it is now; wide if the stream is not a terminal."""
    return Console(file=stream, width=None if stream.isatty() else _WIDE)
