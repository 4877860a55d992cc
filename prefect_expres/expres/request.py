"""A request for one simulation: its inputs, its fingerprint and its names."""

import hashlib
import re
from functools import cached_property
from pathlib import PurePosixPath
from typing import Self

from pydantic import BaseModel, ConfigDict

from prefect_expres.errors import AccessError, ConfigurationError, EphemerisError
from prefect_expres.expres.access import DEFAULT_BRANCH, job_list_for
from prefect_expres.expres.configuration import Configuration

_BRANCH = re.compile(r"[A-Za-z0-9._-]{1,100}", re.ASCII)
_UNSAFE = re.compile(r"[^A-Za-z0-9_]+", re.ASCII)
_LABEL_LENGTH = 60


class SimulationRequest(BaseModel):
    """The inputs that decide what a simulation computes, and a label for people.

    Args:
        configuration: The ExPRES configuration.
        ephemeris: The bytes of the CSV file that ``OBSERVER.EPHEM`` names, or None.
        branch: The ExPRES git branch.
        label: A short name for people; it does not change the simulation.
    """

    model_config = ConfigDict(frozen=True)

    configuration: Configuration
    ephemeris: bytes | None = None
    branch: str = DEFAULT_BRANCH
    label: str = ""

    @classmethod
    def build(
        cls,
        configuration: Configuration,
        ephemeris: bytes | None = None,
        branch: str = DEFAULT_BRANCH,
        label: str | None = None,
    ) -> Self:
        """Check that the parts belong together, and choose a label if none is given.

        Raises:
            EphemerisError: The configuration names a file that is not given, or the reverse.
            AccessError: The branch's name could harm the server.
        """
        if not _BRANCH.fullmatch(branch):
            msg = f"The branch {branch[:80]!r} is refused: use letters, digits and . _ -"
            raise AccessError(msg)
        named = configuration.observer.ephem
        if named and ephemeris is None:
            msg = f"OBSERVER.EPHEM names {named!r}; give that file as the ephemeris"
            raise EphemerisError(msg)
        if ephemeris is not None and not named:
            msg = "An ephemeris is given, but OBSERVER.EPHEM names no file; write its name there"
            raise EphemerisError(msg)
        return cls(
            configuration=configuration,
            ephemeris=ephemeris,
            branch=branch,
            label=safe_label(label or default_label(configuration)),
        )

    @property
    def job_list(self) -> str:
        """The service's job list for the branch."""
        return job_list_for(self.branch)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over everything that decides the result: 64 hexadecimal digits."""
        digest = hashlib.sha256()
        parts = (
            self.configuration.canonical(),
            b"" if self.ephemeris is None else self.ephemeris,
            self.branch.encode(),
            self.job_list.encode(),
        )
        for part in parts:
            digest.update(len(part).to_bytes(8, "big"))
            digest.update(part)
        return digest.hexdigest()

    @property
    def folder(self) -> str:
        """The folder of the results under the output URL; it does not depend on the label."""
        return f"{default_label(self.configuration)}.{self.fingerprint[:12]}"

    @property
    def configuration_name(self) -> str:
        """The name under which the configuration is uploaded."""
        return f"{self.label}.json"

    @property
    def ephemeris_name(self) -> str:
        """The name under which the ephemeris is uploaded: the one in the configuration."""
        return PurePosixPath(self.configuration.observer.ephem).name

    def is_made_of(self, configuration: bytes, ephemeris: bytes | None, branch: str) -> bool:
        """Say whether these inputs, as a service gives them back, make the same simulation."""
        try:
            model = Configuration.parse(configuration)
        except ConfigurationError:
            return False
        other = SimulationRequest(configuration=model, ephemeris=ephemeris, branch=branch)
        return other.fingerprint == self.fingerprint


def default_label(configuration: Configuration) -> str:
    """Name a simulation by moon, observer and day, for instance ``io-earth-20180913``."""
    moons = dict.fromkeys(source.sat or source.type for source in configuration.source if source.on)
    observer = configuration.observer
    stem = PurePosixPath(observer.ephem).stem
    day = observer.sctime[:8] or next(iter(re.findall(r"(?<!\d)\d{8}(?!\d)", stem)), "")
    parts = (*moons, observer.sc or observer.type, day)
    return safe_label("-".join(part for part in parts if part).lower())


def safe_label(text: str) -> str:
    """Replace the characters of a text that a runId cannot hold."""
    return _UNSAFE.sub("-", text).strip("-")[:_LABEL_LENGTH].strip("-") or "simulation"
