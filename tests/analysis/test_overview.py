"""The chart of many days, as an observer plans them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from prefect_expres.analysis import (
    Overview,
    draw_overview,
    find_arcs,
    find_observatory,
    overview_figure,
)
from prefect_expres.analysis.arcs import Arc, arcs_of
from prefect_expres.analysis.colours import colour_of
from prefect_expres.analysis.observatories import times_up
from prefect_expres.analysis.sources import EmissionSource
from tests.support.result_files import nothing
from tests.support.sightings import seen

NORTH = EmissionSource("Io", "north", "RH", (0,))
SOUTH = EmissionSource("Io", "south", "LH", (1,))
NENUFAR = find_observatory("NenuFAR")
FIRST = date(2024, 1, 1)
HOUR = timedelta(hours=1)


@pytest.fixture
def arcs(opened: Callable[..., Any]) -> list[Arc]:
    """Find the arcs of two days with emission at 20 and 40 MHz, seen at 19 h and at 21 h."""
    visible = nothing(steps=2880)
    visible[1140:1200, 1:3, 0] = True
    visible[1440 + 1260 : 1440 + 1320, 1, 1] = True
    dataset = opened(visible=visible, step=60.0, frequency=(5.0, 20.0, 40.0, 90.0))
    return find_arcs(dataset, observatory=NENUFAR)


def charted(arcs: list[Arc], **more: Any) -> Figure:
    """Draw two days."""
    return overview_figure(arcs, Overview(NENUFAR, FIRST, FIRST + timedelta(days=1), **more))


def legend_of(figure: Figure) -> dict[str, str]:
    """Read the names in the legend, and their colours."""
    (legend,) = figure.legends
    return {
        text.get_text(): to_hex(patch.get_facecolor())
        for text, patch in zip(legend.get_texts(), legend.get_patches(), strict=True)
    }


def test_midnight_belongs_to_the_day_that_begins() -> None:
    """An arc from 23:59 to 00:01 has a step on the first day and two on the second."""
    time = np.datetime64("2024-01-02", "ns") + np.arange(-1, 2) * np.timedelta64(1, "m")
    figure = charted(arcs_of([seen(np.ones(3), time=time, frequency=np.array([30.0]))]))
    hours = [
        sorted(
            {round(x, 3) for each in strip.collections for x in each.get_paths()[0].vertices[:, 0]}
        )
        for strip in figure.axes
    ]
    assert hours == [[23.983], [0.0, 0.017]]


def test_each_day_has_a_strip_with_what_is_seen(arcs: list[Arc]) -> None:
    """An arc is drawn on its own day, at its hours and frequencies, in its source's colour."""
    figure = charted(arcs)
    assert [strip.get_ylabel().replace("\n", " ") for strip in figure.axes] == [
        "Mon 01 Jan",
        "Tue 02 Jan",
    ]
    for strip, hours, band, shade in (
        (figure.axes[0], (19, 20), (20, 40), colour_of(NORTH)),
        (figure.axes[1], (21, 22), (20, 20), colour_of(SOUTH)),
    ):
        shapes = [each for each in strip.collections if each.get_paths()]
        (shape,) = shapes
        box = shape.get_paths()[0].get_extents()
        assert (box.x0, box.x1) == pytest.approx(hours, abs=1 / 30)
        assert (box.y0, box.y1) == pytest.approx(band, abs=0.5)
        assert box.y1 > box.y0
        assert to_hex(shape.get_facecolor()[0]) == shade.lower()


def test_it_says_when_the_planet_is_up_and_where_from(arcs: list[Arc]) -> None:
    """White spans are the times above the least elevation; the title names the observatory."""
    figure = charted(arcs)
    midnight = datetime(2024, 1, 1, tzinfo=UTC)
    up = times_up(NENUFAR, "Jupiter", midnight, midnight + 24 * HOUR)
    spans = [(patch.get_x(), patch.get_width()) for patch in figure.axes[0].patches]
    assert spans == [
        pytest.approx(((rise - midnight) / HOUR, (fall - rise) / HOUR)) for rise, fall in up
    ]
    assert len(spans) == 2
    assert figure.get_suptitle() == "Jupiter from NenuFAR, 10-85 MHz, 2024-01-01 to 2024-01-02"
    assert figure.axes[-1].get_xlabel() == "time (UTC)"


def test_the_legend_names_what_is_seen_and_what_is_not(arcs: list[Arc]) -> None:
    """A moon that was simulated and is not seen is named, too."""
    assert list(legend_of(charted(arcs, moons=["Io", "Ganymede"]))) == [
        "Io, north, RH (\N{MINUS SIGN})",
        "Io, south, LH (+)",
        "Ganymede: not visible",
        "Jupiter below 20°",
    ]


def test_a_moon_keeps_its_colours(arcs: list[Arc]) -> None:
    """Whatever the order of the moons is, and whatever is seen of the others."""
    for moons in (("Io", "Europa"), ("Europa", "Io")):
        colours = [*legend_of(charted(arcs, moons=moons)).values()][:2]
        assert colours == [colour_of(NORTH), colour_of(SOUTH)]


def test_a_single_day_is_named_once() -> None:
    """The title of one day does not go from that day to that day."""
    figure = overview_figure([], Overview(NENUFAR, FIRST, FIRST))
    assert figure.get_suptitle() == "Jupiter from NenuFAR, 10-85 MHz, 2024-01-01"


def test_a_day_says_what_is_missing(arcs: list[Arc]) -> None:
    """An empty strip is told from one that was not simulated."""
    figure = charted(arcs, missing={FIRST + timedelta(days=1): ["Europa", "Ganymede"]})
    words = [[text.get_text() for text in strip.texts] for strip in figure.axes]
    assert words == [[], ["not simulated: Europa, Ganymede"]]


def test_days_without_anything_are_drawn(tmp_path: Path) -> None:
    """A forecast in which nothing is seen is a picture, too."""
    picture = draw_overview([], tmp_path / "overview.png", Overview(NENUFAR, FIRST, FIRST))
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert list(tmp_path.iterdir()) == [picture]


def test_an_overview_without_emission_shows_the_lower_band() -> None:
    """Up to a little more than four times its lower end."""
    figure = overview_figure([], Overview(NENUFAR, FIRST, FIRST))
    assert figure.axes[0].get_ylim() == pytest.approx((10, 10 + 30 * 1.1))
