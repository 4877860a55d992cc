"""Sightings made by hand, for what works on them and not on files."""

from typing import Any

import numpy as np

from prefect_expres.analysis.identity import Identity
from prefect_expres.analysis.sources import EmissionSource
from prefect_expres.analysis.visibility import Sighting

EARTH = Identity("expres_earth_jupiter_io", "Earth", "Jupiter", "Io")
NORTH = EmissionSource("Io", "north", "RH", (0,))
START = np.datetime64("2024-01-01", "ns")


def times(steps: int, seconds: float = 60.0) -> Any:
    """Give evenly spaced times from 2024-01-01."""
    return START + (np.arange(steps) * seconds * 1e9).astype("timedelta64[ns]")


def seen(visible: Any, **more: Any) -> Sighting:
    """Make a sighting of Io's north in steps of a minute and channels of 10, 20, 30 … MHz.

    Args:
        visible: Shape (time, frequency), or (time,) for a single channel.
        more: Other attributes.
    """
    cells = np.asarray(visible, dtype=bool)
    cells = cells[:, None] if cells.ndim == 1 else cells
    steps, channels = cells.shape
    facts: dict[str, Any] = {
        "identity": EARTH,
        "source": NORTH,
        "time": times(steps),
        "frequency": 10.0 * np.arange(1, channels + 1),
        "visible": cells,
        **more,
    }
    lasting = np.median(np.diff(facts["time"]).astype(float)) if steps > 1 else 0
    facts.setdefault("steps", np.full(steps, np.timedelta64(int(lasting), "ns")))
    return Sighting(**facts)
