"""Changes to a good configuration, and what is inside and outside of a bound."""

import copy
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

Changes = dict[str, Any]

TRACK: Changes = {"OBSERVER.TYPE": "Pre-Defined"}
FILE: Changes = TRACK | {"OBSERVER.EPHEM": "earth.csv"}
AUTO: Changes = dict.fromkeys(
    ("OBSERVER.FIXE_DIST", "OBSERVER.FIXE_SUBL", "OBSERVER.FIXE_DECL"), "auto"
)
ORBITER: Changes = {
    "OBSERVER.TYPE": "Orbiter",
    "OBSERVER.SEMI_MAJ": 9,
    "OBSERVER.SEMI_MIN": 9,
}
LISTED: Changes = {"FREQUENCY.TYPE": "Pre-Defined", "FREQUENCY.SC": [1, 2]}
AURORAL: Changes = {
    f"SOURCE[{index}].{key}": value
    for index in (0, 1)
    for key, value in (
        *(("TYPE", "L-shell"), ("LAT", 6), ("SAT", ""), ("LAG_MODEL", "off")),
        *(("LG_MIN", 0), ("LG_MAX", 10), ("LG_NBR", 2)),
    )
}
JUNO: Changes = TRACK | {"OBSERVER.SC": "Juno"}
GALILEO: Changes = TRACK | {"OBSERVER.SC": "Galileo"}
CONSTANT: Changes = {"SOURCE[0].CURRENT": "Constant", "SOURCE[0].CONSTANT": 80}
SMALL = 1e-9


def third_body(**values: Any) -> Changes:
    """Add a copy of Io, changed."""
    return {"NUMBER.BODY": 3, "BODY[2]": values}


def named(planet: str) -> Changes:
    """Give the planet another name, wherever it stands."""
    paths = ("BODY[0].NAME", "BODY[1].PARENT", "OBSERVER.PARENT")
    return dict.fromkeys((*paths, "SOURCE[0].PARENT", "SOURCE[1].PARENT"), planet)


def orbit(axis: float) -> Changes:
    """Give the moon a circular orbit."""
    return {"BODY[1].SEMI_MAJ": axis, "BODY[1].SEMI_MIN": axis}


class Bounds(NamedTuple):
    """What a rule accepts, and what it refuses; each is a set of changes to a good file."""

    path: str
    inside: Sequence[Changes]
    outside: Sequence[Changes]
    also: frozenset[str] = frozenset()
    """Other rules that what is outside breaks, too."""


class Warned(NamedTuple):
    """What gives a warning and what does not; each is a set of changes to a good file."""

    path: str
    words: str
    """What the first file that is warned of is told."""
    quiet: Sequence[Changes]
    warned: Sequence[Changes]


def second(**values: Any) -> Changes:
    """Change the second source."""
    return {f"SOURCE[1].{key}": value for key, value in values.items()}


def each(**values: Any) -> Changes:
    """Change both sources."""
    return second(**values) | {f"SOURCE[0].{key}": value for key, value in values.items()}


def values(
    path: str,
    inside: Sequence[Any],
    outside: Sequence[Any],
    *,
    given: Changes | None = None,
    also: frozenset[str] = frozenset(),
) -> Bounds:
    """Change one value only, after the changes ``given``."""
    accepted, refused = (
        [(given or {}) | {path: each} for each in side] for side in (inside, outside)
    )
    return Bounds(path, accepted, refused, also)


def apply(content: Any, changes: Changes) -> Any:
    """Give a copy of a file with other values at some JSON paths; a dict updates a section.

    An ellipsis stands for a key that is left out.
    """
    changed = copy.deepcopy(content)
    for path, value in changes.items():
        *way, last = [
            int(step) if step.isdigit() else step for step in re.findall(r"[A-Za-z0-9_]+", path)
        ]
        section = changed
        for step in way:
            section = section[step]
        if isinstance(section, list) and isinstance(last, int) and last >= len(section):
            section.append(copy.deepcopy(section[-1]))
        if value is ...:
            del section[last]
        elif isinstance(value, dict) and isinstance(last, int):
            section[last] |= value
        else:
            section[last] = value
    return changed


def starts(text: str, minutes: float = 720) -> Changes:
    """Start a track at a date, for some minutes."""
    return {"OBSERVER.SCTIME": text, "TIME.MAX": minutes}


def densities(active: int) -> Changes:
    """Give the planet five plasma models, some of them active."""
    flags = {f"BODY[0].DENS[{index}]": {"ON": index < active} for index in range(5)}
    idle = {f"BODY[1].DENS[{index}]": {"ON": False} for index in range(5)}
    return {"NUMBER.DENSITY": 5, **flags, **idle}
