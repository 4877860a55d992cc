"""The rules between the values of a configuration: ExPRES relies on them and checks none itself.

They are those of ExPRES 1.4, read in its code. Each has a name, says where it looks, what must
hold there, and what to write if it does not.
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
        whole: The file; what is broken in it is passed over.
    """
    return tuple(problem for rule in RULES.values() for problem in rule.problems(whole))
