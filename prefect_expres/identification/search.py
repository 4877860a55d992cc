"""Search the arcs of all candidates in an observation, and name those that are there.

The brightest arc is taken first: of arcs that overlap, as those of both hemispheres or of several
energies do, it is the one whose cells explain most, by their likelihood. What it explains is left
out before the next one is looked for. Of candidates that explain it equally well, as laws of the
lead angle that only move an arc, the one is named that predicts its time best; the others are told.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from prefect_expres.analysis.arcs import Arc
from prefect_expres.identification.cells import Cells
from prefect_expres.identification.chance import Chance
from prefect_expres.identification.findings import Model
from prefect_expres.identification.medians import Values
from prefect_expres.identification.templates import (
    Brightness,
    Template,
    observed_part,
    template_of,
)

FALSE_ALARMS = 0.01
"""What chance finds less often than in one of a hundred searches is emission."""

_MOST = 12
"""Most arcs that are named in one observation."""

_PLAIN = 5.0
"""What is brighter than that is left out before chance is measured."""

_AROUND = np.timedelta64(10, "m")
"""What is so near to an arc is explained by it: emission is wider than its simulation."""

_TOLD_APART = 2.0
"""Two candidates are told apart if their likelihoods differ by so many standard deviations."""


_EQUAL = 2.0
"""… and by so much at least; what differs less is equal, and the smaller shift decides."""

_CLOSE = 0.7
"""What is less bright than that part of the brightest explains less than half as much."""

_MEDIAN_OF_NORMAL = 0.6745
_HALF_A_STEP = 1 / math.sqrt(12)
"""What is known to a step has this standard deviation."""


@dataclass(frozen=True)
class Prediction:
    """An arc that a model predicts."""

    model: Model
    arc: Arc

    @property
    def candidate(self) -> tuple[object, ...]:
        """Who makes it: arcs of the same candidate do not compete."""
        return (self.model, self.arc.sighting.source.key)


@dataclass(frozen=True)
class Fit:
    """A prediction in the observation.

    Attributes:
        prediction: The prediction.
        observed: The part of it that was observed.
        brightness: How bright it is where it fits best.
        shift: Where that is, in steps; later than predicted is positive.
        uncertainty: Standard deviation of the shift, steps.
        false_alarm: How often chance finds as much.
        named: Whether it is what explains the emission.
        rivals: The predictions that explain it as well.
    """

    prediction: Prediction
    observed: float
    brightness: float
    shift: float
    uncertainty: float
    false_alarm: float
    named: bool = False
    rivals: tuple[Prediction, ...] = ()


def search(cells: Cells, predictions: Sequence[Prediction], reach: int) -> list[Fit]:
    """Search predictions in an observation.

    Args:
        cells: The observation.
        predictions: All arcs of all candidates.
        reach: How many steps an arc may be earlier or later than predicted.

    Returns:
        How each prediction fits, in their order.

    Raises:
        ObservationError: The observation is too short for the reach.
    """
    rounds = list(_rounds(cells, predictions, reach))
    first, last = rounds[0], rounds[-1]
    chance = Chance.of(last.brightest, reach)
    parts = [observed_part(each.arc, cells) for each in predictions]

    def fit(each: _Round, place: int) -> Fit:
        brightness = float(each.near[place].max())
        shift, uncertainty = each.place_of(place, last.spread)
        rate = chance.rate(brightness)
        return Fit(predictions[place], parts[place], brightness, shift, uncertainty, rate)

    fits = [fit(first, place) for place in range(len(predictions))]
    for each in rounds:
        found = fit(each, each.winner)
        if found.false_alarm > FALSE_ALARMS:
            break
        rivals = tuple(predictions[place] for place in each.rivals if place != each.winner)
        fits[each.winner] = replace(found, named=True, rivals=rivals)
    return fits


def _rounds(cells: Cells, predictions: Sequence[Prediction], reach: int) -> Iterator["_Round"]:
    """Look for the brightest arc, again and again, without what the ones before explain."""
    templates = [template_of(each.arc, cells) for each in predictions]
    candidates = [each.candidate for each in predictions]
    around = int(np.ceil(_AROUND / cells.step))
    scores = cells.scores.copy()
    for _ in range(_MOST):
        rest = replace(cells, scores=scores)
        each = _Round.of(rest, templates, candidates, reach)
        yield each
        if each.near[each.winner].max() < _PLAIN:
            return
        shift = round(each.place_of(each.winner, 1.0)[0])
        scores[templates[each.winner].mask(rest, shift, around)] = np.nan


@dataclass(frozen=True, eq=False)
class _Round:
    """One look for the brightest arc.

    Attributes:
        brightness: How bright templates are in what is left of the observation.
        templates: All templates.
        candidates: Who makes each of them.
        near: Brightness of each for the shifts of the search, shape (template, shift).
        brightest: That of the brightest, for all shifts round the circle, shape (step,).
        spread: Standard deviation of brightness by chance; 1 if the noise of cells is independent.
    """

    brightness: Brightness
    templates: Sequence[Template]
    candidates: Sequence[tuple[object, ...]]
    near: Values
    brightest: Values
    spread: float

    @classmethod
    def of(
        cls,
        cells: Cells,
        templates: Sequence[Template],
        candidates: Sequence[tuple[object, ...]],
        reach: int,
    ) -> "_Round":
        """Take the brightness of all templates."""
        brightness, shifts = Brightness(cells), np.arange(-reach, reach + 1)
        brightest = np.full(cells.scores.shape[1], -np.inf)
        near, spreads = [], []
        for template in templates:
            curve = brightness.of(template)
            near.append(curve[shifts])
            np.maximum(brightest, curve, out=brightest)
            spreads.append(np.median(np.abs(curve)) / _MEDIAN_OF_NORMAL)
        spread = float(np.median(spreads))
        return cls(brightness, templates, candidates, np.array(near), brightest, spread)

    @cached_property
    def winner(self) -> int:
        """The template that explains most; of equal ones that which needs the smallest shift."""
        equal = [place for place, better in self._compared if better.sum() <= _EQUAL]
        return min(equal, key=lambda place: abs(self._shift(place)))

    @cached_property
    def rivals(self) -> list[int]:
        """The brightest templates of all candidates that explain the emission as well."""
        return [place for place, better in self._compared if _as_good(better)]

    @cached_property
    def _compared(self) -> list[tuple[int, Values]]:
        """Give the brightest template of each candidate, and how much the brightest is better."""
        best = self.near.max(axis=1)
        found: dict[tuple[object, ...], int] = {}
        for place in np.argsort(-best):
            if best[place] >= _CLOSE * best.max():
                found.setdefault(self.candidates[place], int(place))
        most, *others = (self._by_channel(place) for place in found.values())
        return list(zip(found.values(), [most - each for each in (most, *others)], strict=True))

    def _by_channel(self, template: int) -> Values:
        return self.brightness.by_channel(self.templates[template], self._shift(template))

    def _shift(self, template: int) -> int:
        return int(self.near[template].argmax()) - int(self.near.shape[1] // 2)

    def place_of(self, template: int, spread: float) -> tuple[float, float]:
        """Give the shift at which a template fits best, and its standard deviation, in steps."""
        likelihood = np.maximum(self.near[template] / max(spread, 1.0), 0) ** 2 / 2
        best = int(likelihood.argmax())
        worse = np.flatnonzero(likelihood < likelihood[best] - 0.5)
        low = max(worse[worse < best], default=-1) + 1
        high = min(worse[worse > best], default=likelihood.size) - 1
        middle = (likelihood.size - 1) / 2
        return (low + high) / 2 - middle, math.hypot((high - low) / 2, _HALF_A_STEP)


def _as_good(better: Values) -> bool:
    """Say whether a difference of likelihoods may be noise, by how it varies among channels."""
    differing = better[better != 0]
    if not differing.size:
        return True
    spread = math.sqrt(differing.size) * differing.std()
    return bool(better.sum() <= max(_TOLD_APART * spread, _EQUAL))
