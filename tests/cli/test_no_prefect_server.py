"""A Prefect server that is named and does not answer is told before anything begins."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from prefect_expres.cli.demo import free_port
from prefect_expres.examples import __file__ as examples
from tests.support.processes import Child, home_environment

EXAMPLE = Path(examples).with_name("earth-jupiter-io-20180913.json")
SECONDS = 60
"""Most of it is for a busy machine to import Prefect; the wait for an answer is of seconds."""


@pytest.fixture(params=["dead", "silent"])
def port(request: pytest.FixtureRequest) -> Iterator[int]:
    """Give a port that refuses connections, or takes them and never says a word."""
    if request.param == "dead":
        yield free_port()
        return
    with socket.create_server(("127.0.0.1", 0)) as silent:
        yield silent.getsockname()[1]


@pytest.mark.parametrize("words", [["simulate", str(EXAMPLE), "--url", "http://x"], ["deploy"]])
def test_the_paragraph_and_the_exit_code(words: list[str], port: int, tmp_path: Path) -> None:
    """The message says which server, without a password, and the ways out."""
    url = f"http://me:pa55word@127.0.0.1:{port}/api"
    environment = home_environment(tmp_path) | {"PREFECT_API_URL": url}
    command = ["-m", "prefect_expres.cli.main", *words]
    with Child(command, tmp_path / "command.log", environment) as child:
        assert child.end(SECONDS) == 8, child.output
    shown = url.replace("me:pa55word@", "")
    assert f"Prefect's server at {shown} does not answer. Start it" in child.output
    assert "pa55word" not in child.output
    assert len(child.output.splitlines()) == 2
