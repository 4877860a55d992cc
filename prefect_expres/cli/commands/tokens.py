"""Find a user's token: in the environment, the keyring, netrc, or by a question.

It is never an argument: other users of the machine can read the arguments of a command, and the
shell keeps them in its history.
"""

import netrc
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from prefect_expres.cli.commands.endpoint import ServiceEndpoint
from prefect_expres.cli.console.printing import note
from prefect_expres.cli.console.prompts import ask_secret, at_terminal
from prefect_expres.errors import AuthenticationFailed

VARIABLE = "EXPRES_TOKEN"


@dataclass(frozen=True)
class Token:
    """A token and where it was found; its text is not shown."""

    text: str
    source: str

    def __repr__(self) -> str:
        return f"Token(source={self.source!r})"


def find_token(
    endpoint: ServiceEndpoint, environment: Mapping[str, str] = os.environ
) -> Token | None:
    """Find the token of a service's user; None for a guest.

    Raises:
        AuthenticationFailed: There is no token, and no terminal to ask for it.
    """
    if endpoint.user is None:
        if endpoint.token_in_environment and environment.get(VARIABLE):
            note(f"{VARIABLE} is set, but no user: you use the service as a guest.", style="yellow")
        return None
    token = stored_token(endpoint, environment)
    if token is not None:
        return token
    if at_terminal():
        return Token(ask_secret(f"Token of {endpoint.user} at {endpoint.address}"), "the terminal")
    raise AuthenticationFailed(
        f"There is no token for {endpoint.user} at {endpoint.address}: set {VARIABLE}, store it "
        f"with `keyring set {endpoint.address} {endpoint.user}`, or write it to ~/.netrc",
        endpoint.jobs_url,
    )


def stored_token(endpoint: ServiceEndpoint, environment: Mapping[str, str]) -> Token | None:
    """Find a token without a question; None if there is none."""
    sources: tuple[tuple[str, Callable[[], str | None]], ...] = (
        (VARIABLE, lambda: _from_environment(endpoint, environment)),
        ("the keyring", lambda: _from_keyring(endpoint)),
        ("netrc", lambda: _from_netrc(endpoint, environment)),
    )
    for source, find in sources:
        if text := find():
            return Token(text, source)
    return None


def _from_environment(endpoint: ServiceEndpoint, environment: Mapping[str, str]) -> str | None:
    return environment.get(VARIABLE) if endpoint.token_in_environment else None


def _from_keyring(endpoint: ServiceEndpoint) -> str | None:
    """Read the desktop's keyring, if the extra is installed and there is one."""
    try:
        import keyring  # noqa: PLC0415 - an extra, and slow to import
        from keyring.errors import KeyringError  # noqa: PLC0415 - as above
    except ImportError:
        return None
    try:
        return keyring.get_password(endpoint.address, endpoint.user or "")
    except KeyringError:
        return None


def _from_netrc(endpoint: ServiceEndpoint, environment: Mapping[str, str]) -> str | None:
    """Look for the exact host and user; a default entry is for any host, so it is not used.

    The file is the one that the variable NETRC names, else ``~/.netrc``.
    """
    path = environment.get("NETRC") or Path.home() / ".netrc"
    try:
        hosts = netrc.netrc(str(path)).hosts
    except FileNotFoundError:
        return None
    except (OSError, ValueError, netrc.NetrcParseError) as fault:
        note(f"{path} is not used: {fault}", style="yellow")
        return None
    login, _, password = hosts.get(urlsplit(endpoint.jobs_url).hostname or "", ("", "", ""))
    return password if login == endpoint.user else None
