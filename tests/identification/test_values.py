"""What is searched and found: values that nobody changes."""

import pytest

from prefect_expres import identification
from prefect_expres.identification.cells import Cells
from prefect_expres.identification.chance import Chance
from prefect_expres.identification.findings import (
    Finding,
    Identification,
    Missing,
    Model,
    Scene,
    Searched,
)
from prefect_expres.identification.naming import Identified
from prefect_expres.identification.search import Fit, Prediction, _Round
from prefect_expres.identification.templates import Template
from tests.support.values import assert_unchangeable


@pytest.mark.parametrize(
    "kind",
    [
        _Round,
        Cells,
        Chance,
        Finding,
        Fit,
        Identification,
        Identified,
        Missing,
        Model,
        Prediction,
        Scene,
        Searched,
        Template,
    ],
)
def test_values_stay_as_they_are(kind: type) -> None:
    """Many share them, and some are keys."""
    assert_unchangeable(kind)


def test_the_package_lists_its_public_names() -> None:
    """Also those that are not loaded yet, and each can be."""
    assert dir(identification) == sorted(identification.__all__)
    loaded = [getattr(identification, name).__name__ for name in identification.__all__]
    assert loaded == identification.__all__


@pytest.mark.parametrize("kind", [Cells, Identified, Template, _Round])
def test_what_holds_arrays_is_equal_to_itself_alone(kind: type) -> None:
    """Whether two arrays are equal is no single answer."""
    assert kind.__eq__ is object.__eq__
