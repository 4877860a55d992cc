"""Rules about one section that look at others: which are reported, and what to write there."""

from typing import Any

import pytest

from prefect_expres.expres import Configuration
from tests.expres.bounds.changes import (
    ORBITER,
    Changes,
    apply,
    each,
    named,
    second,
    third_body,
)

PLASMA = {"ON": True, "NAME": "plasma", "TYPE": "Torus", "RHO0": 2000, "SCALE": 1, "PERP": 5.91}
BEHIND: Changes = {"BODY[0].ON": False} | third_body(
    NAME="Jupiter",
    PARENT="",
    MOTION=False,
    RADIUS=1,
    MAG="JRM33",
    DENS=[PLASMA, PLASMA],
)
"""The planet comes last, and one that is switched off, with two plasma models, first."""


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        pytest.param(BEHIND, {"BODY[2].DENS": "write false"}, id="plasma before the planet's"),
        pytest.param(
            third_body(NAME="Orbiter", PARENT="Io", PHASE="auto"),
            {"BODY[2].PHASE": "write the moon's east longitude"},
            id="phase of a moon's moon",
        ),
        pytest.param(
            ORBITER | third_body(NAME="Europa", PHASE="auto"),
            {"BODY[2].PHASE": "write the moon's east longitude"},
            id="phase of a moon without sources",
        ),
        pytest.param(
            named("TauBoo") | third_body(NAME="b", PARENT="TauBoo", PHASE="auto"),
            {"BODY[2].PHASE": "write the moon's east longitude"},
            id="phase of a planet without sources",
        ),
        pytest.param(
            {"SOURCE[0].ON": False},
            {"SOURCE[1].NAME": "write 'Source1'"},
            id="number behind a source that is off",
        ),
        pytest.param(
            second(NAME="Source1"),
            {"SOURCE[0].NAME": "write 'Source1'", "SOURCE[1].NAME": "write 'Source2'"},
            id="a number twice",
        ),
        pytest.param(
            {"SOURCE[0].NAME": "Source2", **second(NAME="Source1", LG_NBR=2)},
            {"SOURCE[0].NAME": "write 'Source1'", "SOURCE[1].NAME": "write 'Source2'"},
            id="numbers of sources with other lines",
        ),
        pytest.param(
            {"SOURCE[0].ON": False, **second(NAME="Source1", PARENT="", SAT="")},
            {"SOURCE[1].PARENT": "choose one of", "SOURCE[1].SAT": "write 'Io'"},
            id="nobody to inherit from but a source that is off",
        ),
        pytest.param(
            each(PARENT="", SAT=""),
            {f"SOURCE[{at}].{key}": "" for key in ("PARENT", "SAT") for at in (0, 1)},
            id="nobody to inherit from but one that names nobody",
        ),
        pytest.param(
            {"BODY[1].ON": "yes", "OBSERVER.PARENT": "Io"},
            {"BODY[1].ON": "write such a value"},
            id="a body that may be off",
        ),
    ],
)
def test_what_is_reported(changes: Changes, told: dict[str, str], configuration: Any) -> None:
    """At each place with its own fix, and nowhere else."""
    problems = Configuration.problems_in(apply(configuration, changes))
    assert [problem.path for problem in problems] == [*told]
    for problem in problems:
        assert problem.fix.startswith(told[problem.path]), problem
