"""Identify what made the emission in an observation: simulate candidates, search them, tell."""

import posixpath
from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

from prefect.runtime import flow_run
from pydantic import Field, JsonValue, NonNegativeFloat, PositiveFloat, PositiveInt, ValidationError

from prefect_expres.campaigns.index import CampaignResult
from prefect_expres.campaigns.plan import RoutinePlan
from prefect_expres.ephemeris import AnalyticEphemeris, AnyEphemeris
from prefect_expres.errors import CampaignError, ExpresError, UsageError
from prefect_expres.execution.view import ANALYSIS_NEEDS, missing_for_analysis
from prefect_expres.expres.request import safe_label
from prefect_expres.expres.routine import LagModel, SourceName
from prefect_expres.expres.templates import TEMPLATES
from prefect_expres.flows.campaign import campaign
from prefect_expres.hooks import stop_remote_jobs
from prefect_expres.identification import Identification, Missing, Model, Scene, Searched
from prefect_expres.identification.findings import ENERGY, LAG_MODEL
from prefect_expres.monitoring.identification import show_identification
from prefect_expres.net.url import file_name
from prefect_expres.prefect_support.forms import (
    KeptEphemeris,
    Location,
    OrDefault,
    Seconds,
    Text,
    titled,
)
from prefect_expres.prefect_support.sync_flow import sync_compatible_flow
from prefect_expres.services import AnyService
from prefect_expres.tasks.identification import identify_emission, read_observation

Sources = Annotated[tuple[SourceName, ...], Field(min_length=1)]
FOLDER = "identified"


def _label(observation: object) -> str:
    """Name an observation by its file."""
    return safe_label(file_name(str(observation)).partition(".")[0]).lower()


def _run_name() -> str:
    return f"identify-{_label(flow_run.parameters['observation'])}"


@sync_compatible_flow(
    name="identify",
    description="Find which moon, hemisphere and energy made the arcs in an observation.",
    flow_run_name=_run_name,
    on_cancellation=[stop_remote_jobs],
    on_crashed=[stop_remote_jobs],
)
async def identify(
    observation: Annotated[Location, titled("Observation")],
    moons: Annotated[Sources, titled("Moons or auroral sources")] = ("Io",),
    *,
    service: Annotated[AnyService, titled("Service")],
    energies: Annotated[tuple[PositiveFloat, ...], titled("Energies (keV)")] = (),
    lag_models: Annotated[tuple[LagModel, ...], titled("Lag models")] = (),
    observer: Annotated[Text | OrDefault, titled("Observer")] = None,
    target: Annotated[Text | OrDefault, titled("Target")] = None,
    variable: Annotated[Text | OrDefault, titled("Variable")] = None,
    ephemeris: Annotated[KeptEphemeris | OrDefault, titled("Ephemeris")] = None,
    max_shift: Annotated[NonNegativeFloat, titled("Largest shift (min)")] = 30,
    output: Annotated[Location, titled("Output folder")] = "expres-identification",
    in_flight: Annotated[PositiveInt, titled("In flight")] = 8,
    execution_duration: Annotated[int, titled("Execution duration (s)")] = 600,
    timeout: Annotated[Seconds | OrDefault, titled("Timeout (s)")] = None,
    attempts: Annotated[PositiveInt, titled("Attempts")] = 2,
) -> Identification:
    """Find which moon, hemisphere and energy made the arcs in an observation.

    Span, band and observer come from the observation. What is missing of its simulations is run: a
    routine simulation of each day in its band, for each moon, energy and law of the lead angle.
    The arcs of both hemispheres are searched in the observation, each at all shifts in time up to
    the largest. What explains the emission best is named, with its shift and the rate of false
    alarms of the whole search. Table, labels (TFCat) and figure are written below
    ``{output}/identified``.

    Args:
        observation: Path or fsspec URL of the observation.
        moons: What may have made the emission.
        service: The service that runs the simulations: a block, the name of a saved one, or
            an address as https://host, which is used as a guest.
        energies: Energies of the electrons that are tried, keV; if left empty, the usual one.
        lag_models: Laws of the lead angle that are tried; if left empty, the usual one.
        observer: Where it was observed, if the file does not say: Earth, or a spacecraft.
        target: What was observed, if the file does not say, as Jupiter.
        variable: The variable with the flux, if the file has several that could be it.
        ephemeris: Source of the observer's positions; by default the one that needs no network,
            which knows Earth.
        max_shift: How many minutes earlier or later than predicted an arc may be.
        output: Path or fsspec URL of the folder for simulations and identifications.
        in_flight: How many simulations may be on the service at once.
        execution_duration: Seconds that each job may run: at most 600 for guests, else 10800.
        timeout: Seconds to wait for each job and its slot; by default the execution duration plus
            one hour.
        attempts: How many jobs may be tried for each simulation.

    Returns:
        The arcs that explain the emission, what was searched for and what is missing, and the
        files.

    Raises:
        ExpresError: The extra "analysis" is not installed; nothing was sent.
        ObservationError: The observation cannot be read, is too long, or too short for the largest
            shift.
        UsageError: The service is not known, or a moon or law does not fit; nothing was sent.
        AccessError: The user may not ask for this; nothing was sent.
        CampaignError: All simulations failed.
    """
    if lack := missing_for_analysis((*ANALYSIS_NEEDS, "pyarrow")):
        msg = f"Nothing can be identified: {lack}"
        raise ExpresError(msg)
    where, named = str(observation), {"observer": observer, "target": target, "variable": variable}
    scene, frequencies = await read_observation(where, named)
    _require_fitting(scene, moons, lag_models)
    tried: dict[str, list[JsonValue]] = {
        ENERGY: [int(each) if each == int(each) else each for each in energies],
        LAG_MODEL: [*lag_models],
    }
    # What is tried comes first in the names of the simulations, which are cut if they are long.
    grid = {path: values for path, values in tried.items() if values} | frequencies
    plan = _plan(scene, moons, ephemeris, grid)
    result = await campaign(
        plan,
        service,
        str(output),
        in_flight=in_flight,
        max_failures=None,
        execution_duration=execution_duration,
        timeout=timeout,
        attempts=attempts,
    )
    if result.failed == result.simulations:
        msg = (
            f"All {result.simulations} simulations failed, so nothing can be identified; the "
            f"reasons are in {result.manifest}"
        )
        raise CampaignError(msg)
    folder = posixpath.join(str(output), FOLDER, _label(where))
    made, findings, picture = await identify_emission(
        where, named, _searched(plan, result, max_shift), folder
    )
    await show_identification(made, findings, picture)
    return made


