"""Profiles: services that have a name, in a TOML file that people write."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prefect_expres.errors import UsageError

_KINDS: dict[str, type | tuple[type, ...]] = {
    "url": str,
    "job_list": str,
    "user": str,
    "trusted_hosts": list,
    "timeout": (int, float),
}
_SECRETS = ("token", "password")


@dataclass(frozen=True)
class Profile:
    """One service of the file.

    Args:
        name: What it is called.
        url: Address of the service or of its job list.
        job_list: Name of the job list under ``/rest/``, if not ExPRES.
        user: User name, or None for a guest.
        trusted_hosts: Other hosts that results may come from.
        timeout: Seconds without an answer before a request is given up.
    """

    name: str
    url: str
    job_list: str | None = None
    user: str | None = None
    trusted_hosts: tuple[str, ...] = ()
    timeout: float = 30.0


@dataclass(frozen=True)
class Profiles:
    """What the file says: every profile by its name, and the one that is taken unasked."""

    path: Path
    named: Mapping[str, Profile]
    default: str | None = None

    def get(self, name: str) -> Profile:
        """Give a profile.

        Raises:
            UsageError: There is none of this name.
        """
        if name not in self.named:
            known = ", ".join(self.named) or "none"
            raise UsageError(f"There is no profile {name!r} in {self.path}; it has: {known}")
        return self.named[name]


def profiles_path(environment: Mapping[str, str] = os.environ) -> Path:
    """Say where the file is, whether it exists or not."""
    home = environment.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(home) / "prefect-expres" / "config.toml"


def read_profiles(path: Path | None = None) -> Profiles:
    """Read the file; one that does not exist has no profiles.

    Raises:
        UsageError: It cannot be read, or says what a profile cannot say.
    """
    path = path or profiles_path()
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Profiles(path, {})
    except (OSError, ValueError) as fault:
        raise UsageError(f"The profiles file {path} cannot be read: {fault}") from None
    sections = content.get("profiles", {})
    if set(content) - {"default", "profiles"} or not isinstance(sections, dict):
        raise UsageError(f'{path}: only default = "NAME" and sections [profiles.NAME] are known')
    named = {name: _profile(path, name, section) for name, section in sections.items()}
    default = content.get("default")
    if default is not None and default not in named:
        raise UsageError(f"{path}: the default {default!r} is none of its profiles")
    return Profiles(path, named, default)


def _profile(path: Path, name: str, section: Any) -> Profile:
    where = f"{path}, profile {name}"
    if not isinstance(section, dict) or "url" not in section:
        raise UsageError(f'{where}: a profile is a section with url = "https://host"')
    for key, value in section.items():
        if key in _SECRETS:
            raise UsageError(
                f"{where}: a {key} does not belong into this file; keep it in the keyring, in "
                "~/.netrc or in the environment variable EXPRES_TOKEN"
            )
        if key not in _KINDS:
            raise UsageError(f"{where}: {key} is not known; it may have {', '.join(_KINDS)}")
        if not isinstance(value, _KINDS[key]) or isinstance(value, bool):
            raise UsageError(f"{where}: {key} = {value!r} is of the wrong kind")
    hosts = section.get("trusted_hosts", [])
    if not all(isinstance(host, str) for host in hosts):
        raise UsageError(f"{where}: trusted_hosts is a list of host names")
    return Profile(name=name, **(section | {"trusted_hosts": tuple(hosts)}))
