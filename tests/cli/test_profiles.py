"""The profiles file, and the commands that show it."""

from pathlib import Path

import pytest

from prefect_expres.cli.commands.profiles_file import read_profiles
from prefect_expres.errors import UsageError
from prefect_expres.sandbox.serving import SandboxServer
from tests.support.command_line import run

FILE = """
default = "maser"

[profiles.maser]
url = "https://maser.example"
user = "ann"

[profiles.archive]
url = "https://archive.example/tap/async"
trusted_hosts = ["data.archive.example"]
timeout = 60
"""


@pytest.fixture
def profiles_file(home: Path) -> Path:
    """Return the path of the profiles file."""
    path = home / "config" / "prefect-expres" / "config.toml"
    path.parent.mkdir(parents=True)
    return path


def test_profiles_are_listed(profiles_file: Path) -> None:
    """With their job lists, their users, and which of them is the default."""
    profiles_file.write_text(FILE)
    found = run("profile", "list", "--json").found
    assert found == [
        {
            "name": "maser",
            "jobs_url": "https://maser.example/rest/ExPRES",
            "user": "ann",
            "default": True,
        },
        {
            "name": "archive",
            "jobs_url": "https://archive.example/tap/async",
            "user": None,
            "default": False,
        },
    ]
    done = run("profile", "list")
    assert "maser" in done.out
    assert str(profiles_file) in done.err


def test_the_documented_file_is_read(profiles_file: Path) -> None:
    """The example of docs/commands.md holds."""
    docs = Path(__file__).parent.parent.parent / "docs" / "commands.md"
    profiles_file.write_text(docs.read_text().split("```toml\n")[1].split("```")[0])
    assert set(read_profiles().named) == {"maser", "archive"}


def test_without_a_file_there_are_none(profiles_file: Path) -> None:
    """That is no error, and where to write it is told."""
    done = run("profile", "list", "--json")
    assert (done.code, done.found) == (0, [])
    assert f"{profiles_file} (this file does not exist yet)" in done.err


def test_what_a_command_would_do_is_shown(
    profiles_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The service, the user, and where the token is, but never the token."""
    profiles_file.write_text(FILE)
    monkeypatch.setenv("EXPRES_TOKEN", "t0ken-of-ann")
    done = run("profile", "show", "--json")
    assert done.found["named_by"] == "profile maser"
    assert done.found["user"] == "ann"
    assert done.found["token_from"] == "EXPRES_TOKEN"
    archive = run("profile", "show", "--profile", "archive")
    assert "data.archive.example" in archive.out
    assert "t0ken" not in done.out + done.err + archive.out + archive.err


def test_a_profile_is_used(profiles_file: Path, quick_opus: SandboxServer) -> None:
    """The default without a word, another one by its name."""
    profiles_file.write_text(
        f'default = "mine"\n[profiles.mine]\nurl = "{quick_opus.url}"\n'
        f'[profiles.dev]\nurl = "{quick_opus.url}"\njob_list = "ExPRES-dev"\n'
    )
    assert run("jobs", "new", "branch=master").code == 0
    assert len(run("jobs", "list", "--json").found) == 1
    assert run("jobs", "list", "--profile", "dev", "--json").found == []


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("default = [", "cannot be read"),
        ('default = "none"', "not one of its profiles"),
        ("colour = 1", "only default"),
        ("[profiles.a]\nuser = 'ann'", "url ="),
        ("[profiles.a]\nurl = 'https://a'\ntoken = 'secret-token'", "must not be in this file"),
        ("[profiles.a]\nurl = 'https://a'\npassword = 'secret-token'", "must not be in this file"),
        ("[profiles.a]\nurl = 'https://a'\ncolour = 1", "colour is not a known key"),
        ("[profiles.a]\nurl = 1", "wrong type"),
        ("[profiles.a]\nurl = 'https://a'\ntimeout = true", "wrong type"),
        ("[profiles.a]\nurl = 'https://a'\nlowest_rate = 'x'", "wrong type"),
        ("[profiles.a]\nurl = 'https://a'\nlowest_rate = 0", "lowest_rate = 0 must be a positive"),
        ("[profiles.a]\nurl = 'https://a'\ntimeout = -1", "timeout = -1 must be a positive"),
        ("[profiles.a]\nurl = 'https://a'\ntimeout = inf", "timeout = inf must be a positive"),
        ("[profiles.a]\nurl = 'https://a'\ntrusted_hosts = [1]", "host names"),
    ],
)
def test_mistakes_are_told(profiles_file: Path, content: str, says: str) -> None:
    """Each names the file and what is wrong; a token that stands there is not repeated."""
    profiles_file.write_text(content)
    with pytest.raises(UsageError, match=says) as fault:
        read_profiles()
    assert str(profiles_file) in str(fault.value)
    assert "secret-token" not in str(fault.value)


def test_network_of_a_profile_is_shown_without_a_password(
    profiles_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One with a password does not belong into the file, but into the environment."""
    inside = '[profiles.in]\nurl = "https://in.example"\nca_bundle = "ours.pem"\nlowest_rate = 50\n'
    profiles_file.write_text(f'{inside}proxy = "http://proxy.example:3128"\n')
    found = run("profile", "show", "--profile", "in", "--json").found
    assert (found["proxy"], found["ca_bundle"]) == ("http://proxy.example:3128", "ours.pem")
    assert found["lowest_rate"] == 50
    monkeypatch.setenv("EXPRES_PROXY", "http://al:s3cret@other.example:3128")
    shown = run("profile", "show", "--profile", "in")
    assert "http://other.example:3128" in shown.out
    assert "s3cret" not in shown.out + shown.err
    profiles_file.write_text(f'{inside}proxy = "http://al:s3cret@proxy.example:3128"\n')
    refused = run("profile", "list")
    assert refused.code == 2
    assert "EXPRES_PROXY" in refused.err
    assert "s3cret" not in refused.err
