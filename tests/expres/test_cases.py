"""Small configurations of which it is known what the real kernel makes of them."""

import json
from typing import Any

import pytest

from prefect_expres.expres import Configuration, warnings_of
from tests.support.quick import DATA

FOLDER = DATA / "expres" / "cases"

REFUSED = {
    "io_src1off": ("SOURCE[1].NAME", "write 'Source1'"),
    "source1_off": ("SOURCE[1].NAME", "write 'Source1'"),
    "mercury_ephem_R1": ("BODY[0].RADIUS", "write RADIUS, and every other length"),
    "exo_phase_auto": ("BODY[1].PHASE", "east longitude"),
    "fixed_auto_galileo": ("OBSERVER.SC", "ephemeris file"),
}
WARNED = {
    "lshell_law": ("SOURCE[0].LG_NBR", "lead, lead - 4°, lead - 14°, the lead again"),
    "io_lawrange": ("SOURCE[0].LG_NBR", "lead, lead - 4°, lead - 14° here"),
    "io_steady": ("SOURCE[0].TEMPH", "Theta is NaN nearly everywhere"),
    "lshell_frac": ("SOURCE[0].LAT", "the source is at 6 here"),
}
WELL = ("io_src1off_renamed", "cur_aflvenic", "juno_lower")


def content(name: str) -> Any:
    """Read a case."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", REFUSED)
def test_what_stops_or_crashes_is_refused(name: str) -> None:
    """With its path and what to write."""
    path, words = REFUSED[name]
    (problem,) = Configuration.problems_in(content(name))
    assert problem.path == path
    assert words in problem


@pytest.mark.parametrize("name", WARNED)
def test_what_runs_otherwise_is_warned_of(name: str) -> None:
    """The warning says what will come out."""
    path, words = WARNED[name]
    warnings = warnings_of(Configuration.from_mapping(content(name)))
    assert [warning for warning in warnings if warning.path == path and words in warning]


@pytest.mark.parametrize("name", WELL)
def test_what_runs_as_meant_passes(name: str) -> None:
    """Its sources are not talked about."""
    warnings = warnings_of(Configuration.from_mapping(content(name)))
    assert not [warning for warning in warnings if warning.path.startswith("SOURCE")]


def test_every_case_has_its_place() -> None:
    """In one of the tables."""
    stems = {path.stem for path in FOLDER.iterdir()}
    assert stems == {*REFUSED, *WARNED, *WELL}
