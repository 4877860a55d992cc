"""Sections that templates share, for other values than those of today's templates."""

import pytest

from prefect_expres.expres.templates import Choices
from prefect_expres.expres.templates.sections import auroral_sources, density

CHOICES = Choices(field="JRM33", energy=3, lag_model="", phases={})


@pytest.mark.parametrize(("count", "last"), [(1, 0), (2, 180), (8, 315), (12, 330), (360, 359)])
def test_longitudes_of_an_oval_are_spread_evenly(count: int, last: int) -> None:
    """The last one is a step before the first."""
    for source in auroral_sources("M-shell", 30, count, "Jupiter", 0.0, CHOICES):
        assert (source["LG_MIN"], source["LG_MAX"], source["LG_NBR"]) == (0, last, count)


@pytest.mark.parametrize(("rho0", "on"), [(0, False), (0.5, True), (2000, True)])
def test_plasma_is_there_where_it_has_a_density(rho0: float, *, on: bool) -> None:
    """The model of a density of 0 is switched off."""
    assert density("Body1_density1", "Torus", rho0, 1, 5.91) == {
        "ON": on,
        "NAME": "Body1_density1",
        "TYPE": "Torus",
        "RHO0": rho0,
        "SCALE": 1,
        "PERP": 5.91,
    }
