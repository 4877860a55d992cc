"""What is printed: JSON for programs, tables that lose nothing, and no orders for a terminal."""

import json
import os
import pty
import subprocess
import sys

import pytest

from prefect_expres.cli.console.printing import facts, give, note, phase, say, table

EVIL = "a\x1b[31m[bold]b[/]\x07c\x9b"


def test_json_goes_alone_to_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    """A note beside it goes to stderr."""
    give({"angle": "5°"}, "for people", as_json=True)
    note("beside it")
    told = capsys.readouterr()
    assert json.loads(told.out) == {"angle": "5°"}
    assert told.err == "beside it\n"


def test_brackets_and_orders_are_only_text(capsys: pytest.CaptureFixture[str]) -> None:
    """A service's words are neither markup nor orders to the terminal, wherever they stand."""
    give(None, EVIL, table("x", rows=[[EVIL]]), facts({"y": EVIL}), as_json=False)
    note(EVIL)
    told = capsys.readouterr()
    assert (told.out + told.err).count("a[31m[bold]b[/]c") == 4


def test_logs_do_not_order_a_terminal_about() -> None:
    """A text goes through a pipe as it is, and to a terminal without control characters."""
    program = f"from prefect_expres.cli.console.printing import say; say({EVIL!r})"
    command = [sys.executable, "-c", program]
    piped = subprocess.run(command, capture_output=True, timeout=60, check=True).stdout
    assert piped.decode() == f"{EVIL}\n"
    ours, theirs = pty.openpty()
    try:
        subprocess.run(command, stdout=theirs, timeout=60, check=True)
        assert os.read(ours, 1000).decode() == "a[31m[bold]b[/]c\r\n"
    finally:
        os.close(ours)
        os.close(theirs)


def test_nothing_is_cut(capsys: pytest.CaptureFixture[str]) -> None:
    """A long path is whole in a line and in a table, since it is there to be copied."""
    path = "/".join(["folder"] * 60)
    give(None, path, table("file", rows=[[path]]), as_json=False)
    say(path)
    assert capsys.readouterr().out.count(path) == 3


def test_empty_columns_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    """A heading over nothing tells nothing, and neither does an empty fact."""
    rows = [["1", "", phase("ERROR")], ["2", "", phase("HELD")]]
    give(None, table("job", "owner", "phase", rows=rows), facts({"a": "", "b": "c"}), as_json=False)
    shown = capsys.readouterr().out
    assert "owner" not in shown
    assert "ERROR" in shown
    assert "HELD" in shown
    assert "a" not in shown.splitlines()[-1]


def test_a_table_without_rows_keeps_its_headings(capsys: pytest.CaptureFixture[str]) -> None:
    """So that it is seen what there is none of."""
    give([], table("job", "phase", rows=[]), as_json=False)
    assert "phase" in capsys.readouterr().out


def test_a_terminal_that_cannot_print_a_tick() -> None:
    """The mark becomes a word, a text is escaped, and JSON stays JSON."""
    program = (
        "from prefect_expres.cli.console.printing import *\n"
        "escape_what_cannot_be_printed()\n"
        "give({'angle': '5°'}, as_json=True)\n"
        "give(None, marked('io.json', good=True), marked('é.json', good=False), as_json=False)\n"
        "say('5°')"
    )
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, check=True
    )
    found, _, shown = done.stdout.decode("ascii").partition("}\n")
    assert json.loads(found + "}") == {"angle": "5°"}
    assert shown.splitlines() == ["ok: io.json", r"wrong: \xe9.json", r"5\xb0"]
