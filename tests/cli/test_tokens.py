"""Tokens: found in their order, sent to their own service, and shown nowhere."""

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest

from prefect_expres.cli.commands.endpoint import choose_endpoint
from prefect_expres.cli.commands.options import ServiceOptions
from prefect_expres.cli.commands.profiles_file import Profiles
from prefect_expres.cli.commands.tokens import Token, find_token, stored_token
from prefect_expres.errors import AuthenticationFailed
from prefect_expres.sandbox.serving import SandboxServer
from tests.support.command_line import run
from tests.support.terminal_session import TerminalSession

KEYRING = """
from keyring.backend import KeyringBackend

class Kept(KeyringBackend):
    priority = 1

    def get_password(self, service, username):
        return {("URL", "ann"): "t0ken-of-the-keyring"}.get((service, username))

    def set_password(self, service, username, password):
        raise NotImplementedError
"""
PROGRAM = """
import os, sys
from pathlib import Path
from prefect_expres.cli.commands.options import ServiceOptions
from prefect_expres.cli.commands.endpoint import choose_endpoint
from prefect_expres.cli.commands.profiles_file import Profiles
from prefect_expres.cli.commands.tokens import stored_token

options = ServiceOptions(url=sys.argv[1], user="ann")
endpoint = choose_endpoint(options, Profiles(Path(), {}), os.environ)
token = stored_token(endpoint, os.environ)
print(token.source, token.text)
"""


@pytest.fixture
def netrc(home: Path) -> Path:
    """Write a token for this machine, and one for any other."""
    path = home / ".netrc"
    path.write_text(
        "machine 127.0.0.1 login ann password t0ken-of-netrc\n"
        "default login ann password t0ken-for-anybody\n"
    )
    path.chmod(0o600)
    return path


def found(url: str, environment: dict[str, str], user: str = "ann") -> Token | None:
    """Find a user's token."""
    endpoint = choose_endpoint(
        ServiceOptions(url=url, user=user), Profiles(Path(), {}), environment
    )
    return stored_token(endpoint, environment)


def test_the_environment_comes_first(netrc: Path) -> None:
    """A token in the environment is taken before the one in netrc."""
    assert found("http://127.0.0.1", {"EXPRES_TOKEN": "t"}) == Token("t", "EXPRES_TOKEN")
    assert found("http://127.0.0.1", {}) == Token("t0ken-of-netrc", "netrc")


def test_netrc_holds_for_its_host_and_user_only(netrc: Path) -> None:
    """A default entry would give the token to any host."""
    assert found("http://localhost", {}) is None
    assert found("http://127.0.0.1", {}, user="bob") is None


def test_netrc_can_be_another_file(tmp_path: Path, netrc: Path) -> None:
    """NETRC names it; one that is broken is not used, and that is told."""
    other = tmp_path / "other"
    other.write_text("machine 127.0.0.1 login ann password t0ken-of-the-other\n")
    assert found("http://127.0.0.1", {"NETRC": str(other)}) == Token("t0ken-of-the-other", "netrc")
    other.write_text("machine 127.0.0.1 nonsense\n")
    assert found("http://127.0.0.1", {"NETRC": str(other)}) is None


def test_the_keyring_comes_before_netrc(netrc: Path, tmp_path: Path) -> None:
    """It is asked for the service's address and the user."""
    url = "http://127.0.0.1:8470"
    (tmp_path / "kept.py").write_text(KEYRING.replace("URL", url))
    environment = {"PYTHONPATH": str(tmp_path), "PYTHON_KEYRING_BACKEND": "kept.Kept"}
    for asked, expected in (
        (url, "the keyring t0ken-of-the-keyring"),
        ("http://127.0.0.1:8471", "netrc t0ken-of-netrc"),
    ):
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, asked],
            env=os.environ | environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        assert done.stdout.strip() == expected


def test_somebody_at_a_terminal_is_asked(quick_opus: SandboxServer) -> None:
    """What is typed is not shown, and works."""
    with TerminalSession(
        "jobs", "list", "--url", quick_opus.url, "--user", "ann", "--json"
    ) as session:
        session.sees(f"Token of ann at {quick_opus.url}")
        session.types("t0ken-of-the-terminal")
        session.sees("[]")
        assert session.ends() == 0
        assert "t0ken" not in session.seen


def test_without_a_terminal_the_ways_are_told() -> None:
    """The error names every way to keep a token."""
    endpoint = choose_endpoint(
        ServiceOptions(url="https://host", user="ann"), Profiles(Path(), {}), {}
    )
    with pytest.raises(AuthenticationFailed, match=r"EXPRES_TOKEN.*keyring set.*netrc"):
        find_token(endpoint, {})


def test_a_guest_has_none(capsys: pytest.CaptureFixture[str]) -> None:
    """A token without a user is not sent, and that is told."""
    endpoint = choose_endpoint(ServiceOptions(url="https://host"), Profiles(Path(), {}), {})
    assert find_token(endpoint, {"EXPRES_TOKEN": "t0ken-of-nobody"}) is None
    told = capsys.readouterr().err
    assert "as a guest" in told
    assert "t0ken" not in told


def test_a_token_is_in_no_trace(quick_opus: SandboxServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither as it is nor as it travels, with --debug too."""
    token = "t0ken-of-ann"
    monkeypatch.setenv("EXPRES_TOKEN", token)
    done = run("jobs", "show", "nothing", "--debug", "--url", quick_opus.url, "--user", "ann")
    assert "Traceback" in done.err
    assert token not in done.err
    assert base64.b64encode(f"ann:{token}".encode()).decode() not in done.err
    assert token not in repr(Token(token, "EXPRES_TOKEN"))
