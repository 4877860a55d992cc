"""Name the arcs in an observation: predict them with each model, then search them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
import xarray as xr

from prefect_expres.analysis.arcs import Arc, find_arcs
from prefect_expres.errors import UsageError
from prefect_expres.identification.cells import Cells, cells_of
from prefect_expres.identification.findings import Finding, Model, candidate_name
from prefect_expres.identification.search import FALSE_ALARMS, Fit, Prediction, search
from prefect_expres.identification.templates import template_of

MAX_SHIFT = timedelta(minutes=30)


@dataclass(frozen=True, eq=False)
class Identified:
    """A simulated arc and what is found of it.

    Attributes:
        finding: What is found.
        arc: The arc, where it is predicted.
    """

    finding: Finding
    arc: Arc

    @property
    def found(self) -> Arc:
        """The arc where it fits best; where it is predicted, if no emission stands there."""
        shift = np.timedelta64(round((self.finding.shift_minutes or 0.0) * 60e9), "ns")
        sighting = self.arc.sighting
        return replace(self.arc, sighting=replace(sighting, time=sighting.time + shift))


def identify_arcs(
    observation: xr.Dataset,
    results: Mapping[Model, Iterable[xr.Dataset]],
    *,
    max_shift: timedelta = MAX_SHIFT,
) -> list[Identified]:
    """Find which simulated arcs stand in an observation, and which source explains each emission.

    Args:
        observation: From `prefect_expres.observations.open_observation`.
        results: The results of each model, from `prefect_expres.analysis.open_results`: one for
            each day. All have the same time step.
        max_shift: How much earlier or later than predicted an arc may be.

    Returns:
        Each arc that is predicted within the observation, those that explain emission first, then
        by time.

    Raises:
        ObservationError: The observation is too short, or too long.
        UsageError: No model is given, or the largest shift is below zero.
    """
    if not results or max_shift < timedelta(0):
        raise UsageError("Give at least one model, and a largest shift of 0 minutes or more")
    arcs = [Prediction(model, arc) for model, each in results.items() for arc in find_arcs(each)]
    if not arcs:
        return []
    first, *_ = (each.arc.sighting for each in arcs)
    margin = np.timedelta64(max_shift)
    cells = cells_of(observation, first.time[0], np.median(first.steps), margin)
    predictions = [each for each in arcs if template_of(each.arc, cells).size]
    if not predictions:
        return []
    reach = int(margin / cells.step)
    found = [
        Identified(_finding(fit, cells), fit.prediction.arc)
        for fit in search(cells, predictions, reach)
    ]
    return sorted(found, key=lambda each: _order(each.finding))


def _order(finding: Finding) -> tuple[object, ...]:
    place = -finding.brightness if finding.named else 0.0
    return not finding.named, place, finding.start, finding.candidate


def _finding(fit: Fit, cells: Cells) -> Finding:
    step = float(cells.step / np.timedelta64(1, "m"))
    model, emission = fit.prediction.model, fit.false_alarm <= FALSE_ALARMS
    return Finding(
        **dict(fit.prediction.arc.window),
        energy_kev=model.energy,
        lag_model=model.lag_model,
        observed=round(fit.observed, 3),
        brightness=round(fit.brightness, 2),
        false_alarm=float(f"{fit.false_alarm:.2g}"),
        emission=emission,
        shift_minutes=round(fit.shift * step, 2) if emission else None,
        shift_error_minutes=round(fit.uncertainty * step, 2) if emission else None,
        named=fit.named,
        as_good=tuple(map(_name, fit.rivals)),
    )


def _name(prediction: Prediction) -> str:
    source, model = prediction.arc.sighting.source, prediction.model
    return candidate_name(source.name, source.hemisphere, model.energy, model.lag_model)
