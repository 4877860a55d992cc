"""Each bound of each rule: just inside it is accepted, just outside it is refused by that rule."""

from typing import Any

import pytest

from prefect_expres.expres import Configuration
from prefect_expres.expres.problem import Problem
from prefect_expres.expres.rules import RULES
from tests.expres.bounds import axes, bodies, observer, sources
from tests.expres.bounds.changes import Changes, apply

CASES = axes.CASES | observer.CASES | bodies.CASES | sources.CASES


def cases(side: str) -> list[Any]:
    """Give rule and changes of every case of one side."""
    return [
        pytest.param(name, changes, id=f"{name}-{number}")
        for name, bounds in CASES.items()
        for number, changes in enumerate(getattr(bounds, side))
    ]


def told(problem: Problem) -> tuple[str, str]:
    """Give what tells a rule from others of a section: the key and the words."""
    return problem.path.rpartition(".")[2], problem.rule


def words_of(name: str) -> tuple[str, str]:
    """Give the same for a rule."""
    return RULES[name].key, RULES[name].rule


def test_every_rule_has_its_bounds() -> None:
    """No rule is without a case on both sides."""
    assert CASES.keys() == RULES.keys()
    assert all(bounds.inside and bounds.outside for bounds in CASES.values())


@pytest.mark.parametrize(("name", "changes"), cases("inside"))
def test_inside_a_bound_all_is_well(name: str, changes: Changes, configuration: Any) -> None:
    """What the rule just allows is accepted, by this rule and by all others."""
    assert Configuration.problems_in(apply(configuration, changes)) == (), name


@pytest.mark.parametrize(("name", "changes"), cases("outside"))
def test_outside_a_bound_the_rule_refuses(name: str, changes: Changes, configuration: Any) -> None:
    """What is just beyond the bound is reported by this rule, at its path."""
    problems = Configuration.problems_in(apply(configuration, changes))
    also = {words_of(other) for other in CASES[name].also}
    assert {told(problem) for problem in problems} - also == {words_of(name)}
    paths = [problem.path for problem in problems if told(problem) == words_of(name)]
    assert paths == [CASES[name].path]
