"""Forecast what an observatory will see: run what is missing, publish it, announce what is new."""

import asyncio
import base64
import posixpath
from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Annotated

from prefect import task
from prefect.artifacts import (
    acreate_image_artifact,
    acreate_markdown_artifact,
    acreate_table_artifact,
)
from prefect.cache_policies import NO_CACHE
from prefect.runtime import flow_run
from pydantic import Field, PositiveInt

from prefect_expres.analysis.windows import Window
from prefect_expres.campaigns.index import CampaignResult
from prefect_expres.campaigns.plan import RoutinePlan
from prefect_expres.errors import CampaignError, ExpresError
from prefect_expres.execution.view import ANALYSIS_NEEDS, missing_for_analysis
from prefect_expres.flows.campaign import campaign
from prefect_expres.forecasts.forecast import (
    FIGURE,
    INDEX,
    PAGE,
    Announced,
    Forecast,
    ForecastFacts,
    Interest,
    Moon,
    Simulated,
    forecasts_of,
)
from prefect_expres.hooks import stop_remote_jobs
from prefect_expres.monitoring.best_effort import best_effort
from prefect_expres.monitoring.events import emit_window
from prefect_expres.monitoring.log import log_step, log_warning
from prefect_expres.net.url import shown_url
from prefect_expres.prefect_support.forms import (
    Day,
    Location,
    OrDefault,
    Seconds,
    Site,
    Today,
    titled,
)
from prefect_expres.prefect_support.sync_flow import sync_compatible_flow
from prefect_expres.services import AnyService
from prefect_expres.storage.publish import prune, publish, set_name

Moons = Annotated[tuple[Moon, ...], Field(min_length=1)]
Days = Annotated[int, Field(ge=1, le=31)]
ALL_MOONS: Moons = ("Io", "Europa", "Ganymede")
ANY = Interest()


def _run_name() -> str:
    parameters = flow_run.parameters
    first = parameters.get("start") or datetime.now(UTC).date()
    day = first if isinstance(first, date) else date.fromisoformat(first)
    return f"forecast-{parameters['observatory']}-{day:%Y%m%d}".lower()


@sync_compatible_flow(
    name="forecast",
    description="Publish what an observatory will see of Jupiter's moons in the coming days.",
    flow_run_name=_run_name,
    on_cancellation=[stop_remote_jobs],
    on_crashed=[stop_remote_jobs],
)
async def forecast(
    observatory: Annotated[Site, titled("Observatory")],
    moons: Annotated[Moons, titled("Moons")] = ALL_MOONS,
    days: Annotated[Days, titled("Days")] = 7,
    *,
    service: Annotated[AnyService, titled("Service")],
    output: Annotated[Location, titled("Output folder")] = "expres-forecast",
    interest: Annotated[Interest, titled("Windows of interest")] = ANY,
    start: Annotated[Day | Today, titled("First day")] = None,
    in_flight: Annotated[PositiveInt, titled("In flight")] = 8,
    keep: Annotated[PositiveInt, titled("Forecasts kept")] = 14,
    execution_duration: Annotated[int, titled("Execution duration (s)")] = 600,
    timeout: Annotated[Seconds | OrDefault, titled("Timeout (s)")] = None,
    attempts: Annotated[PositiveInt, titled("Attempts")] = 2,
) -> Forecast:
    """Forecast what an observatory will see of the emission induced by Jupiter's moons.

    A routine simulation for each moon and day is run, unless its complete results are under the
    output URL. The windows of all of them, limited to the band of the observatory and to the time
    when Jupiter is above its horizon, are published as page, table, figure, calendar and catalogue,
    in a folder of their own below ``{output}/{observatory}``. ``latest`` leads to it as soon as all
    files are there, in one atomic step (see `prefect_expres.storage.publish`). The forecast
    names the simulations that failed.

    Each coming window of interest that was not forecast before causes the event
    ``expres.window.appeared``, which automations may use as a trigger.

    Args:
        observatory: The observatory.
        moons: The moons that induce the emission.
        days: Length of the forecast in days: at most 31.
        service: The service that runs the simulations: a block, the name of a saved one, or
            an address as https://host, which is used as a guest.
        output: Path or fsspec URL of the folder for simulations and forecasts.
        interest: Which new windows cause an event.
        start: The first day, UTC; today if left empty.
        in_flight: How many simulations may be on the service at once.
        keep: How many forecasts are kept, including the latest; at least two.
        execution_duration: Seconds that each job may run: at most 600 for guests, else 10800.
        timeout: Seconds to wait for each job and its slot; by default the execution duration plus
            one hour.
        attempts: How many jobs may be tried for each simulation.

    Returns:
        The windows, the simulations with what is missing, and the files with their hashes.

    Raises:
        ExpresError: The extra "analysis" is not installed; nothing was sent.
        UsageError: The service is not known; nothing was sent.
        AccessError: The user may not ask for this; nothing was sent.
        CampaignError: All simulations failed; the previous forecast stays the latest.
    """
    if lack := missing_for_analysis((*ANALYSIS_NEEDS, "pyarrow")):
        msg = f"A forecast cannot be made: {lack}"
        raise ExpresError(msg)
    output = str(output)
    first = start or datetime.now(UTC).date()
    last = first + timedelta(days=days - 1)
    plan = RoutinePlan(first=first, last=last, moons=tuple(dict.fromkeys(moons)))
    result = await campaign(
        plan,
        service,
        output,
        in_flight=in_flight,
        max_failures=None,
        execution_duration=execution_duration,
        timeout=timeout,
        attempts=attempts,
    )
    if result.failed == result.simulations:
        msg = (
            f"All {result.simulations} simulations failed, so there is no new forecast and the "
            f"previous one stays the latest; the reasons are in {result.manifest}"
        )
        raise CampaignError(msg)
    root = forecasts_of(output, observatory)
    made, picture = await publish_forecast(root, observatory, plan, result)
    news = await announce_windows(root, made, interest)
    for name in await prune(root, made.folder, keep):
        log_step("forecast", "%s was an old forecast and is removed", posixpath.join(root, name))
    await _show(made, root, picture, news)
    return made


