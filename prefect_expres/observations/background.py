"""What rises above the background of an observation."""

import numpy as np
import xarray as xr

_DEVIATION = 1.4826
"""Standard deviations in a median deviation from the median, of normal noise."""


def above_background(observation: xr.Dataset) -> xr.DataArray:
    """Give each cell in standard deviations above the background of its frequency.

    The background is the median over time, and its standard deviation that of the normal
    distribution with the same median deviation: neither changes with emission or interference that
    fills less than half of the time.

    Args:
        observation: From `prefect_expres.observations.open_observation`, best averaged before.

    Returns:
        The same shape as the flux; NaN where it is, and at frequencies at which it never changes.
    """
    flux = observation["flux"]
    values = np.ascontiguousarray(flux.values.T)
    there = np.isfinite(values).any(axis=1)
    scaled = np.full(values.shape, np.nan, dtype=np.float32)
    values = values[there] - np.nanmedian(values[there], axis=1, keepdims=True)
    deviation = _DEVIATION * np.nanmedian(np.abs(values), axis=1, keepdims=True)
    scaled[there] = values / np.where(deviation > 0, deviation, np.nan)
    attributes = {"units": "standard deviations", "long_name": "flux above the background"}
    return xr.DataArray(scaled.T, flux.coords, flux.dims, attrs=attributes)
