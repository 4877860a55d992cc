"""The picture of the beaming angle."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import matplotlib.dates as mdates
import numpy as np
import pytest
from matplotlib.layout_engine import ConstrainedLayoutEngine

from prefect_expres.analysis import (
    Overview,
    beaming_figure,
    draw_beaming,
    find_observatory,
    overview_figure,
    quicklook_figure,
)
from prefect_expres.errors import ResultError
from tests.support.result_files import nothing

Opened = Callable[..., Any]


def test_each_source_has_a_panel(opened: Opened) -> None:
    """A panel a source and one colour bar; field lines of a source share a panel."""
    titles = [axes.get_title(loc="left") for axes in beaming_figure(opened()).axes]
    assert titles == ["Io, north, RH (\N{MINUS SIGN})", "Io, south, LH (+)", ""]
    assert len(beaming_figure(opened(labels=("Io NORTH", "Io NORTH"))).axes) == 2


def test_the_angles_are_those_of_the_file(opened: Opened) -> None:
    """The colours span the angles of the visible cells, and the bar names them."""
    figure = beaming_figure(opened())
    north, bar = figure.axes[0], figure.axes[-1]
    (image,) = north.images
    angles = image.get_array()
    assert angles is not None
    assert (angles.min(), angles.max()) == (80.0, 82.0)
    assert image.get_clim() == (80.0, 83.0)
    assert bar.get_ylabel() == "beaming angle θ (°)"


@pytest.mark.parametrize(
    "frequency", [np.geomspace(1, 32, 6), np.linspace(1, 32, 6), np.array([32, 8, 4, 2, 1, 16])]
)
@pytest.mark.parametrize("log", [None, True, False])
def test_each_angle_is_where_the_axes_have_its_cell(
    opened: Opened, *, frequency: Any, log: bool | None
) -> None:
    """Whatever the spacing of the channels, and however the axis is scaled."""
    visible = nothing(channels=6)
    low = frequency < frequency.max()
    visible[2:5, low, 0] = True
    dataset = opened(visible=visible, frequency=frequency)
    panel = beaming_figure(dataset, log=log).axes[0]
    if log is not None:
        assert panel.get_yscale() == ("log" if log else "linear")
    (image,) = panel.images
    left, right, bottom, top = image.get_extent()
    pixels: Any = image.get_array()
    middle = float(mdates.date2num(dataset["time"].values[3] + np.timedelta64(5, "m")))
    places = panel.transScale.transform([(middle, mhz) for mhz in frequency[low]])
    shares = (places - (left, bottom)) / (right - left, top - bottom)
    columns, rows = (shares * pixels.T.shape).astype(int).T
    assert pixels[rows, columns].tolist() == (80 + np.flatnonzero(low)).tolist()


def test_of_several_lines_the_largest_angle_is_shown(opened: Opened) -> None:
    """Whichever line of the source has it, and where only one is seen."""
    visible = nothing()
    visible[2, 1, 0] = visible[3, 1, 1] = visible[[4, 5], 1, :] = True
    theta = np.where(visible, 70.0, -1e31).astype("f4")
    theta[4, 1, 1] = theta[5, 1, 0] = 71.0
    dataset = opened(visible=visible, labels=("Io NORTH",) * 2, values={"Theta": theta})
    (image,) = beaming_figure(dataset).axes[0].images
    pixels: Any = image.get_array()
    columns = [int(pixels.shape[1] * share) for share in (0.125, 0.375, 0.625, 0.875)]
    assert pixels[0, columns].tolist() == [70, 70, 71, 71]


def test_an_outlier_does_not_widen_the_colours(opened: Opened) -> None:
    """The bar says that there are angles beyond it."""
    visible = nothing()
    visible[:, :, 0] = True
    theta = np.where(visible, 80.0, -1e31).astype("f4")
    theta[:12, :, 0] = 70.0
    theta[3, 2, 0] = 20.0
    figure = beaming_figure(opened(visible=visible, step=60, values={"Theta": theta}))
    (image,) = figure.axes[0].images
    low, high = image.get_clim()
    assert low is not None
    assert 20 < low <= 70
    assert high == 80
    assert image.colorbar is not None
    assert image.colorbar.extend == "min"


def test_panels_reach_to_a_little_above_the_emission(opened: Opened) -> None:
    """Of any source, from the lowest channel on and over all times."""
    visible = nothing()
    visible[3, 1, 0] = visible[5, 0, 1] = True
    dataset = opened(visible=visible)
    for panel in beaming_figure(dataset).axes[:2]:
        assert panel.get_ylim() == pytest.approx((1, 2 * 1.08))
        assert np.ptp(panel.get_xlim()) == pytest.approx(24 * 600 / 86_400)


def test_an_empty_panel_says_so(opened: Opened, tmp_path: Path) -> None:
    """Without emission there is no bar, and the picture can be drawn all the same."""
    dataset = opened(visible=nothing())
    figure = beaming_figure(dataset)
    texts = [text.get_text() for axes in figure.axes for text in axes.texts]
    assert texts == ["no visible emission"] * 2
    assert draw_beaming(dataset, tmp_path / "beaming.png").stat().st_size > 10_000


def test_the_bar_is_slim_and_close_to_the_panels(opened: Opened) -> None:
    """All that is drawn has its place, as in the other pictures."""
    dataset = opened()
    figure = beaming_figure(dataset)
    bar: Any = figure.axes[-1]
    shape = bar._colorbar_info  # noqa: SLF001
    assert (shape["aspect"], shape["pad"], len(shape["parents"])) == (30, 0.015, 2)
    day = Overview(find_observatory("NDA"), date(2024, 1, 1), date(2024, 1, 1))
    for each in (figure, quicklook_figure(dataset), overview_figure([], day)):
        assert isinstance(each.get_layout_engine(), ConstrainedLayoutEngine)


def test_a_file_without_angles_is_an_error(opened: Opened) -> None:
    """The error names the flag that brings the angle."""
    with pytest.raises(ResultError, match=r"SPDYN\.CDF\.THETA"):
        beaming_figure(opened(flags=("FC",)))
