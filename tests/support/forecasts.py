"""Forecasts without simulations that were run for them."""

from datetime import UTC, datetime
from typing import Any

from prefect_expres.forecasts.forecast import ForecastFacts, Simulated

START = datetime(2024, 1, 1, 19, tzinfo=UTC)


def facts(observatory: str, *simulations: Simulated, **changes: Any) -> ForecastFacts:
    """Return the facts of a forecast of a day."""
    day = START.date()
    common = {"first": day, "last": day, "made": START, "moons": ("Io",)}
    return ForecastFacts(
        observatory=observatory,
        simulations=simulations,
        folder="20240101T190000Z-0000",
        **common | changes,
    )
