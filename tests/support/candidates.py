"""Results of the engine for models that are searched in observations."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from prefect_expres.campaigns.plan import RoutinePlan
from prefect_expres.engine import run_engine
from prefect_expres.execution.prepare import build_request
from prefect_expres.expres import Access
from prefect_expres.identification import Model

BAND = {"FREQUENCY.MIN": [10.0], "FREQUENCY.MAX": [40.0], "FREQUENCY.NBR": [120]}
"""What decametric instruments on Earth observe, in steps of a quarter of a MHz."""


def plan_of(day: date, moons: tuple[str, ...], **grid: list[object]) -> RoutinePlan:
    """Plan a day of moons in the band of an observation; the grid is in short words."""
    paths = {"energy": "SOURCE.*.ACCEL", "lag_model": "SOURCE.*.LAG_MODEL"}
    values = {paths[name]: each for name, each in grid.items()}
    return RoutinePlan(first=day, last=day, moons=moons, grid=BAND | values)


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
