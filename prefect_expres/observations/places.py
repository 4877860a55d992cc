"""Where observations are made: the names that files have for it, and those of ExPRES."""

import re
from collections.abc import Iterable

_SPACECRAFT = (
    "Cassini",
    "Galileo",
    "JUICE",
    "Juno",
    "Ulysses",
    "Voyager1",
    "Voyager2",
    "Wind",
)
"""As ExPRES and the sources of ephemerides name them."""

_ON_EARTH = re.compile(
    r"nan[cç]ay|\bnda\b|nenufar|\blofar|ovro|radio ?jove|callisto|ground.based|\bearth\b",
    re.IGNORECASE,
)


def observer_of(hosts: Iterable[str | None]) -> str | None:
    """Give the observer that a file names, as ExPRES names it; None if none is known.

    Args:
        hosts: What the file says of where its instrument is, the most telling first.
    """
    named = (_observer(host) for host in hosts if host)
    return next((each for each in named if each), None)


def _observer(host: str) -> str | None:
    for name in _SPACECRAFT:
        spelled = re.sub(r"(\d)", r"[\\s_-]*\1", name)
        if re.match(rf"{spelled}\b", host, re.IGNORECASE):
            return name
    return "Earth" if _ON_EARTH.search(host) else None
