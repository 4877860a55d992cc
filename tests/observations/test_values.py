"""What readers and summaries give: values that nobody changes."""

import pytest

from prefect_expres.observations.cdf_records import PlainRecords
from prefect_expres.observations.choice import Choice
from prefect_expres.observations.spectrum import Spectrum
from prefect_expres.observations.summary import Summary
from prefect_expres.observations.synthesis import Interference
from tests.support.unchanging import can_be_changed


@pytest.mark.parametrize(
    "kind",
    [
        Choice,
        Interference,
        PlainRecords,
        Spectrum,
        Summary,
    ],
)
def test_values_stay_as_they_are(kind: type) -> None:
    """Many share them, and some are keys."""
    assert not can_be_changed(kind)
