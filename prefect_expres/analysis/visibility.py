"""Find when and where emission is visible."""

from datetime import UTC, datetime
from typing import Any, Literal

import numpy as np
import xarray as xr

from prefect_expres.analysis.windows import Window
from prefect_expres.errors import ResultError


def visible_windows(dataset: xr.Dataset, *, longest_gap: int = 1) -> list[Window]:
    """List the windows of visible emission, by source, then by time.

    A window is a run of time steps with a visible frequency; it reaches to the end of its last
    step. Interruptions of up to ``longest_gap`` steps do not end it.

    Args:
        dataset: From `open_results`; with the variable ``Theta``.
        longest_gap: Invisible steps that a window may hold.

    Raises:
        ResultError: The simulation was run without the flag SPDYN.CDF.THETA.
    """
    visible = visibility(dataset)
    return [
        window
        for index, label in enumerate(dataset["source"].values)
        for window in _windows_of(dataset, visible[:, :, index], str(label), longest_gap)
    ]


def visibility(dataset: xr.Dataset) -> Any:
    """Say where emission is visible: booleans of shape (time, frequency, source).

    Raises:
        ResultError: The simulation was run without the flag SPDYN.CDF.THETA.
    """
    if "Theta" not in dataset:
        msg = (
            "The file has no variable Theta, so its sources cannot be told apart; "
            "run the simulation with SPDYN.CDF.THETA true"
        )
        raise ResultError(msg)
    return np.isfinite(dataset["Theta"].transpose("time", "frequency", "source").values)


def polarization_of(dataset: xr.Dataset, source: int) -> Literal["RH", "LH"]:
    """Name a source's polarization: RX is RH in the north and LH in the south, LO the reverse.

    ExPRES writes RH as -1, LH as +1.
    """
    north = str(dataset["source"].values[source]).upper().endswith("NORTH")
    modes = dataset.attrs.get("SRP_Source_Mode", "RX")
    mode = modes[source] if isinstance(modes, list) else modes
    ordinary = "LO" in str(mode).upper()
    return "RH" if north is not ordinary else "LH"


def _windows_of(dataset: xr.Dataset, visible: Any, label: str, longest_gap: int) -> list[Window]:
    times, frequencies = dataset["time"].values, dataset["frequency"].values
    step = times[1] - times[0] if len(times) > 1 else np.timedelta64(0, "s")
    steps = np.flatnonzero(visible.any(axis=1))
    if not steps.size:
        return []
    source = list(dataset["source"].values).index(label)
    windows = []
    for run in np.split(steps, np.flatnonzero(np.diff(steps) > longest_gap + 1) + 1):
        seen = frequencies[visible[run[0] : run[-1] + 1].any(axis=0)]
        windows.append(
            Window(
                source=label.rpartition(" ")[0] or label,
                hemisphere=label.rpartition(" ")[2].lower(),
                polarization=polarization_of(dataset, source),
                start=_moment(times[run[0]]),
                end=_moment(times[run[-1]] + step),
                fmin=round(float(seen.min()), 4),
                fmax=round(float(seen.max()), 4),
            )
        )
    return windows


def _moment(time: Any) -> datetime:
    return datetime.fromtimestamp(float(time.astype("datetime64[s]").astype("int64")), UTC)
