"""What of a published configuration differs from the one asked for, so that it is not taken.

A CDF file does not tell it: this comparison alone stands against a wrong result.
"""

from copy import deepcopy
from typing import Any

import pytest

from prefect_expres.archive.reuse import unlike_physics
from prefect_expres.expres import Configuration

ORBITER = {"OBSERVER.TYPE": "Orbiter", "OBSERVER.SEMI_MAJ": 30.0, "OBSERVER.SEMI_MIN": 30.0}


def changed(content: dict[str, Any], changes: dict[str, Any]) -> Configuration:
    """Give a configuration with other values, by their paths as ``BODY.1.PHASE``."""
    whole = deepcopy(content)
    for path, value in changes.items():
        *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
        node: Any = whole
        for part in way:
            node = node[part]
        node[last] = value
    return Configuration.model_validate(whole)


def unlike(content: dict[str, Any], before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Give the paths of what differs."""
    found = unlike_physics(changed(content, before), changed(content, after))
    return [each.path for each in found]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"BODY.1.PHASE": 10.0}, {"BODY.1.PHASE": 10.2}),
        ({"BODY.1.PHASE": 359.95}, {"BODY.1.PHASE": 0.1}),
        ({"BODY.1.PHASE": "auto"}, {"BODY.1.PHASE": 10.0}),
        ({"BODY.1.PHASE": 10.0}, {"BODY.1.PHASE": "auto"}),
        ({"BODY.0.INIT_AX": 0.1}, {"BODY.0.INIT_AX": -0.1}),
        ({"BODY.1.ON": False, "BODY.1.FLAT": 0.5}, {"BODY.1.ON": False}),
        ({"SOURCE.0.ON": False, "SOURCE.0.WIDTH": 5.0}, {"SOURCE.0.ON": False}),
        ({"SOURCE.0.NAME": "one"}, {"SOURCE.0.NAME": "another"}),
        ({"SIMU.NAME": "one"}, {"SIMU.NAME": "another"}),
        ({"OBSERVER.SEMI_MAJ": 30.0}, {"OBSERVER.SEMI_MAJ": 40.0}),
        (ORBITER, ORBITER | {"OBSERVER.FIXE_SUBL": 77.0}),
        (ORBITER, ORBITER | {"OBSERVER.PHASE": 360.1}),
    ],
    ids=str,
)
def test_what_computes_the_same_is_equal(
    configuration: dict[str, Any], before: dict[str, Any], after: dict[str, Any]
) -> None:
    """Positions at the start within 0.2°, whatever is off, names, and places that do not count."""
    assert unlike(configuration, before, after) == []


@pytest.mark.parametrize(
    ("before", "after", "path"),
    [
        ({"BODY.1.PHASE": 10.0}, {"BODY.1.PHASE": 10.3}, "BODY[1].PHASE"),
        ({"BODY.1.PHASE": 10.0}, {"BODY.1.PHASE": 190.0}, "BODY[1].PHASE"),
        ({"BODY.1.PHASE": 0.1}, {"BODY.1.PHASE": 359.7}, "BODY[1].PHASE"),
        ({"BODY.0.INIT_AX": 0.0}, {"BODY.0.INIT_AX": 20.0}, "BODY[0].INIT_AX"),
        ({}, {"BODY.1.FLAT": 0.1}, "BODY[1].FLAT"),
        ({}, {"BODY.0.DENS.0.RHO0": 1.0}, "BODY[0].DENS[0].RHO0"),
        ({}, {"SOURCE.0.CONSTANT": 1.0}, "SOURCE[0].CONSTANT"),
        ({}, {"SPDYN.CDF.CML": False}, "SPDYN.CDF.CML"),
        ({}, {"OBSERVER.SC": "Juno"}, "OBSERVER.SC"),
        ({}, {"OBSERVER.PARENT": "Saturn"}, "OBSERVER.PARENT"),
        ({}, {"OBSERVER.FIXE_DIST": 77.0}, "OBSERVER.FIXE_DIST"),
        ({}, {"OBSERVER.FIXE_DECL": 7.0}, "OBSERVER.FIXE_DECL"),
        (ORBITER, ORBITER | {"OBSERVER.SEMI_MAJ": 31.0}, "OBSERVER.SEMI_MAJ"),
        (ORBITER, ORBITER | {"OBSERVER.SEMI_MIN": 29.0}, "OBSERVER.SEMI_MIN"),
        (ORBITER, ORBITER | {"OBSERVER.SUBL": 1.0}, "OBSERVER.SUBL"),
        (ORBITER, ORBITER | {"OBSERVER.DECL": 1.0}, "OBSERVER.DECL"),
        (ORBITER, ORBITER | {"OBSERVER.INCL": 1.0}, "OBSERVER.INCL"),
        (ORBITER, ORBITER | {"OBSERVER.PHASE": 1.0}, "OBSERVER.PHASE"),
    ],
    ids=str,
)
def test_what_computes_another_is_not(
    configuration: dict[str, Any], before: dict[str, Any], after: dict[str, Any], path: str
) -> None:
    """Each difference is told by its path, and nothing else is."""
    assert unlike(configuration, before, after) == [path]


def test_what_is_off_in_one_is_missing_there(configuration: dict[str, Any]) -> None:
    """A source or a body more computes something else."""
    for what in ("BODY", "SOURCE"):
        last = len(configuration[what]) - 1
        found = unlike(configuration, {}, {f"{what}.{last}.ON": False})
        assert found == [f"{what}[{last}]"]


def test_another_kind_of_observer_is_another(configuration: dict[str, Any]) -> None:
    """Wherever it is: an orbit is told by other numbers than a place."""
    assert unlike(configuration, {}, ORBITER)[0] == "OBSERVER.TYPE"
    there = unlike(configuration, ORBITER, {"OBSERVER.TYPE": "Pre-Defined"})
    assert there[0] == "OBSERVER.TYPE"
