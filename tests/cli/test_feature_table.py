"""The tables of docs/commands.md: what other clients do, and our command for it, all run here."""

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from prefect_expres.sandbox.serving import SandboxServer
from tests.support.command_line import run
from tests.support.service_user import ServiceUser

pytestmark = pytest.mark.slow

DOCS = Path(__file__).parent.parent.parent / "docs" / "commands.md"
ROW = re.compile(
    r"^\| (?P<what>[^|]+) \| [^|]+ \| `prefect-expres (?P<command>[^`]+)` \| ?(?P<phase>[A-Z]*)"
)
LINES = DOCS.read_text(encoding="utf-8").splitlines()
FOUND = [found for line in LINES if (found := ROW.match(line))]
FEATURES = dict.fromkeys((found["command"], found["phase"]) for found in FOUND)


@pytest.mark.parametrize(("command", "phase"), FEATURES)
def test_the_command_does_it(
    command: str,
    phase: str,
    service: SandboxServer,
    job_in: Callable[[str], str],
    configuration_file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The command of a row ends well, in both dialects, and says or brings something."""
    monkeypatch.setenv("EXPRES_TOKEN", "t0ken-of-ann")
    filled = {"FILE": str(configuration_file), "DIR": str(tmp_path / "out"), "USER": "ann"}
    if phase:
        filled["JOB"] = job_in(phase)
    filled["URL"] = service.url if "--url" in command else uploaded(service)
    words = [
        re.sub(r"\b(FILE|DIR|USER|JOB|URL)\b", lambda found: filled[found[1]], word)
        for word in shlex.split(command)
    ]
    done = run(*words)
    assert done.code == 0, done.err
    assert done.out.strip() or done.err.strip()
    assert "DIR" not in command or any((tmp_path / "out").rglob("*"))
    assert "t0ken-of-ann" not in done.out + done.err


def test_the_tables_are_read() -> None:
    """Every row of both tables is read, so that none is passed over above."""
    starts = [at for at, line in enumerate(LINES) if line.startswith("## Coming from")]
    for start, end in zip(starts, [*starts[1:], len(LINES)], strict=True):
        _, _, *rows = (line for line in LINES[start:end] if line.startswith("|"))
        assert len(rows) > 20
        assert [row for row in rows if not ROW.match(row)] == []


def uploaded(service: SandboxServer) -> str:
    """Give the URL of a file that the service keeps."""
    with ServiceUser(service.url) as guest:
        job = guest.create_answer().headers["location"]
        document = guest.http.get(f"{job}/parameters").text
    found = re.search(r"http[^<\"]+store[^<\"]+", document)
    assert found
    return found[0].replace("%3A", ":").replace("%2F", "/").replace("%3F", "?").replace("%3D", "=")
