"""What is in an observation, as plain values."""

from datetime import UTC, datetime

import numpy as np
import xarray as xr
from pydantic import BaseModel, ConfigDict

from prefect_expres.observations.spectrum import blocks


class Summary(BaseModel):
    """What is in an observation.

    Attributes:
        source: The URL of the file.
        observer: Where it was observed.
        target: What was observed.
        instrument: The instrument, or an empty text.
        start: The first time, UTC.
        end: The last time.
        times: How many there are.
        step: The usual time from one to the next, seconds.
        fmin: The lowest frequency, MHz.
        fmax: The highest frequency.
        frequencies: How many there are.
        units: The units of the flux.
        scale: ``linear`` or ``dB``.
        polarization: Whether the degree of circular polarization is known.
        observed: Which part of the cells has a value, 0 to 1.
    """

    model_config = ConfigDict(frozen=True)

    source: str
    observer: str
    target: str
    instrument: str
    start: datetime
    end: datetime
    times: int
    step: float
    fmin: float
    fmax: float
    frequencies: int
    units: str
    scale: str
    polarization: bool
    observed: float


def summary_of(observation: xr.Dataset) -> Summary:
    """Say what is in an observation, from `prefect_expres.observations.open_observation`."""
    flux, about = observation["flux"], observation.attrs
    time, frequency = observation["time"].values, observation["frequency"].values
    steps = np.diff(time) / np.timedelta64(1, "s")
    values = flux.values
    known = sum(int(np.isfinite(values[rows]).sum()) for rows in blocks(values.shape))
    start, end = (_moment(each) for each in time[[0, -1]])
    return Summary(
        source=about["source"],
        observer=about["observer"],
        target=about["target"],
        instrument=about["instrument"],
        start=start,
        end=end,
        times=time.size,
        step=round(float(np.median(steps)), 6) if steps.size else 0.0,
        fmin=round(float(frequency[0]), 6),
        fmax=round(float(frequency[-1]), 6),
        frequencies=frequency.size,
        units=flux.attrs["units"],
        scale=flux.attrs["scale"],
        polarization="polarization" in observation,
        observed=round(known / values.size, 4),
    )


def _moment(time: np.datetime64) -> datetime:
    return datetime.fromtimestamp(int(time.astype("datetime64[us]").astype("int64")) / 1e6, UTC)
