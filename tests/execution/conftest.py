"""Simulations for the tests of execution."""

from typing import Any

import pytest

from prefect_expres.expres import Configuration, SimulationRequest


@pytest.fixture
def simulation(configuration: dict[str, Any]) -> SimulationRequest:
    """Give a simulation with a fixed observer."""
    return SimulationRequest.build(Configuration.from_mapping(configuration), label="io")


@pytest.fixture
def observed(configuration: dict[str, Any]) -> SimulationRequest:
    """Give a simulation whose observer moves along an ephemeris."""
    observer = {"TYPE": "Pre-Defined", "EPHEM": "earth.csv"}
    content = configuration | {"OBSERVER": configuration["OBSERVER"] | observer}
    track = b"# an ephemeris\n1, 2, 3\n"
    return SimulationRequest.build(Configuration.from_mapping(content), track, label="io")
