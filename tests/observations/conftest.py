"""Fixtures: simulations of which observations are made."""

from pathlib import Path
from typing import Any

import pytest

from prefect_expres.analysis import open_results
from tests.support.result_files import NAME, Result, nothing, write


@pytest.fixture
def result(tmp_path: Path) -> Any:
    """Simulate a day in steps of ten minutes, 1 to 20 MHz: the north is seen, then the south."""
    visible = nothing(steps=144, channels=20)
    visible[40:60, 5:10, 0] = True
    visible[100:120, 12:16, 1] = True
    frequency = [float(channel) for channel in range(1, 21)]
    return open_results(write(Result(visible, frequency=frequency), tmp_path / f"{NAME}.cdf"))
