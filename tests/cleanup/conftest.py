"""A simulation for the tests of housekeeping."""

from typing import Any

import pytest

from prefect_expres.expres import Configuration, SimulationRequest


@pytest.fixture
def simulation(configuration: dict[str, Any]) -> SimulationRequest:
    """Give a simulation with a fixed observer."""
    return SimulationRequest.build(Configuration.from_mapping(configuration), label="io")
