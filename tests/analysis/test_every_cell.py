"""Every visible cell is in the picture, and nothing else: looked up among the drawn pixels."""

from collections.abc import Callable
from typing import Any

import matplotlib.dates as mdates
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from prefect_expres.analysis import quicklook_figure
from prefect_expres.analysis.colours import colour_of
from prefect_expres.analysis.sources import EmissionSource
from tests.support.result_files import nothing

pytestmark = pytest.mark.slow

Opened = Callable[..., Any]

NORTH = EmissionSource("Io", "north", "RH", (0,))
SOUTH = EmissionSource("Io", "south", "LH", (1,))


class Painted:
    """A figure as its pixels."""

    def __init__(self, figure: Figure) -> None:
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        self._panel = figure.axes[0]
        self._pixels = np.asarray(canvas.buffer_rgba())[::-1, :, :3].astype(int)

    def drawn(self, dataset: Any, colour: str) -> Any:
        """Say of each cell of a dataset whether its middle has a colour, to a pixel."""
        time, frequency = dataset["time"].values, dataset["frequency"].values
        middle = mdates.date2num(time + (time[1] - time[0]) / 2)
        places = np.stack(np.meshgrid(middle, frequency, indexing="ij"), axis=-1)
        across, up = self._panel.transData.transform(places.reshape(-1, 2)).T.astype(int)
        wanted = np.array([round(255 * part) for part in to_rgb(colour)])
        near = np.abs(self._pixels - wanted).max(axis=2) < 8
        found = np.zeros(len(across), dtype=bool)
        for right in (-1, 0, 1):
            for higher in (-1, 0, 1):
                found |= near[np.clip(up + higher, 0, None), across + right]
        return found.reshape(time.size, frequency.size)


def scattered(steps: int, channels: int, seed: int = 1) -> Any:
    """Make cells of the north of which each is alone, and none at the edges."""
    visible = nothing(steps=steps, channels=channels)
    generator = np.random.default_rng(seed)
    spread = 12
    for step in range(spread, steps - spread, spread):
        visible[step, int(generator.integers(spread, channels - spread)), 0] = True
    return visible


def test_a_cell_that_is_smaller_than_a_pixel_is_drawn(opened: Opened) -> None:
    """A routine day has 1440 steps and 781 channels, more than a panel has pixels."""
    visible = scattered(1440, 781)
    dataset = opened(visible=visible, step=60, frequency=np.linspace(0.01, 44, 781), flags=("FC",))
    drawn = Painted(quicklook_figure(dataset)).drawn(dataset, colour_of(NORTH))
    assert drawn[visible[:, :, 0]].all()
    assert drawn.mean() < 0.003


@pytest.mark.parametrize("order", [1, -1])
def test_files_of_other_steps_and_channels_share_a_picture(opened: Opened, order: int) -> None:
    """Each has its cells, all of one colour, with one entry in the legend and marks all along."""
    fine = {"step": 60, "frequency": np.linspace(1, 40, 400), "visible": scattered(1440, 400)}
    coarse = {"step": 300, "frequency": np.linspace(1, 40, 57), "visible": scattered(288, 57, 2)}
    flags = ("FC", "CML")
    days = [opened(**fine, flags=flags), opened(**coarse, flags=flags, day=1)]
    figure = quicklook_figure(days[::order])
    painted = Painted(figure)
    for dataset, facts in zip(days, (fine, coarse), strict=True):
        visible = facts["visible"][:, :, 0]
        drawn = painted.drawn(dataset, colour_of(NORTH))
        assert drawn[visible].all()
        assert drawn[~visible].mean() < 0.01
    legend = figure.axes[0].get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == [
        "Io, north, RH (\N{MINUS SIGN})",
        "Io, south, LH (+): not visible",
    ]
    marks = figure.axes[0].child_axes[0].get_xticks()
    start, end = figure.axes[0].get_xlim()
    assert {int(mark > (start + end) / 2) for mark in marks} == {0, 1}


