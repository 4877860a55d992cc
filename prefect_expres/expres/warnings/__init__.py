"""Warnings: what ExPRES accepts silently and computes differently from what was probably meant.

May import: errors. They are rules like those of `prefect_expres.expres.rules`; their text says
what will come out.
"""

from collections.abc import Iterator, Mapping

from prefect_expres.expres.access import Access
from prefect_expres.expres.configuration import Configuration
from prefect_expres.expres.estimate import result_bytes, run_seconds
from prefect_expres.expres.problem import Part, Problem, nearest
from prefect_expres.expres.rules import Rule
from prefect_expres.expres.section import Section
from prefect_expres.expres.warnings import axes, bodies, names, observer, sources

WARNINGS: Mapping[str, Rule] = {
    **names.WARNINGS,
    **axes.WARNINGS,
    **observer.WARNINGS,
    **bodies.WARNINGS,
    **sources.WARNINGS,
}

__all__ = ["WARNINGS", "warnings_of"]


def warnings_of(configuration: Configuration, access: Access | None = None) -> tuple[Problem, ...]:
    """Find what may be unexpected in a configuration that breaks no rule.

    Args:
        configuration: The configuration.
        access: The access of the user who will run it; without it, there are no warnings about run
            time.

    Returns:
        One problem for each warning; its rule is the reason, its fix is what to write.
    """
    whole = Part(configuration.content())
    silent = (warning for rule in WARNINGS.values() for warning in rule.problems(whole))
    slow = () if access is None else _long_run(configuration, access)
    return (*silent, *_misspelt_keys(configuration, ""), *slow)


def _long_run(configuration: Configuration, access: Access) -> Iterator[Problem]:
    seconds = run_seconds(configuration)
    if seconds > access.longest_run:
        yield Problem(
            "TIME.NBR",
            configuration.time.nbr,
            f"the run may take {seconds / 60:.0f} min, where {access.longest_run / 60:.0f} min "
            f"are allowed, and leave {result_bytes(configuration) / 1e6:.0f} MB",
            "split the simulation, or ask for fewer frequencies or sources",
        )


def _misspelt_keys(section: Section, path: str) -> Iterator[Problem]:
    """Find unknown keys that resemble an optional key that is missing: ExPRES ignores them."""
    fields = type(section).model_fields
    left_out = {str(fields[name].alias) for name in fields.keys() - section.model_fields_set}
    for key, value in (section.model_extra or {}).items():
        if (meant := nearest(key, sorted(left_out))) is not None:
            yield Problem(f"{path}{key}", value, "ExPRES does not know this key", f"write {meant}")
    for name, field in fields.items():
        value = getattr(section, name)
        for index, each in enumerate(value if isinstance(value, list) else ()):
            if isinstance(each, Section):
                yield from _misspelt_keys(each, f"{path}{field.alias}[{index}].")
        if isinstance(value, Section):
            yield from _misspelt_keys(value, f"{path}{field.alias}.")
