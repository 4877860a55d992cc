"""Make the files of a forecast from simulations: what an observatory will see."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from prefect_expres import analysis
from prefect_expres.analysis.arcs import Arc, arcs_of
from prefect_expres.analysis.observatories import Observatory, seen_from
from prefect_expres.analysis.visibility import sightings
from prefect_expres.forecasts.forecast import (
    CALENDAR,
    CATALOGUE,
    FIGURE,
    INDEX,
    PAGE,
    TABLE,
    Forecast,
    ForecastFacts,
    PublishedFile,
    Simulated,
)
from prefect_expres.forecasts.page import make_page
from prefect_expres.storage import as_json, scratch_folder

KINDS = {
    CALENDAR: "Calendar (iCalendar)",
    TABLE: "Table (CSV)",
    CATALOGUE: "Catalogue (TFCat)",
    FIGURE: "Picture of all days (PNG)",
    INDEX: "The forecast for programs (JSON)",
}
"""What the files are to which the page leads."""


def make_forecast(cdfs: Iterable[str], facts: ForecastFacts) -> tuple[Forecast, dict[str, bytes]]:
    """Find what an observatory sees in results of simulations, and make the files of a forecast.

    Args:
        cdfs: fsspec URLs of the CDF files; they are fetched and read one after the other.
        facts: What the forecast is about; ``observatory`` is a name for `find_observatory`.

    Returns:
        The forecast, and the contents of its files by their names, the forecast itself as `INDEX`.

    Raises:
        ResultError: A file is not as ExPRES writes it.
        ObservatoryError: No observatory has this name.
    """
    site = analysis.find_observatory(facts.observatory)
    seen = [seen_from(site, each) for each in sightings(_opened(cdfs))]
    arcs = sorted(arcs_of(seen), key=lambda arc: (arc.window.start, arc.window.name))
    models = dict.fromkeys(", ".join(each.identity.model) for each in seen)
    page = make_page(facts, arcs, site, filter(None, models), KINDS)
    contents = {PAGE: page} | _drawn(arcs, facts, site)
    forecast = Forecast(
        **dict(facts) | {"observatory": site.name},
        windows=tuple(arc.window for arc in arcs),
        files=tuple(
            PublishedFile(name=name, size=len(each), sha256=hashlib.sha256(each).hexdigest())
            for name, each in contents.items()
        ),
    )
    return forecast, contents | {INDEX: as_json(forecast)}


def _drawn(arcs: Sequence[Arc], facts: ForecastFacts, site: Observatory) -> dict[str, bytes]:
    """Make table, chart, calendar and catalogue; return their contents by file name."""
    windows = [arc.window for arc in arcs]
    with scratch_folder() as folder:
        written = (
            analysis.write_csv(windows, folder / TABLE),
            analysis.draw_overview(
                arcs,
                folder / FIGURE,
                analysis.Overview(
                    site, facts.first, facts.last, facts.moons, _by_day(facts.missing)
                ),
            ),
            analysis.write_calendar(
                windows,
                folder / CALENDAR,
                name=f"Jupiter from {site.name}",
                observatory=site,
                stamp=facts.made,
            ),
            analysis.write_catalogue(arcs, folder / CATALOGUE, observatory=site),
        )
        return {path.name: path.read_bytes() for path in written}


def _opened(cdfs: Iterable[str]) -> Iterator[Any]:
    """Open the files one after the other, each only while it is read: a month of them is large."""
    for url in cdfs:
        with analysis.open_results(url) as dataset:
            yield dataset


def _by_day(simulations: Iterable[Simulated]) -> Mapping[date, Sequence[str]]:
    """Return the moons of simulations, by day."""
    moons: dict[date, list[str]] = defaultdict(list)
    for each in simulations:
        moons[each.day].append(each.moon)
    return moons
