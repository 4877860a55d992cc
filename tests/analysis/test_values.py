"""Values of the package, which nothing changes once they are made."""

import pytest

import prefect_expres.analysis
from prefect_expres.analysis.agreement import Agreement, Expected
from prefect_expres.analysis.arcs import Arc
from prefect_expres.analysis.catalogue import Labels
from prefect_expres.analysis.comparison import Comparison, Shift
from prefect_expres.analysis.identity import Identity
from prefect_expres.analysis.observatories import Observatory
from prefect_expres.analysis.overview import Overview
from prefect_expres.analysis.raster import Raster
from prefect_expres.analysis.sources import EmissionSource
from prefect_expres.analysis.visibility import Sighting
from prefect_expres.analysis.windows import Window
from tests.support.values import assert_unchangeable, values_in

VALUES = (
    Expected,
    Agreement,
    Arc,
    Labels,
    Shift,
    Comparison,
    Identity,
    Observatory,
    Overview,
    Raster,
    EmissionSource,
    Sighting,
    Window,
)


def test_all_values_of_the_package_are_listed() -> None:
    """A new one belongs into the list."""
    assert set(values_in(prefect_expres.analysis)) == set(VALUES)


@pytest.mark.parametrize("kind", VALUES)
def test_a_value_is_not_changed(kind: type) -> None:
    """What was checked, hashed or written stays true."""
    assert_unchangeable(kind)
