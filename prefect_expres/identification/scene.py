"""What an observation tells of itself, from which its simulations are planned."""

import numpy as np
import xarray as xr
from pydantic import JsonValue

from prefect_expres.analysis.visibility import moment_of
from prefect_expres.errors import ObservationError
from prefect_expres.identification.cells import LONGEST, MOST_CHANNELS
from prefect_expres.identification.findings import Scene

Frequencies = dict[str, list[JsonValue]]


def scene_of(observation: xr.Dataset) -> Scene:
    """Tell what was observed, where, when, and at which frequencies.

    Args:
        observation: From `prefect_expres.observations.open_observation`.

    Raises:
        ObservationError: It has a single frequency, or lasts too long.
    """
    time, frequency = observation["time"].values, observation["frequency"].values
    shown = observation.attrs["source"]
    if frequency.size == 1:
        raise ObservationError(
            f"{shown} has a single frequency, at which all arcs look alike: give an observation "
            "of a band"
        )
    if time[-1] - time[0] > LONGEST:
        raise ObservationError(
            f"{shown} is longer than {LONGEST.astype(int)} days: cut it, as with "
            "observation.sel(time=slice(first, last)), and identify each part"
        )
    return Scene(
        observation=shown,
        observer=observation.attrs["observer"],
        target=observation.attrs["target"],
        start=moment_of(time[0]),
        end=moment_of(time[-1]),
        fmin=_rounded(frequency[0]),
        fmax=_rounded(frequency[-1]),
    )


def frequencies_of(observation: xr.Dataset) -> Frequencies:
    """Give the section FREQUENCY that simulates the band of an observation, for a plan's grid."""
    frequency = observation["frequency"].values.astype(float)
    even, ratios = np.diff(frequency), np.diff(np.log(frequency))
    log = np.ptp(ratios) / ratios.mean() < np.ptp(even) / even.mean()
    return {
        "FREQUENCY.TYPE": ["Log" if log else "Linear"],
        "FREQUENCY.MIN": [_rounded(frequency[0])],
        "FREQUENCY.MAX": [_rounded(frequency[-1])],
        "FREQUENCY.NBR": [min(frequency.size, MOST_CHANNELS)],
    }


def _rounded(frequency: float) -> float:
    """Keep six digits: of MHz, and of the few kHz at which some spacecraft begin."""
    return float(f"{frequency:.6g}")
