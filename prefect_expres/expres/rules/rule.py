"""What a rule is, and the parts of a configuration that rules are about."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from prefect_expres.expres.problem import Part, Problem, UnsoundError, sound

Where = Callable[[Part], Sequence[Part]]


@dataclass(frozen=True)
class Rule:
    """One thing that ExPRES relies on.

    Args:
        where: Finds the sections that the rule is about.
        key: The key whose value breaks it.
        holds: Tells whether a section keeps it.
        rule: What ExPRES asks for.
        cure: What to write, or a function that tells it from the section.
    """

    where: Where
    key: str
    holds: Callable[[Part], bool]
    rule: str
    cure: str | Callable[[Part], str]

    def problems(self, whole: Part) -> Iterator[Problem]:
        """Find where the rule is broken.

        A section that lacks what the rule looks at is passed over: that is told already.
        """
        with suppress(UnsoundError):
            for part in self.where(whole):
                with suppress(UnsoundError):
                    if not self.holds(part):
                        cure = self.cure if isinstance(self.cure, str) else self.cure(part)
                        yield part.problem(self.key, self.rule, cure)


def section(name: str) -> Where:
    """Look at one section."""
    return lambda whole: [whole.part(name)]


def file(whole: Part) -> list[Part]:
    """Look at the file as a whole."""
    return [whole]


def every_body(whole: Part) -> list[Part]:
    """Look at the bodies, also those that are switched off."""
    return whole.parts("BODY")


def bodies(whole: Part) -> list[Part]:
    """Look at the bodies that are switched on."""
    return list(sound(every_body(whole), "ON"))


def moons(whole: Part) -> list[Part]:
    """Look at the bodies that have a parent."""
    return list(sound(bodies(whole), "PARENT"))


def planets(whole: Part) -> list[Part]:
    """Look at the bodies without a parent; there should be one."""
    return [body for body in bodies(whole) if body.get("PARENT", None) == ""]


def densities(whole: Part) -> list[Part]:
    """Look at the plasma models that are switched on."""
    return [model for body in every_body(whole) for model in sound(body.parts("DENS"), "ON")]


def every_source(whole: Part) -> list[Part]:
    """Look at the sources, also those that are switched off."""
    return whole.parts("SOURCE")


def sources(whole: Part) -> list[Part]:
    """Look at the sources that are switched on."""
    return list(sound(every_source(whole), "ON"))


def names(parts: Sequence[Part]) -> list[str]:
    """List names.

    Raises:
        UnsoundError: One of them is not known.
    """
    return [part["NAME"] for part in parts]


def body_names(whole: Part) -> list[str]:
    """List the names of the active bodies.

    Raises:
        UnsoundError: One of them is not known, or whether it is active.
    """
    return [body["NAME"] for body in every_body(whole) if body["ON"]]


def moon_names(whole: Part) -> list[str]:
    """List the names of the active moons.

    Raises:
        UnsoundError: One of them is not known, or whether it is an active moon.
    """
    return [body["NAME"] for body in every_body(whole) if body["ON"] and body["PARENT"]]
