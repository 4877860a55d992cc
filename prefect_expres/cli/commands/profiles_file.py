"""Profiles: named services in a TOML file, which is written by hand."""

import math
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prefect_expres.errors import UsageError
from prefect_expres.net.network import PROXY
from prefect_expres.net.url import shown_url

_KINDS: dict[str, type | tuple[type, ...]] = {
    "url": str,
    "job_list": str,
    "user": str,
    "trusted_hosts": list,
    "timeout": (int, float),
    "proxy": str,
    "ca_bundle": str,
    "lowest_rate": (int, float),
}
_SECRETS = ("token", "password")


@dataclass(frozen=True)
class Profile:
    """A named service.

    Args:
        name: Name of the profile.
        url: Address of the service or of its job list.
        job_list: Name of the job list under ``/rest/``, if not ExPRES.
        user: User name, or None for a guest.
        trusted_hosts: Other hosts that results may come from.
        timeout: Seconds without an answer before a request is given up.
        proxy: HTTP proxy, without a password.
        ca_bundle: PEM file of a private certificate authority.
        lowest_rate: Bytes a second that an answer must have on average.
    """

    name: str
    url: str
    job_list: str | None = None
    user: str | None = None
    trusted_hosts: tuple[str, ...] = ()
    timeout: float = 30.0
    proxy: str | None = None
    ca_bundle: str | None = None
    lowest_rate: float | None = None


@dataclass(frozen=True)
class Profiles:
    """The content of the profiles file: every profile by its name, and the default one."""

    path: Path
    named: Mapping[str, Profile]
    default: str | None = None

    def get(self, name: str) -> Profile:
        """Return a profile.

        Raises:
            UsageError: No profile has this name.
        """
        if name not in self.named:
            known = ", ".join(self.named) or "none"
            raise UsageError(f"There is no profile {name!r} in {self.path}; it has: {known}")
        return self.named[name]


def profiles_path(environment: Mapping[str, str] = os.environ) -> Path:
    """Return the path of the profiles file, whether it exists or not."""
    home = environment.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(home) / "prefect-expres" / "config.toml"


def read_profiles(path: Path | None = None) -> Profiles:
    """Read the profiles file; if it does not exist, there are no profiles.

    Raises:
        UsageError: The file cannot be read, or a key or a value in it is wrong.
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
        raise UsageError(f"{path}: the default {default!r} is not one of its profiles")
    return Profiles(path, named, default)


def _profile(path: Path, name: str, section: Any) -> Profile:
    where = f"{path}, profile {name}"
    if not isinstance(section, dict) or "url" not in section:
        raise UsageError(f'{where}: a profile is a section with url = "https://host"')
    for key, value in section.items():
        if key in _SECRETS:
            raise UsageError(
                f"{where}: a {key} must not be in this file; keep it in the keyring, in "
                "~/.netrc or in the environment variable EXPRES_TOKEN"
            )
        if key not in _KINDS:
            raise UsageError(f"{where}: {key} is not a known key; the keys are {', '.join(_KINDS)}")
        if not isinstance(value, _KINDS[key]) or isinstance(value, bool):
            raise UsageError(f"{where}: {key} = {value!r} has the wrong type")
        if isinstance(value, int | float) and not 0 < value < math.inf:
            raise UsageError(f"{where}: {key} = {value!r} must be a positive number")
    hosts = section.get("trusted_hosts", [])
    if not all(isinstance(host, str) for host in hosts):
        raise UsageError(f"{where}: trusted_hosts must be a list of host names")
    proxy = section.get("proxy")
    if proxy and shown_url(proxy) != proxy:
        raise UsageError(
            f"{where}: a password must not be in this file; keep a proxy that asks for one in the "
            f"environment variable {PROXY}"
        )
    return Profile(name=name, **(section | {"trusted_hosts": tuple(hosts)}))
