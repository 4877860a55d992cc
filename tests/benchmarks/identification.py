"""How often synthetic observations are identified rightly, and how often without any emission."""

import asyncio
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, get_args

import numpy as np
import xarray as xr

from prefect_expres.analysis import find_arcs, open_results
from prefect_expres.analysis.windows import Hemisphere
from prefect_expres.campaigns.plan import RoutinePlan
from prefect_expres.engine import run_engine
from prefect_expres.execution.prepare import build_request
from prefect_expres.expres import Access
from prefect_expres.expres.vocabulary import LEAD_LAWS
from prefect_expres.identification import Finding, Model, identify_arcs
from prefect_expres.identification.findings import ENERGY, LAG_MODEL
from prefect_expres.observations import synthetic
from tests.benchmarks.rows import Aim, Row

BAND = {"FREQUENCY.MIN": [10.0], "FREQUENCY.MAX": [40.0], "FREQUENCY.NBR": [120]}
"""What decametric instruments on Earth observe, in steps of a quarter of a MHz."""

FARTHEST = 20
"""Longest shift of an observation, minutes; the search goes to thirty."""

_FEWEST_CELLS = 100
"""An arc that is smaller is no emission that anybody looks for."""

Results = Mapping[Model, Sequence[xr.Dataset]]


def _all_neighbours() -> dict[str, tuple[Any, ...]]:
    """Give energies and laws from which the usual ones are to be told apart."""
    return {ENERGY: (2, 2.5, 2.8, 2.9, 3.1, 3.2, 3.5, 4), LAG_MODEL: LEAD_LAWS[1:]}


@dataclass(frozen=True)
class Size:
    """How many observations with and without emission, of how many candidates."""

    cases: int = 100
    days: tuple[date, ...] = (date(2018, 9, 13), date(2019, 4, 2))
    moons: tuple[str, ...] = ("Io", "Europa", "Ganymede")
    energies: tuple[float, ...] = (1, 3, 10)
    neighbours: Mapping[str, tuple[Any, ...]] = field(default_factory=_all_neighbours)
    trials: int = 5


FULL = Size()
TINY = Size(
    cases=1,
    days=(date(2018, 9, 13),),
    moons=("Io",),
    energies=(1, 3),
    neighbours={ENERGY: (2,)},
    trials=1,
)


@dataclass(frozen=True)
class Case:
    """An observation whose emission is known.

    Attributes:
        model: The model that made it.
        hemisphere: The hemisphere.
        shift: How much later than simulated it is.
        seed: Of everything else.
    """

    model: Model
    hemisphere: Hemisphere
    shift: timedelta
    seed: int

    def identified(self, results: Results, sigma: float) -> list[Finding]:
        """Make the observation, and give the arcs that are named in it."""
        observation = synthetic(
            results[self.model],
            sigma=sigma,
            shift=self.shift,
            hemisphere=self.hemisphere,
            seed=self.seed,
        )
        found = [each.finding for each in identify_arcs(observation, results)]
        return [each for each in found if each.named]

    def is_right(self, named: Sequence[Finding]) -> bool:
        """Say whether the brightest is of the right moon, hemisphere and energy."""
        wanted = (self.model.source, self.hemisphere, self.model.energy)
        return bool(named) and (named[0].source, named[0].hemisphere, named[0].energy_kev) == wanted

    def is_on_time(self, named: Sequence[Finding]) -> bool:
        """Say whether it is found within a step, which is a minute."""
        found = named[0].shift_minutes if named else None
        return found is not None and abs(found - self.shift / timedelta(minutes=1)) <= 1


def cases_of(results: Results, count: int, seed: int) -> Iterator[Case]:
    """Draw cases among the candidates that have arcs in the band."""
    random = np.random.default_rng(seed)
    seen = sorted(
        {
            (model.source, model.energy, model.lag_model, arc.sighting.source.hemisphere)
            for model, datasets in results.items()
            for arc in find_arcs(datasets)
            if arc.visible.sum() >= _FEWEST_CELLS
        }
    )
    for number in range(count):
        *model, hemisphere = seen[random.integers(len(seen))]
        yield Case(
            model=Model(**dict(zip(Model.model_fields, model, strict=True))),
            hemisphere=hemisphere,
            shift=timedelta(minutes=int(random.integers(-FARTHEST, FARTHEST + 1))),
            seed=1000 * seed + number,
        )


