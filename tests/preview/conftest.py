"""A configuration that the engine simulates in a second."""

from typing import Any

import pytest


@pytest.fixture
def visible(configuration: dict[str, Any]) -> dict[str, Any]:
    """Give a configuration in which emission is visible."""
    return configuration


@pytest.fixture
def empty(configuration: dict[str, Any]) -> dict[str, Any]:
    """Give a configuration above the highest frequency of the emission."""
    configuration["FREQUENCY"] |= {"TYPE": "Linear", "MIN": 80.0, "MAX": 90.0, "NBR": 5}
    return configuration
