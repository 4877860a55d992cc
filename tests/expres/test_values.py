"""Values of the package, which nothing changes once they are made."""

import pytest

import prefect_expres.expres
from prefect_expres.expres.access import Access
from prefect_expres.expres.configuration import (
    Body,
    CdfFlags,
    Configuration,
    Count,
    Density,
    Frequency,
    Movie2D,
    Movie3D,
    Observer,
    Simu,
    Source,
    Spdyn,
    Time,
)
from prefect_expres.expres.differences import Difference
from prefect_expres.expres.problem import Part
from prefect_expres.expres.request import SimulationRequest
from prefect_expres.expres.routine import Routine
from prefect_expres.expres.rules.rule import Rule
from prefect_expres.expres.run_id import RunId
from prefect_expres.expres.templates.moons import Moon
from prefect_expres.expres.templates.template import Choices, Template
from prefect_expres.expres.time_axis import TimeAxis
from tests.support.values import assert_unchangeable, values_in

VALUES = (
    Access,
    Simu,
    Count,
    Time,
    Frequency,
    Observer,
    CdfFlags,
    Spdyn,
    Movie2D,
    Movie3D,
    Density,
    Body,
    Source,
    Configuration,
    Difference,
    Part,
    SimulationRequest,
    Routine,
    Rule,
    RunId,
    Moon,
    Choices,
    Template,
    TimeAxis,
)


def test_all_values_of_the_package_are_listed() -> None:
    """A new one belongs into the list."""
    assert set(values_in(prefect_expres.expres)) == set(VALUES)


@pytest.mark.parametrize("kind", VALUES)
def test_a_value_is_not_changed(kind: type) -> None:
    """What was checked, hashed or written stays true."""
    assert_unchangeable(kind)
