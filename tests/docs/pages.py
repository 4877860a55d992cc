"""The code blocks of the documentation, and how each is run.

A block is run unless a comment before it, which readers do not see, says why not::

    <!-- not run: it serves until Ctrl-C -->

What a block prints is compared where the page shows it: under the commands of a ``console`` block,
and in an ``output`` block after a ``python`` block. There ``...`` stands for any text.
"""

import contextlib
import io
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Any

from markdown_it import MarkdownIt

ROOT = Path(__file__).parent.parent.parent
FOLDERS = (ROOT / "docs", ROOT / "deployments")
PAGES = [ROOT / "README.md", *sorted(page for each in FOLDERS for page in each.rglob("*.md"))]
RUNNABLE = ("python", "console")
LONGEST_RUN = 300
_NOT_RUN = re.compile(r"<!-- not run: (.+?) -->", re.DOTALL)
_PROMPT, _CONTINUED = "$ ", "> "


@dataclass(frozen=True)
class Block:
    """A code block of a page.

    Args:
        page: The page.
        line: The line of its first line of code, counted from 1.
        language: What stands behind the fence.
        text: The code.
        not_run: Why it is not run; None if it is.
    """

    page: Path
    line: int
    language: str
    text: str
    not_run: str | None

    def runs(self) -> bool:
        """Say whether it is run."""
        return self.language in RUNNABLE and self.not_run is None

    def code(self, stand_ins: Mapping[str, str]) -> CodeType:
        """Compile Python code, so that faults show the line of the page."""
        source = "\n" * (self.line - 1) + replaced(self.text, stand_ins)
        return compile(source, str(self.page), "exec", dont_inherit=True)

    def commands(self) -> str:
        """Give what the user types."""
        lines = []
        for line in self.text.splitlines():
            if line.startswith(_PROMPT) or (line.startswith(_CONTINUED) and lines):
                lines.append(line[2:])
        return "\n".join(lines)

    def shown(self) -> str:
        """Give what the page shows as printed by the commands."""
        lines = self.text.splitlines()
        return "\n".join(line for line in lines if not line.startswith((_PROMPT, _CONTINUED)))


def blocks_of(page: Path) -> Iterator[Block]:
    """Give the code blocks of a page in their order."""
    return blocks_in(page.read_text(encoding="utf-8"), page)


def blocks_in(text: str, page: Path) -> Iterator[Block]:
    """Give the code blocks of a text, which stands in this file."""
    reason = None
    for token in MarkdownIt().parse(text):
        if token.type == "html_block":
            found = _NOT_RUN.search(token.content)
            reason = " ".join(found[1].split()) if found else None
        elif token.type == "fence":
            assert token.map is not None
            yield Block(page, token.map[0] + 2, token.info.strip(), token.content, reason)
            reason = None
        else:
            reason = None


def run_blocks(blocks: Iterable[Block], folder: Path, stand_ins: Mapping[str, str]) -> None:
    """Run blocks one after the other, in one folder, one namespace and one shell's environment.

    Args:
        blocks: The blocks of a page.
        folder: The working directory.
        stand_ins: What stands on this machine for an address on the network.
    """
    namespace: dict[str, Any] = {"__name__": "__main__"}
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    printed = None
    with contextlib.chdir(folder):
        for block in blocks:
            if block.language == "output":
                assert printed is not None, f"{block.page}:{block.line} follows nothing"
                compare(block, printed, block.text)
            printed = None
            if not block.runs():
                continue
            if block.language == "python":
                with contextlib.redirect_stdout(io.StringIO()) as stream:
                    exec(block.code(stand_ins), namespace)
                printed = stream.getvalue()
            else:
                said, environment = run_commands(block, stand_ins, environment)
                compare(block, said, block.shown())


def run_commands(
    block: Block, stand_ins: Mapping[str, str], environment: dict[str, str]
) -> tuple[str, dict[str, str]]:
    """Run the commands of a block in a shell; give what they print, and the environment after."""
    with tempfile.TemporaryDirectory() as scratch:
        after = Path(scratch) / "environment"
        commands = f"{replaced(block.commands(), stand_ins)}\nenv -0 > {after}"
        done = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", commands],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=LONGEST_RUN,
            check=False,
        )
        assert done.returncode == 0, f"{block.page}:{block.line}\n{done.stdout}"
        entries = after.read_text().strip("\0").split("\0")
    return done.stdout, dict(entry.split("=", 1) for entry in entries)


def compare(block: Block, printed: str, shown: str) -> None:
    """Check that a block prints what the page shows, white space aside."""
    if not shown.strip():
        return
    parts = (re.escape(" ".join(part.split())) for part in shown.split("..."))
    pattern, text = r".*".join(parts), " ".join(printed.split())
    assert re.fullmatch(pattern, text, re.DOTALL), f"{block.page}:{block.line} prints:\n{printed}"


def replaced(text: str, stand_ins: Mapping[str, str]) -> str:
    """Put what stands on this machine in place of what stands on the network."""
    for there, here in stand_ins.items():
        text = text.replace(there, here)
    return text
