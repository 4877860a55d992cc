"""The lock is what pip installs, also when newer versions have come since."""

import re
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.package import ROOT

LOCKED = {
    canonicalize_name(requirement.name): requirement
    for line in re.findall(
        r"^([^\s#][^\\\n]*?) *\\?$", (ROOT / "requirements.txt").read_text(), re.MULTILINE
    )
    for requirement in [Requirement(line)]
}


def extras_asked_for() -> Iterator[tuple[str, str]]:
    """Give each package with the extras that another one, as it is locked, asks it for."""
    for locked in LOCKED.values():
        try:
            asked = map(Requirement, requires(locked.name) or ())
        except PackageNotFoundError:  # for other systems
            continue
        for each in asked:
            if any(
                each.marker is None or each.marker.evaluate({"extra": extra})
                for extra in ("", *locked.extras)
            ):
                yield from ((canonicalize_name(each.name), extra) for extra in each.extras)


def test_extras_are_locked() -> None:
    """Pip 23, which Python 3.11 brings, takes the newest version where an extra is not."""
    asked = set(extras_asked_for())
    assert ("coverage", "toml") in asked
    assert {each for each in asked if each[1] not in LOCKED[each[0]].extras} == set()
