"""What readers and summaries give: values that nobody changes."""

import pytest

from prefect_expres.observations.cdf_records import PlainRecords, _Block
from prefect_expres.observations.choice import Choice
from prefect_expres.observations.spectrum import Spectrum
from prefect_expres.observations.summary import Summary
from prefect_expres.observations.synthesis import Interference, _Scene
from tests.support.values import assert_unchangeable


@pytest.mark.parametrize(
    "kind",
    [
        _Block,
        _Scene,
        Choice,
        Interference,
        PlainRecords,
        Spectrum,
        Summary,
    ],
)
def test_values_stay_as_they_are(kind: type) -> None:
    """Many share them, and some are keys."""
    assert_unchangeable(kind)


@pytest.mark.parametrize("kind", [Spectrum, _Scene])
def test_what_holds_arrays_is_equal_to_itself_alone(kind: type) -> None:
    """Whether two arrays are equal is no single answer."""
    assert kind.__eq__ is object.__eq__
