"""The class `Rule`, and functions that select the sections which rules check."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from prefect_expres.expres.problem import Part, Problem, UnreadableError, readable
from prefect_expres.expres.vocabulary import ON_A_MOON

Where = Callable[[Part], Sequence[Part]]


@dataclass(frozen=True)
class Rule:
    """A condition that ExPRES relies on.

    Args:
        where: Selects the sections to check.
        key: The key that is reported if the rule is broken.
        holds: Says whether a section satisfies the rule.
        rule: What ExPRES requires.
        fix: What to write, or a function that derives it from the section.
    """

    where: Where
    key: str
    holds: Callable[[Part], bool]
    rule: str
    fix: str | Callable[[Part], str]

    def problems(self, whole: Part) -> Iterator[Problem]:
        """Find where the rule is broken.

        Sections in which the values to check are missing or broken are skipped: those are reported
        already.
        """
        with suppress(UnreadableError):
            for part in self.where(whole):
                with suppress(UnreadableError):
                    if not self.holds(part):
                        fix = self.fix if isinstance(self.fix, str) else self.fix(part)
                        yield part.problem(self.key, self.rule, fix)


NOT_PLAIN = re.compile(r"[\s/\\'\"`$&|;<>()*?#!~\[\]{}]")
"""What means something to a shell: ExPRES gives names to it without quotes."""


def is_plain(name: str) -> bool:
    """Say whether a name may stand in a command without quotes."""
    return NOT_PLAIN.search(name) is None


def section(name: str) -> Where:
    """Select one section."""
    return lambda whole: [whole.part(name)]


def cdf_flags(whole: Part) -> list[Part]:
    """Select the flags of the result's variables, if they are a section."""
    flags = whole.part("SPDYN").part("CDF")
    return [flags] if isinstance(flags.content, dict) else []


def file(whole: Part) -> list[Part]:
    """Select the whole file."""
    return [whole]


def every_body(whole: Part) -> list[Part]:
    """Select all bodies, also those that are switched off."""
    return whole.parts("BODY")


def bodies(whole: Part) -> list[Part]:
    """Select the bodies that are switched on."""
    return list(readable(every_body(whole), "ON"))


def moons(whole: Part) -> list[Part]:
    """Select the active bodies with a parent."""
    return list(readable(bodies(whole), "PARENT"))


def planets(whole: Part) -> list[Part]:
    """Select the active bodies without a parent; there should be one."""
    return [body for body in bodies(whole) if body.get("PARENT", None) == ""]


def source_moons(whole: Part) -> list[Part]:
    """Select the active moons on whose field lines an active source is."""
    followed = [source["SAT"] for source in sources(whole) if follows_moon(source)]
    return [moon for moon in moons(whole) if moon["NAME"] in followed]


def field_bodies(whole: Part) -> list[Part]:
    """Select the active bodies in whose magnetic field an active source is, the first of a name."""
    first = {body["NAME"]: body for body in reversed(bodies(whole))}
    parents = {source["PARENT"] for source in sources(whole)}
    return [body for name, body in first.items() if name in parents]


def densities(whole: Part) -> list[Part]:
    """Select the plasma models that are switched on."""
    return [model for body in every_body(whole) for model in readable(body.parts("DENS"), "ON")]


def every_source(whole: Part) -> list[Part]:
    """Select all sources, also those that are switched off."""
    return whole.parts("SOURCE")


def sources(whole: Part) -> list[Part]:
    """Select the sources that are switched on."""
    return list(readable(every_source(whole), "ON"))


def follows_moon(source: Part) -> bool:
    """Say whether a source is on the field line of a moon."""
    return bool(source["TYPE"] == ON_A_MOON)


def planet_of(whole: Part) -> Part:
    """Give the planet, by whose radius ExPRES divides all lengths: the last one without a parent.

    Raises:
        UnreadableError: There is none.
    """
    found = planets(whole)
    if not found:
        raise UnreadableError("BODY")
    return found[-1]


def names(parts: Sequence[Part]) -> list[str]:
    """List names.

    Raises:
        UnreadableError: A name cannot be read.
    """
    return [part["NAME"] for part in parts]


def body_names(whole: Part) -> list[str]:
    """List the names of the active bodies.

    Raises:
        UnreadableError: A name or an ``ON`` flag cannot be read.
    """
    return [body["NAME"] for body in every_body(whole) if body["ON"]]


def moon_names(whole: Part) -> list[str]:
    """List the names of the active moons.

    Raises:
        UnreadableError: A name, an ``ON`` flag or a parent cannot be read.
    """
    return [body["NAME"] for body in every_body(whole) if body["ON"] and body["PARENT"]]
