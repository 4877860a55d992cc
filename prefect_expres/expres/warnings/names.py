"""Warnings about names that ExPRES gives to a shell, as parts of file names."""

from collections.abc import Mapping

from prefect_expres.expres.rules import Rule
from prefect_expres.expres.rules.rule import (
    NOT_PLAIN,
    Where,
    bodies,
    is_plain,
    section,
    sources,
)


def _rule(where: Where, key: str) -> Rule:
    return Rule(
        where,
        key,
        lambda part: is_plain(part.get(key, "")),
        "ExPRES gives it to a shell without quotes, in the names of files: a blank, or a sign that "
        "means something there, may cost the result",
        lambda part: f"write {NOT_PLAIN.sub('-', part[key])!r}",
    )


WARNINGS: Mapping[str, Rule] = {
    "doi-in-commands": _rule(section("SIMU"), "DOI"),
    "body-name-in-commands": _rule(bodies, "NAME"),
    "source-name-in-commands": _rule(sources, "NAME"),
}
