"""Forecasts without simulations that were run for them."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

from prefect_expres.analysis.arcs import Arc, arcs_of
from prefect_expres.analysis.observatories import Observatory, seen_from
from prefect_expres.analysis.sources import EmissionSource
from prefect_expres.analysis.visibility import Sighting
from prefect_expres.forecasts.forecast import ForecastFacts, Simulated
from tests.support.sightings import seen, times

START = datetime(2024, 1, 1, 19, tzinfo=UTC)
FOLDER = "20240101T190000Z-0000"


def facts(observatory: str, *simulations: Simulated, **changes: Any) -> ForecastFacts:
    """Return the facts of a forecast of a day."""
    day = START.date()
    common = {"first": day, "last": day, "made": START, "moons": ("Io",), "folder": FOLDER}
    return ForecastFacts(observatory=observatory, simulations=simulations, **common | changes)


def arcs_seen(site: Observatory, days: int, moons: Sequence[str]) -> list[Arc]:
    """Make what a site sees from 2024-01-01 on, as the products of a forecast have it."""
    visible = (seen_from(site, each) for each in _sightings(days, moons))
    return sorted(arcs_of(visible), key=lambda arc: (arc.window.start, arc.window.name))


def _sightings(days: int, moons: Sequence[str]) -> Iterator[Sighting]:
    """Make bows, two a day of each moon and hemisphere, in steps of a minute."""
    minutes, channels = np.arange(1440 * days), np.arange(1.0, 40.0, 0.25)
    for number, moon in enumerate(moons):
        for south in (False, True):
            since = (minutes + 310 * number + 170 * south) % 720
            inside = np.clip(np.minimum(since, 200 - since), 0, None)
            high = (24.0 - 4 * number + 6 * south) * (inside / 100) ** 0.5
            low = np.maximum(high - 3 - inside / 25, 0)
            source = EmissionSource(
                moon, "south" if south else "north", "LH" if south else "RH", ()
            )
            bow = (low[:, None] <= channels) & (channels <= high[:, None])
            yield seen(
                bow & (inside > 0)[:, None],
                frequency=channels,
                time=times(minutes.size),
                source=source,
                meridian=(170 + minutes * 360 / 595.5) % 360,
                moon=320 + minutes * 360 / 2547.6,
            )
