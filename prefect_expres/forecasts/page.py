"""The page of a forecast: one HTML file that needs nothing else, for people on any screen.

Texts and table are in the HTML, so that they are read without JavaScript, too. What only the chart
needs is in the page as JSON. The policy of the page allows its own style and script, by their
hashes, and forbids everything else, above all to load anything.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from html import escape
from importlib.resources import files
from itertools import groupby
from string import Template
from typing import Any

import numpy as np
from lxml.html import HtmlElement, tostring
from lxml.html.builder import (
    CAPTION,
    CLASS,
    DD,
    DETAILS,
    DIV,
    DT,
    LI,
    SMALL,
    SUMMARY,
    TABLE,
    TBODY,
    TD,
    TH,
    THEAD,
    TR,
    UL,
    A,
    E,
    P,
)

import prefect_expres
from prefect_expres.analysis.arcs import Arc
from prefect_expres.analysis.colours import colour_of
from prefect_expres.analysis.observatories import Observatory, times_up
from prefect_expres.analysis.overview import PLANET, shown_band
from prefect_expres.analysis.sources import EmissionSource, in_order
from prefect_expres.analysis.titles import source_title
from prefect_expres.analysis.windows import Window
from prefect_expres.forecasts.forecast import ForecastFacts

_DAY = timedelta(days=1)

_POINTS = 100
"""The most points of an edge of an arc: more are not seen on a screen, and cost bytes."""


def make_page(
    facts: ForecastFacts,
    arcs: Sequence[Arc],
    site: Observatory,
    models: Iterable[str],
    links: Mapping[str, str],
) -> bytes:
    """Make the page of a forecast.

    Its links lead to the files of this forecast, also when another one has become the latest.

    Args:
        facts: What the forecast is about.
        arcs: What is seen, in the order of the table.
        site: The observatory.
        models: The models of the simulations, in words.
        links: The names of files in the folder of the forecast, and what they are.

    Returns:
        The file, in UTF-8.
    """
    style, script = _part("css"), _part("js")
    return (
        Template(_part("html"))
        .substitute(
            policy=_policy(style, script),
            style=style,
            script=script,
            title=escape(f"{PLANET} from {site.name}"),
            days=" to ".join(dict.fromkeys(map(_written, (facts.first, facts.last)))),
            missing=_markup(_missing(facts)),
            legend=_markup(_legend(facts, arcs, site)),
            windows=_markup([_windows(arcs, site)]),
            files=_markup(
                LI(A(what, href=f"../{facts.folder}/{name}")) for name, what in links.items()
            ),
            facts=_markup(_facts(facts, site, models)),
            simulations=_markup(_simulations(facts)),
            data=json.dumps(_chart(facts, arcs, site)).replace("<", "\\u003c"),
        )
        .encode()
    )


def _part(kind: str) -> str:
    return (files(__package__) / f"page.{kind}").read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _markup(elements: Iterable[HtmlElement]) -> str:
    return "\n".join(tostring(each, encoding="unicode") for each in elements)


def _written(day: date) -> str:
    return f"{day:%a %d %b %Y}"


def _missing(facts: ForecastFacts) -> Iterator[HtmlElement]:
    """Say before the chart what it cannot show."""
    if facts.missing:
        days = (
            f"{_written(day)}: {', '.join(each.moon for each in same)}"
            for day, same in groupby(facts.missing, key=lambda each: each.day)
        )
        yield P(
            f"Not simulated, so that their emission is missing here: {'; '.join(days)}. ",
            A("Why", href="#simulations"),
            CLASS("missing"),
            role="note",
        )


def _legend(facts: ForecastFacts, arcs: Iterable[Arc], site: Observatory) -> Iterator[HtmlElement]:
    sources = in_order((arc.sighting.source for arc in arcs), facts.moons)
    for source in sources:
        yield LI(_swatch(source), source_title(source))
    for moon in facts.moons:
        if all(source.name != moon for source in sources):
            yield LI(f"{moon}: not visible")
    yield LI(E.span(CLASS("swatch down")), f"{PLANET} below {site.min_elevation:g}°")


def _swatch(source: EmissionSource) -> HtmlElement:
    square = E.rect(width="8", height="8", fill=colour_of(source))
    return E.svg(square, {"aria-hidden": "true"}, CLASS("swatch"), viewBox="0 0 8 8")


def _windows(arcs: Sequence[Arc], site: Observatory) -> HtmlElement:
    """Give the windows as a table, grouped by the days on which they start."""
    if not arcs:
        return P("Nothing is to be seen on these days.")
    clock = [SMALL(site.time_zone, CLASS("clock"))] if site.time_zone else []
    heads = (["Source"], ["UTC ", *clock], ["MHz"], ["CML ", SMALL("System III")], ["Phase"])
    table = TABLE(
        CAPTION(
            "CML, the central meridian longitude, and the phase of the moon are given at the start "
            "and at the end."
        ),
        THEAD(TR(*(TH(*head, scope="col") for head in heads))),
    )
    for day, same in groupby(arcs, key=lambda arc: arc.window.start.date()):
        heading = TH(_written(day), scope="rowgroup", colspan=str(len(heads)))
        table.append(TBODY(TR(heading), *(_row(arc, site) for arc in same)))
    labelled = {"aria-labelledby": "windows-heading"}
    return DIV(table, labelled, CLASS("wide"), role="region", tabindex="0")


def _row(arc: Arc, site: Observatory) -> HtmlElement:
    window = arc.window
    name = f"{window.source} {window.hemisphere} "
    return TR(
        TH(_swatch(arc.sighting.source), name, SMALL(window.polarization), scope="row"),
        TD(f"{window.start:%H:%M}-{window.end:%H:%M} ", *_remarks(window, site)),
        TD(*_range(window.fmin, window.fmax, ".1f")),
        TD(*_angles(window.cml)),
        TD(*_angles(window.moon_phase)),
        id=window.name,
    )


def _remarks(window: Window, site: Observatory) -> Iterator[HtmlElement]:
    """Give the local time of a window, and what cuts it."""
    start, end = site.local_time(window.start), site.local_time(window.end)
    if start and end:
        yield SMALL(f"{start:%a %H:%M}-{end:%H:%M %Z}", CLASS("clock"))
    if window.cut_at:
        yield SMALL(f"cut at the {window.cut_at} of the simulation")


def _angles(ends: tuple[float, float] | None) -> Iterable[str | HtmlElement]:
    return ["not known"] if ends is None else _range(*ends, ".0f", "°")


def _range(first: float, last: float, form: str, unit: str = "") -> Iterator[str | HtmlElement]:
    """Give both ends of a range, between which a narrow screen may break the line."""
    yield f"{first:{form}}{unit}-"
    yield E.wbr()
    yield f"{last:{form}}{unit}"


def _facts(facts: ForecastFacts, site: Observatory, models: Iterable[str]) -> Iterator[HtmlElement]:
    complete = len(facts.simulations) - len(facts.missing)
    terms = {
        "Made": f"{facts.made:%Y-%m-%d %H:%M} UTC, by prefect-expres {prefect_expres.__version__}",
        "From": f"{complete} of {len(facts.simulations)} simulations of {', '.join(facts.moons)}",
        "Model": "; ".join(models) or "not named by the simulations",
        "Observatory": f"{site.name}, longitude {site.longitude:.2f}°, latitude "
        f"{site.latitude:.2f}°, {site.fmin:g}-{site.fmax:g} MHz, {PLANET} above "
        f"{site.min_elevation:g}°",
    }
    for term, text in terms.items():
        yield DT(term)
        yield DD(text)


def _simulations(facts: ForecastFacts) -> Iterator[HtmlElement]:
    """List the simulations, first those that are missing, with the reasons."""
    yield UL(*(LI(f"{each.label}: {_line(each.error)}") for each in facts.missing))
    there = [LI(each.label) for each in facts.simulations if each.folder]
    yield DETAILS(SUMMARY(f"{len(there)} with results"), UL(*there))


def _line(text: str | None) -> str:
    """Give a message of any program in one line, without what is no text."""
    return "".join(filter(str.isprintable, " ".join((text or "").split())))


def _chart(facts: ForecastFacts, arcs: Iterable[Arc], site: Observatory) -> dict[str, Any]:
    """Give what the chart draws; times are in milliseconds, as JavaScript counts them."""
    start, end = _midnight(facts.first), _midnight(facts.last + _DAY)
    return {
        "days": [_ms(start), _ms(end)],
        "band": shown_band(arcs, site),
        "up": [[_ms(rise), _ms(fall)] for rise, fall in times_up(site, PLANET, start, end)],
        "missing": [
            [_ms(_midnight(day)), _ms(_midnight(day + _DAY))]
            for day in sorted({each.day for each in facts.missing})
        ],
        "windows": [
            {
                "row": arc.window.name,
                "colour": colour_of(arc.sighting.source),
                "start": _ms(arc.window.start),
                "shape": list(_shape(arc)),
            }
            for arc in arcs
        ],
    }


def _shape(arc: Arc) -> Iterator[tuple[int, float, float]]:
    """Give seconds since the start with both edges in MHz, at some steps and at the end."""
    seconds = (arc.time - arc.time[0]) / np.timedelta64(1, "s")
    last = seconds.size - 1
    some = np.unique(np.linspace(0, last, min(seconds.size, _POINTS)).round().astype(int))
    low, high = (edge.round(2) for edge in arc.edges)
    for step in some:
        yield round(seconds[step]), float(low[step]), float(high[step])
    length = arc.window.end - arc.window.start
    yield round(length.total_seconds()), float(low[last]), float(high[last])


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
