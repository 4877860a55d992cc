"""Candidates whose arcs are made by hand, and observations of them."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from prefect_expres.analysis import open_results
from prefect_expres.identification import Finding, Identified, Model, identify_arcs
from prefect_expres.observations import synthetic
from tests.support.result_files import Result, nothing, write

STEPS, CHANNELS = 1440, 60
FREQUENCY = np.linspace(10, 40, CHANNELS)
MIDDLES = {"Io": 420, "Europa": 520}
"""The minute at which the arcs of a moon are in the middle of the band."""

ENERGIES = (1.0, 3.0, 10.0)
MODELS = [Model(source=moon, energy=energy) for moon in MIDDLES for energy in ENERGIES]
WITHIN = 1.0
"""Minutes: the step of the simulations."""

Results = Mapping[Model, list[xr.Dataset]]


def arcs_of(model: Model) -> Any:
    """Make a day in which each hemisphere has an arc: they bend apart, more at low energies."""
    visible = nothing(STEPS, CHANNELS, 2)
    bend = 40 - 2 * model.energy
    for hemisphere, sign in enumerate((-1, 1)):
        middles = MIDDLES[model.source] + sign * bend * ((FREQUENCY - 25) / 15) ** 2
        minutes = np.arange(STEPS)[:, None]
        visible[:, :, hemisphere] = np.abs(minutes - middles) <= 5
    return visible


def result_of(model: Model, folder: Path) -> xr.Dataset:
    """Write the result of a model, and open it."""
    labels = [f"{model.source} {hemisphere}" for hemisphere in ("NORTH", "SOUTH")]
    made = Result(arcs_of(model), labels=labels, frequency=list(FREQUENCY), step=60.0)
    return open_results(write(made, folder / f"{model.source}-{model.energy:g}.cdf"))


def observed(result: xr.Dataset, minutes: float = 0, **more: Any) -> xr.Dataset:
    """Observe what a model predicts, so many minutes later, with noise and interference."""
    return synthetic(result, shift=timedelta(minutes=minutes), **more)


def named(observation: xr.Dataset, results: Results, **more: Any) -> list[Finding]:
    """Name the arcs in an observation."""
    found: list[Identified] = identify_arcs(observation, results, **more)
    return [each.finding for each in found if each.finding.named]
