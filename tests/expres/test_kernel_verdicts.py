"""The check is ExPRES' twin: it refuses the files on which the kernel stops, and no others.

``kernel-verdicts.json`` holds small files, as changes to two that run, and whether the kernel of
ExPRES 1.4.3 ran on each to its end under GDL.
"""

import json
from typing import Any

import pytest

from prefect_expres.expres import Configuration, warnings_of
from tests.expres.bounds.changes import apply
from tests.support.quick import DATA

VERDICTS = json.loads((DATA / "expres" / "kernel-verdicts.json").read_text(encoding="utf-8"))
FILES: dict[str, dict[str, Any]] = VERDICTS["files"]
ABSENT = {"absent": True}

STRICTER = {
    "ExPRES' own check says that it aborts, though it goes on": {
        *("flags6", "flogmin0", "noincl", "numdens1", "numsrc1", "range3"),
    },
    "a value of another type, which IDL converts in silence": {
        *("fpremixtext", "ntext", "ntextbad", "nullname", "on2", "ontext"),
    },
    "no frequency at all": {"logmaxneg", "logneg"},
    "results of two sources in one place": {"name0", "namedup", "namelower", "nameword"},
    "the result has the date of today, or any": {"sctime8", "sctimealpha", "sctimeiso"},
}
"""Files that are refused though the kernel goes on, by the reason."""

REFUSED = {name for names in STRICTER.values() for name in names}


def content_of(name: str) -> Any:
    """Give the content of a file of the table."""
    changes = {
        path: ... if value == ABSENT else value for path, value in FILES[name]["changes"].items()
    }
    return apply(VERDICTS["bases"][FILES[name]["base"]], changes)


@pytest.mark.parametrize("name", FILES)
def test_what_stops_the_kernel_is_refused_and_nothing_else(name: str) -> None:
    """Each with its path and what to write."""
    problems = Configuration.problems_in(content_of(name))
    assert bool(problems) is (not FILES[name]["runs"] or name in REFUSED), problems
    assert all(problem.path and problem.fix for problem in problems)


def test_the_table_has_both_sides_and_names_what_it_has() -> None:
    """Enough of both, and no exception that is none."""
    stops = [name for name, file in FILES.items() if not file["runs"]]
    assert len(stops) > 90
    assert len(FILES) - len(stops) > 150
    assert all(FILES[name]["runs"] for name in REFUSED)


@pytest.mark.parametrize("base", VERDICTS["bases"])
def test_the_bases_run_without_a_surprise_of_a_source(base: str) -> None:
    """What the tables start from is well."""
    warnings = warnings_of(Configuration.from_mapping(VERDICTS["bases"][base]))
    assert {warning.path for warning in warnings} <= {"TIME.NBR"}