@task(name="Publish forecast", cache_policy=NO_CACHE)
async def publish_forecast(
    root: str, observatory: str, plan: RoutinePlan, result: CampaignResult
) -> tuple[Forecast, bytes]:
    """Make a forecast from the simulations of a campaign, and publish it as the latest.

    No retries: file systems retry by themselves. No cache: the task has an effect.

    Args:
        root: Path or fsspec URL of the folder with the forecasts of the observatory.
        observatory: Name of the observatory.
        plan: The plan of the campaign.
        result: The result of the campaign.

    Returns:
        The forecast, and its figure as PNG.
    """
    from prefect_expres.forecasts.products import make_forecast  # noqa: PLC0415 - draws pictures

    made = datetime.now(UTC).replace(microsecond=0)
    facts = ForecastFacts(
        observatory=observatory,
        first=plan.first,
        last=plan.last,
        made=made,
        folder=set_name(made),
        moons=plan.moons,
        simulations=tuple(_simulated(plan, result)),
    )
    for each in facts.missing:
        log_warning("%s is missing in the forecast. %s", each.label, each.error)
    cdfs = [posixpath.join(row.folder, row.cdf) for row in result.rows if row.folder and row.cdf]
    product, contents = await asyncio.to_thread(make_forecast, cdfs, facts)
    folder = product.folder
    await publish(root, folder, contents, PAGE, INDEX)
    log_step("forecast", "%d windows, %s", len(product.windows), posixpath.join(root, folder))
    return product, contents[FIGURE]


@task(name="Announce windows", cache_policy=NO_CACHE)
async def announce_windows(root: str, product: Forecast, interest: Interest) -> list[Window]:
    """Emit an event for each window of interest that was not forecast before.

    The windows are noted after their events, so that an event may come twice but is not lost. No
    retries, no cache.

    Args:
        root: Path or fsspec URL of the folder with the forecasts of the observatory.
        product: The published forecast.
        interest: Which windows cause an event.

    Returns:
        The new windows.
    """
    announced = Announced(root)
    new = await announced.new_windows(product, interest)
    for window in new:
        emit_window(window, product.observatory, posixpath.join(root, product.folder, INDEX))
        log_step("forecast", "%s is new, until %s", window.name, f"{window.end:%H:%M}")
    await announced.add(product, new)
    return new


def _simulated(plan: RoutinePlan, result: CampaignResult) -> Iterator[Simulated]:
    """Return each simulation with its outcome; a plan is ordered by day, then by moon."""
    for row in result.rows:
        day, moon = divmod(row.number, len(plan.moons))
        yield Simulated(
            label=row.label,
            moon=plan.moons[moon],
            day=plan.first + timedelta(days=day),
            folder=row.folder,
            error=row.error,
        )


async def _show(product: Forecast, root: str, picture: bytes, news: Collection[Window]) -> None:
    """Put the table of windows, the figure and the summary on the Artifacts page."""
    key = f"forecast-{product.observatory}".lower()
    title = f"{product.observatory}, {product.first} to {product.last}"
    with best_effort():
        await acreate_table_artifact(
            [_row(window, news) for window in product.windows],
            key=f"{key}-windows",
            description=f"{title}: windows of visible emission",
        )
    with best_effort():
        await acreate_image_artifact(
            f"data:image/png;base64,{base64.b64encode(picture).decode()}",
            key=f"{key}-overview",
            description=f"{title}: what can be seen when",
        )
    with best_effort():
        await acreate_markdown_artifact(
            "\n\n".join(_summary(product, root, len(news))),
            key=key,
            description=f"{title}: summary",
        )


def _row(window: Window, news: Collection[Window]) -> dict[str, object]:
    return {
        "source": f"{window.source} {window.hemisphere}",
        "from (UTC)": f"{window.start:%Y-%m-%d %H:%M}",
        "to (UTC)": f"{window.end:%Y-%m-%d %H:%M}",
        "MHz": f"{window.fmin:.2f}-{window.fmax:.2f}",
        "polarization": window.polarization,
        "new": "new" if window in news else "",
    }


def _summary(product: Forecast, root: str, new: int) -> Iterator[str]:
    yield f"# {product.observatory}, {product.first} to {product.last}"
    yield (
        f"{len(product.windows)} windows of emission induced by {', '.join(product.moons)}; "
        f"{new} of interest are new."
    )
    folder = shown_url(posixpath.join(root, product.folder))
    names = (*(file.name for file in product.files), INDEX)
    yield "\n".join(f"- {_link(name, posixpath.join(folder, name))}" for name in names)
    if product.missing:
        yield "## Not simulated"
        yield "\n".join(f"- {each.label}: `{_line(each.error)}`" for each in product.missing)


def _link(name: str, url: str) -> str:
    """Link a URL; a local path is shown without a link."""
    return f"[{name}]({url})" if "://" in url else f"{name}: `{url}`"


def _line(text: str | None) -> str:
    return " ".join((text or "").replace("`", "'").split())