def test_many_sources_leave_the_panel_its_place(opened: Opened) -> None:
    """One of each colour is named, and how many there are."""
    names = [f"{degrees}d-30R" for degrees in range(0, 360, 30)]
    visible = nothing(steps=24, channels=4)
    dataset = opened(visible=visible, step=3600, flags=("FC",))
    figure = quicklook_figure([dataset] * len(names), labels=names)
    legend = figure.axes[0].get_legend()
    assert legend is not None
    texts = [text.get_text() for text in legend.get_texts()]
    assert 2 <= len(texts) <= 8
    assert all(text.endswith(" more: not visible") for text in texts)
    assert sum(1 + int(text.split()[-4]) for text in texts) == 2 * len(names)


def test_sources_of_a_colour_are_named_by_one_that_is_seen(opened: Opened) -> None:
    """Only if none of them is seen, the legend says so; and if nothing at all is, the panel."""
    empty, visible = nothing(steps=24, channels=4), nothing(steps=24, channels=4)
    visible[3, 2, 0] = True
    several = [opened(visible=each, step=3600, flags=("FC",)) for each in [empty] * 12 + [visible]]
    figure = quicklook_figure(several, labels=[f"model {number}" for number in range(13)])
    legend = figure.axes[0].get_legend()
    assert legend is not None
    texts = [text.get_text() for text in legend.get_texts()]
    assert "Io, north, RH (\N{MINUS SIGN}), model 12, and 3 more" in texts
    assert "Io, south, LH (+), model 0, and 3 more: not visible" in texts
    assert [text.get_text() for text in figure.axes[0].texts] == []
    figure = quicklook_figure(several[0])
    assert [text.get_text() for text in figure.axes[0].texts] == ["No emission is visible"]


def test_nothing_is_drawn_where_days_are_missing(opened: Opened) -> None:
    """The last cell before a gap lasts one step, and is not drawn into the days after it."""
    visible = nothing(steps=24, channels=4)
    visible[-1, 2, 1] = True
    days = [opened(visible=visible, step=3600, flags=("FC",), day=day) for day in (0, 5)]
    figure = quicklook_figure(days)
    (image,) = figure.axes[0].images
    drawn = np.flatnonzero(~np.ma.getmaskarray(image.get_array()).all(0))
    hours = (image.get_extent()[0] - figure.axes[0].get_xlim()[0]) * 24 + drawn / 1200 * 6 * 24
    assert hours.min() == pytest.approx(23, abs=0.2)
    assert not ((hours > 24.2) & (hours < 6 * 24 - 1.2)).any()


def test_a_logarithmic_picture_has_every_cell(opened: Opened) -> None:
    """Low channels are wide there, high ones narrow."""
    visible = scattered(400, 300)
    dataset = opened(visible=visible, step=60, frequency=np.geomspace(0.1, 40, 300), flags=("FC",))
    drawn = Painted(quicklook_figure(dataset)).drawn(dataset, colour_of(NORTH))
    assert drawn[visible[:, :, 0]].all()


def test_colours_are_those_for_colour_blind_readers() -> None:
    """Okabe & Ito (2008) and Tol (2021): cold in the north, warm in the south."""
    names = ("Io", "Europa", "Ganymede", "Callisto", "l-shell 20")
    found = [
        tuple(colour_of(EmissionSource(name, side, "RH", (0,))) for side in ("north", "south"))
        for name in names
    ]
    assert found == [
        ("#0072b2", "#d55e00"),
        ("#56b4e9", "#e69f00"),
        ("#009e73", "#cc79a7"),
        ("#332288", "#882255"),
        ("#44aa99", "#aa4499"),
    ]


def test_further_simulations_of_a_source_are_tinted() -> None:
    """Half way to white, darker, and nearly white; then they begin anew."""
    found = [colour_of(SOUTH, variant) for variant in range(5)]
    assert found == ["#d55e00", "#eaae80", "#753400", "#f4d7bf", "#d55e00"]