async def simulated(plan: RoutinePlan, folder: Path) -> Mapping[Model, Path]:
    """Run the simulations of a plan with the engine; what is there already is taken."""
    found = {}
    for number in range(plan.count()):
        planned, chosen = plan.simulation(number), plan.chosen(number)
        place = folder / planned.label
        if not list(place.glob("*.cdf")):
            place.mkdir(parents=True, exist_ok=True)
            request = await build_request(planned.configuration, Access.of(None), planned.ephemeris)
            run_engine(request.configuration, request.ephemeris, place, folder / "tables")
        (found[Model.of(chosen.moon, chosen.values)],) = place.glob("*.cdf")
    return found


def results_of(size: Size, folder: Path) -> list[Results]:
    """Simulate all candidates of each day."""

    async def all_days() -> list[Results]:
        days = []
        for day in size.days:
            grid = BAND | {ENERGY: list(size.energies)}
            plan = RoutinePlan(first=day, last=day, moons=size.moons, grid=grid)
            paths = await simulated(plan, folder)
            days.append({model: [open_results(path)] for model, path in paths.items()})
        return days

    return asyncio.run(all_days())


def measure(size: Size) -> Iterator[Row]:
    """Identify observations with emission of three standard deviations, and without any."""
    with tempfile.TemporaryDirectory() as folder:
        days = results_of(size, Path(folder))
    right = on_time = claimed = arcs = 0
    began, cases = time.monotonic(), 0
    for number, results in enumerate(days):
        count = len(range(number, size.cases, len(days)))
        arcs = max(arcs, sum(len(find_arcs(each)) for each in results.values()))
        for case in cases_of(results, count, seed=number + 1):
            named = case.identified(results, sigma=3.0)
            right += case.is_right(named)
            on_time += case.is_on_time(named)
            claimed += bool(case.identified(results, sigma=0.0))
            cases += 1
    each = (time.monotonic() - began) / cases / 2
    what = f"{cases} synthetic observations, 3 sigma a cell"
    yield Row(f"{what}: right moon, hemisphere and energy", right / cases, "", aim=Aim(least=0.95))
    yield Row(f"{what}: shift within a step", on_time / cases, "", aim=Aim(least=0.95))
    yield Row(
        f"{cases} without emission: nothing named", 1 - claimed / cases, "", aim=Aim(least=0.95)
    )
    yield Row(f"an observation of a day, {arcs} arcs", each, "s")
    yield from _neighbours(size)


def _neighbours(size: Size) -> Iterator[Row]:
    """See how often Io's 3 keV and usual law are told apart from others near to them."""
    day, plan = size.days[0], RoutinePlan(first=size.days[0], last=size.days[0], grid=BAND)
    with tempfile.TemporaryDirectory() as folder:
        (usual,) = asyncio.run(simulated(plan, Path(folder))).items()
        for path, values in size.neighbours.items():
            grid = BAND | {path: list(values)}
            others = asyncio.run(
                simulated(RoutinePlan(first=day, last=day, grid=grid), Path(folder))
            )
            for value, other in zip(values, others.items(), strict=True):
                yield Row(
                    f"Io, 3 keV, hess2011, 3 sigma a cell: told apart from {value}",
                    _told_apart(usual, other, size.trials),
                    "",
                )


def _told_apart(usual: tuple[Model, Path], other: tuple[Model, Path], trials: int) -> float:
    """Give the part of observations of a model in which it is named, and no other is as good."""
    results = {model: [open_results(path)] for model, path in (usual, other)}
    right = total = 0
    for seed in range(trials):
        for hemisphere in get_args(Hemisphere):
            case = Case(usual[0], hemisphere, timedelta(minutes=4 * seed), seed)
            named = case.identified(results, sigma=3.0)
            right += case.is_right(named) and not named[0].as_good
            total += 1
    return right / total
