"""What is found of simulated arcs in an observation, as plain values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from pydantic import BaseModel, ConfigDict

import prefect_expres
from prefect_expres.analysis.windows import Hemisphere, Window
from prefect_expres.expres.templates import TEMPLATES

INDEX = "identification.json"
TABLE, LABELS, FIGURE = "arcs.csv", "arcs.tfcat.json", "overlay.png"
"""The names of its files."""

ENERGY, LAG_MODEL = "SOURCE.*.ACCEL", "SOURCE.*.LAG_MODEL"
"""The paths in a configuration of what models assume."""

_MOST_TOLD, _MOST_SHIFTS = 3, 2
"""Candidates that a title tells of, and shifts of each that it lists."""


class Model(BaseModel):
    """What a simulation assumes: both hemispheres of a source are in it.

    Attributes:
        source: The moon or auroral source.
        energy: Energy of the electrons, keV.
        lag_model: Law of the lead angle; empty if the source has none.
    """

    model_config = ConfigDict(frozen=True)

    source: str
    energy: float
    lag_model: str = ""

    @classmethod
    def of(cls, source: str, values: Mapping[str, Any]) -> Self:
        """Give what a routine simulation assumes.

        Args:
            source: The moon or auroral source.
            values: What is not as usual, by its path in the configuration, as ``ENERGY``.
        """
        template = TEMPLATES[source]
        law = next(iter(template.lag_models), "")
        return cls(
            source=source,
            energy=values.get(ENERGY, template.energy),
            lag_model=values.get(LAG_MODEL, law),
        )


def candidate_name(source: str, hemisphere: Hemisphere, energy: float, lag_model: str) -> str:
    """Name who made an arc, as ``Io north, 3 keV, hess2011``."""
    return ", ".join(filter(None, (f"{source} {hemisphere}", f"{energy:g} keV", lag_model)))


class Finding(Window):
    """What is found of a simulated arc.

    The window is the predicted one; where the emission is, is later by the shift.

    Attributes:
        energy_kev: Energy of the electrons, keV.
        lag_model: Law of the lead angle; empty if the source has none.
        observed: The part of the arc that was observed, from 0 to 1.
        brightness: How bright its cells are where it fits best, in standard deviations of noise.
        false_alarm: How often chance would find as much, anywhere in the search: among all shifts
            and all candidates.
        emission: Whether emission stands there, by this rate.
        shift_minutes: How much later than predicted it fits best; earlier is below zero. None
            where no emission stands.
        shift_error_minutes: The standard deviation of the shift, likewise.
        named: Whether, of all candidates, this one explains the emission best.
        as_good: The candidates that explain it as well, for one that is named.
    """

    energy_kev: float
    lag_model: str
    observed: float
    brightness: float
    false_alarm: float
    emission: bool
    shift_minutes: float | None
    shift_error_minutes: float | None
    named: bool = False
    as_good: tuple[str, ...] = ()

    @property
    def candidate(self) -> str:
        """Name who made it, as ``Io north, 3 keV, hess2011``."""
        return candidate_name(self.source, self.hemisphere, self.energy_kev, self.lag_model)

    @property
    def shift_told(self) -> str:
        """The shift with its standard deviation, in minutes; empty where no emission stands."""
        if self.shift_minutes is None:
            return ""
        return f"{self.shift_minutes:+.1f} ± {self.shift_error_minutes:.1f}"

    @property
    def told(self) -> str:
        """Tell in a line what explains an emission."""
        others = f"; as good: {' or '.join(self.as_good)}" if self.as_good else ""
        return (
            f"{self.candidate}: {self.start:%Y-%m-%d %H:%M} to {self.end:%H:%M}, "
            f"{self.shift_told} min, "
            f"false alarms {self.false_alarm:.2g}{others}"
        )


def told_briefly(named: Iterable[Finding]) -> str:
    """Tell for a title which candidates explain emission: each once, with its shifts."""
    arcs: dict[str, list[Finding]] = {}
    for each in named:
        arcs.setdefault(each.candidate, []).append(each)
    words = [f"{candidate}, {_shifts(found)} min" for candidate, found in arcs.items()]
    more = [f"and {len(words) - _MOST_TOLD} more"] if len(words) > _MOST_TOLD else []
    return "; ".join(words[:_MOST_TOLD] + more) or "no emission identified"


def _shifts(found: Sequence[Finding]) -> str:
    told = list(dict.fromkeys(each.shift_told for each in found))
    if len(told) <= _MOST_SHIFTS:
        return " and ".join(told)
    shifts = [each.shift_minutes or 0.0 for each in found]
    return f"{len(found)} arcs, {min(shifts):+.1f} to {max(shifts):+.1f}"


class Missing(BaseModel):
    """A simulation that could not be searched for.

    Attributes:
        label: Its label.
        error: Why there is none.
    """

    model_config = ConfigDict(frozen=True)

    label: str
    error: str = ""


@dataclass(frozen=True)
class Searched:
    """What is searched for in an observation.

    Attributes:
        cdfs: fsspec URLs of the results of each model, one for each day.
        missing: The simulations that failed.
        max_shift: How much earlier or later than predicted an arc may be.
    """

    cdfs: Mapping[Model, Sequence[str]]
    missing: tuple[Missing, ...]
    max_shift: timedelta


class Scene(BaseModel):
    """What was observed, where, when, and at which frequencies.

    Attributes:
        observation: URL of the observation.
        observer: Where it was observed.
        target: What was observed.
        start: Its first time, UTC.
        end: Its last time, UTC.
        fmin: Its lowest frequency, MHz.
        fmax: Its highest frequency, MHz.
    """

    model_config = ConfigDict(frozen=True)

    observation: str
    observer: str
    target: str
    start: datetime
    end: datetime
    fmin: float
    fmax: float


class Identification(Scene):
    """What made the emission in an observation.

    Attributes:
        models: What was searched for.
        arcs: How many arcs were predicted.
        named: Those that explain the emission in it, the brightest first.
        missing: Simulations that failed, and so were not searched for.
        folder: URL of the folder with the files.
        files: The names of the files.
        package_version: The version of this package that made it.
    """

    models: tuple[Model, ...]
    arcs: int
    named: tuple[Finding, ...]
    missing: tuple[Missing, ...] = ()
    folder: str = ""
    files: tuple[str, ...] = ()
    package_version: str = prefect_expres.__version__
