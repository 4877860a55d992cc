"""Differences between two configurations."""

from typing import Any

import pytest

from prefect_expres.expres.differences import Difference, differences


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        ({"A": 1, "B": {"C": [1, 2]}}, {"B": {"C": [1.0, 2]}, "A": 1.0}, []),
        ({"A": {"B": 1440}}, {"A": {"B": 720}}, ["A.B: 1440 → 720"]),
        ({"A": 1}, {}, ["A: 1 → absent"]),
        ({}, {"A": "x"}, ["A: absent → 'x'"]),
        ({"L": [{"K": 1}, 2]}, {"L": [{"K": 3}]}, ["L[0].K: 1 → 3", "L[1]: 2 → absent"]),
        ({"L": []}, {"L": [[5]]}, ["L[0]: absent → [5]"]),
        ({"A": [1]}, {"A": {"0": 1}}, ["A: [1] → 1 entry"]),
        ({"A": {}}, {"A": 1}, ["A: 0 entries → 1"]),
        ({"Z": 1, "A": 1}, {"M": 1, "A": 2}, ["Z: 1 → absent", "A: 1 → 2", "M: absent → 1"]),
        ({"A": None}, {}, ["A: null → absent"]),
    ],
)
def test_differences_are_listed_by_path(before: Any, after: Any, lines: list[str]) -> None:
    """In the order of the first, then what only the second has; order and form do not count."""
    assert [str(each) for each in differences(before, after)] == lines


def test_the_path_may_begin_elsewhere() -> None:
    """Parts of files are compared under their own path."""
    assert [each.path for each in differences([1], [2], "SC")] == ["SC[0]"]
    assert [each.path for each in differences({"A": 1}, {"A": 2}, "X")] == ["X.A"]


def test_a_difference_has_its_parts() -> None:
    """An absent side has no key, null has one."""
    (gone,) = differences({"A": None}, {})
    assert gone.parts() == {"path": "A", "before": None}
    (come,) = differences({}, {"A": 2})
    assert come.parts() == {"path": "A", "after": 2}
    assert Difference("A", 1, 2).parts() == {"path": "A", "before": 1, "after": 2}
