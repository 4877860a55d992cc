"""Where a user's token comes from: environment, keyring, netrc, or a question; never an argument.

What other users of a machine can see of a command are its arguments, and a shell keeps them.
"""

import netrc
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from prefect_expres.cli.commands.endpoint import Place
from prefect_expres.cli.console.printing import note
from prefect_expres.cli.console.prompts import ask_secret, at_terminal
from prefect_expres.errors import AuthenticationFailed

VARIABLE = "EXPRES_TOKEN"


@dataclass(frozen=True)
class Token:
    """A token and where it was found; it is not shown."""

    text: str
    source: str

    def __repr__(self) -> str:
        return f"Token(source={self.source!r})"


def find_token(place: Place, environment: Mapping[str, str] = os.environ) -> Token | None:
    """Find the token of a service's user; None for a guest.

    Raises:
        AuthenticationFailed: There is none, and nobody can be asked.
    """
    if place.user is None:
        if place.token_in_environment and environment.get(VARIABLE):
            note(f"{VARIABLE} is set, but no user: the service is used as a guest.", style="yellow")
        return None
    token = stored_token(place, environment)
    if token is not None:
        return token
    if at_terminal():
        return Token(ask_secret(f"Token of {place.user} at {place.address}"), "the terminal")
    raise AuthenticationFailed(
        f"There is no token for {place.user} at {place.address}: set {VARIABLE}, store it with "
        f"`keyring set {place.address} {place.user}`, or write it into ~/.netrc",
        place.jobs_url,
    )


def stored_token(place: Place, environment: Mapping[str, str]) -> Token | None:
    """Find a token without asking anybody."""
    sources: tuple[tuple[str, Callable[[], str | None]], ...] = (
        (VARIABLE, lambda: _from_environment(place, environment)),
        ("the keyring", lambda: _from_keyring(place)),
        ("netrc", lambda: _from_netrc(place, environment)),
    )
    for source, find in sources:
        if text := find():
            return Token(text, source)
    return None


def _from_environment(place: Place, environment: Mapping[str, str]) -> str | None:
    return environment.get(VARIABLE) if place.token_in_environment else None


def _from_keyring(place: Place) -> str | None:
    """Ask the keyring of the desktop, if the extra is installed and there is one."""
    try:
        import keyring  # noqa: PLC0415 - an extra, and slow to import
        from keyring.errors import KeyringError  # noqa: PLC0415 - as above
    except ImportError:
        return None
    try:
        return keyring.get_password(place.address, place.user or "")
    except KeyringError:
        return None


def _from_netrc(place: Place, environment: Mapping[str, str]) -> str | None:
    """Look for the exact host and user; a default entry is meant for any host, so it is not taken.

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
    login, _, password = hosts.get(urlsplit(place.jobs_url).hostname or "", ("", "", ""))
    return password if login == place.user else None
