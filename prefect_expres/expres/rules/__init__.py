"""The rules between the values of a configuration: ExPRES 1.4 relies on them and checks none.

May import: errors. Each rule has a name, the sections it looks at, a condition and a fix.
"""

from collections.abc import Mapping

from prefect_expres.expres.problem import Part, Problem
from prefect_expres.expres.rules import axes, bodies, observer, sources
from prefect_expres.expres.rules.rule import Rule

RULES: Mapping[str, Rule] = {
    **axes.RULES,
    **observer.RULES,
    **bodies.RULES,
    **sources.RULES,
}

__all__ = ["RULES", "Rule", "broken_rules"]


def broken_rules(whole: Part) -> tuple[Problem, ...]:
    """Find every broken rule, in the order of the file's sections.

    Args:
        whole: The file; rules skip values that are broken already.
    """
    return tuple(problem for rule in RULES.values() for problem in rule.problems(whole))