def _require_fitting(scene: Scene, sources: Sequence[str], lag_models: Sequence[str]) -> None:
    """Refuse sources of another planet, and laws that they do not have.

    Raises:
        UsageError: One does not fit.
    """
    for source in sources:
        template = TEMPLATES[source]
        if template.planet.casefold() != scene.target.casefold():
            msg = (
                f"{scene.observation} shows {scene.target}, and {source} makes emission of "
                f"{template.planet}; give other moons, or the target if the file is wrong"
            )
            raise UsageError(msg)
        if unknown := [each for each in lag_models if each not in template.lag_models]:
            known = ", ".join(template.lag_models) or "none"
            msg = f"{source} has no law of the lead angle {unknown[0]!r}; it has {known}"
            raise UsageError(msg)


def _plan(
    scene: Scene,
    sources: tuple[str, ...],
    ephemeris: AnyEphemeris | None,
    grid: dict[str, list[JsonValue]],
) -> RoutinePlan:
    """Plan a simulation of each day, source and combination of the grid.

    Raises:
        UsageError: The ephemeris source does not know the observer.
    """
    try:
        return RoutinePlan(
            first=scene.start.date(),
            last=scene.end.date(),
            moons=tuple(dict.fromkeys(sources)),
            observers=(scene.observer,),
            ephemeris=ephemeris or AnalyticEphemeris(),
            grid=grid,
        )
    except ValidationError as fault:
        reasons = "; ".join(each["msg"].removeprefix("Value error, ") for each in fault.errors())
        raise UsageError(reasons) from None


def _searched(plan: RoutinePlan, result: CampaignResult, max_shift: float) -> Searched:
    """Give the results of each model, by day, and what is missing."""
    cdfs: dict[Model, list[str]] = {}
    for row in result.rows:
        if row.folder and row.cdf:
            chosen = plan.chosen(row.number)
            model = Model.of(chosen.moon, chosen.values)
            cdfs.setdefault(model, []).append(posixpath.join(row.folder, row.cdf))
    missing = tuple(
        Missing(label=row.label, error=row.error or "")
        for row in result.rows
        if row.state == "failed"
    )
    return Searched(cdfs, missing, timedelta(minutes=max_shift))
