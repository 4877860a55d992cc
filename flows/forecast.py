"""Forecast what an observatory will see: run what is missing, publish it, tell what is new."""

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
from prefect_expres.blocks import ExpresService
from prefect_expres.campaigns.index import CampaignResult
from prefect_expres.campaigns.plan import RoutineMoon, RoutinePlan
from prefect_expres.errors import CampaignError, ExpresError
from prefect_expres.execution.view import ANALYSIS_NEEDS, missing_for_analysis
from prefect_expres.flows.campaign import campaign
from prefect_expres.forecasts.forecast import (
    FIGURE,
    INDEX,
    Announced,
    Forecast,
    Interest,
    Simulated,
    forecasts_of,
    make_forecast,
)
from prefect_expres.hooks import stop_remote_jobs
from prefect_expres.monitoring.best_effort import best_effort
from prefect_expres.monitoring.events import emit_window
from prefect_expres.monitoring.log import log_step, log_warning
from prefect_expres.net.url import shown_url
from prefect_expres.prefect_support.forms import Day, OrDefault, Seconds, Site, Today, titled
from prefect_expres.prefect_support.sync_flow import sync_compatible_flow
from prefect_expres.storage.publish import prune, publish, set_name

Moons = Annotated[tuple[RoutineMoon, ...], Field(min_length=1)]
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
    service: Annotated[ExpresService, titled("Service")],
    output: Annotated[str, titled("Output folder")] = "expres-forecast",
    interest: Annotated[Interest, titled("Windows of interest")] = ANY,
    start: Annotated[Day | Today, titled("First day")] = None,
    in_flight: Annotated[PositiveInt, titled("In flight")] = 8,
    keep: Annotated[PositiveInt, titled("Forecasts kept")] = 14,
    execution_duration: Annotated[int, titled("Execution duration (s)")] = 600,
    timeout: Annotated[Seconds | OrDefault, titled("Timeout (s)")] = None,
    attempts: Annotated[PositiveInt, titled("Attempts")] = 2,
) -> Forecast:
    """Forecast what an observatory will see of the emission induced by Jupiter's moons.

    A routine simulation for each moon and day is run, unless it stands complete under the output
    URL. The windows of all of them, cut to the observatory's band and to when Jupiter is up, are
    published as table, figure, calendar and catalogue: in a folder of their own below
    ``{output}/{observatory}``, to which ``latest`` leads at one stroke when all are there (see
    `prefect_expres.storage.publish`). What could not be simulated is told in the forecast.

    Each coming window of interest that was not forecast before is told by the event
    ``expres.window.appeared``, to which automations may listen.

    Args:
        observatory: Who wants to observe.
        moons: The moons that induce the emission.
        days: How many days the forecast goes on: 31 at most.
        service: The service that runs the simulations.
        output: Path or fsspec URL under which simulations and forecasts are kept.
        interest: Which new windows are worth an event.
        start: The first day, UTC; today if it is left empty.
        in_flight: How many simulations may be on the service at once.
        keep: How many forecasts are kept, with the latest; at least two.
        execution_duration: Seconds that each job may run: at most 600 for guests, else 10800.
        timeout: Seconds to wait for each job and its slot; by default an hour over the execution
            duration.
        attempts: How many jobs of a simulation may fail, be aborted or be lost.

    Returns:
        The windows, the simulations with what is missing, and the files with their hashes.

    Raises:
        ExpresError: The extra "analysis" is not installed; nothing was sent.
        AccessError: The user may not ask for this; nothing was sent.
        CampaignError: No simulation is there; the forecast before stays the latest.
    """
    if lack := missing_for_analysis((*ANALYSIS_NEEDS, "pyarrow")):
        msg = f"A forecast cannot be made: {lack}"
        raise ExpresError(msg)
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
            f"None of {result.simulations} simulations could be had, so there is no new forecast "
            f"and the one before stays the latest; {result.manifest} tells why each failed"
        )
        raise CampaignError(msg)
    root = forecasts_of(output, observatory)
    made, picture = await publish_forecast(root, observatory, plan, result)
    news = await announce_news(root, made, interest)
    for name in await prune(root, made.folder, keep):
        log_step("forecast", "%s is an old forecast and was removed", posixpath.join(root, name))
    await _show(made, root, picture, news)
    return made


@task(name="Publish forecast", cache_policy=NO_CACHE)
async def publish_forecast(
    root: str, observatory: str, plan: RoutinePlan, result: CampaignResult
) -> tuple[Forecast, bytes]:
    """Make the forecast of a campaign's simulations, and publish it as the latest.

    Not retried: the file systems themselves try again. Not cached: it is an act.

    Args:
        root: Path or fsspec URL of the folder of the observatory's forecasts.
        observatory: Name of the site.
        plan: What was to be simulated.
        result: What became of it.

    Returns:
        The forecast, and its figure as PNG.
    """
    made = datetime.now(UTC).replace(microsecond=0)
    name = set_name(made)
    simulations = tuple(_simulated(plan, result))
    for each in simulations:
        if each.error:
            log_warning("%s is missing in the forecast. %s", each.label, each.error)
    cdfs = [posixpath.join(row.folder, row.cdf) for row in result.rows if row.folder and row.cdf]
    product, contents = await asyncio.to_thread(
        make_forecast,
        cdfs,
        simulations,
        observatory=observatory,
        moons=plan.moons,
        first=plan.first,
        last=plan.last,
        made=made,
        folder=name,
    )
    await publish(root, name, contents, INDEX)
    log_step("forecast", "%d windows, %s", len(product.windows), posixpath.join(root, name))
    return product, contents[FIGURE]


@task(name="Announce windows", cache_policy=NO_CACHE)
async def announce_news(root: str, product: Forecast, interest: Interest) -> list[Window]:
    """Emit an event for each window of interest that was not forecast before, and give these.

    That they were announced is noted afterwards: an event may come twice, but is not lost. Not
    retried and not cached.

    Args:
        root: Path or fsspec URL of the folder of the observatory's forecasts.
        product: The forecast that was published.
        interest: Which windows are worth an event.
    """
    announced = Announced(root)
    news = await announced.news(product, interest)
    for window in news:
        emit_window(window, product.observatory, posixpath.join(root, product.folder, INDEX))
        log_step("forecast", "%s is new, until %s", window.name, f"{window.end:%H:%M}")
    await announced.keep(product, news)
    return news


def _simulated(plan: RoutinePlan, result: CampaignResult) -> Iterator[Simulated]:
    """Tell what became of each simulation; the plan goes by days, then by moons."""
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
    place = shown_url(posixpath.join(root, product.folder))
    names = (INDEX, *(file.name for file in product.files))
    yield "\n".join(f"- {_link(name, posixpath.join(place, name))}" for name in names)
    if product.missing:
        yield "## Not simulated"
        yield "\n".join(f"- {each.label}: `{_line(each.error)}`" for each in product.missing)


def _link(name: str, url: str) -> str:
    """Link a URL; a path of a machine's own is only told."""
    return f"[{name}]({url})" if "://" in url else f"{name}: `{url}`"


def _line(text: str | None) -> str:
    return " ".join((text or "").replace("`", "'").split())
