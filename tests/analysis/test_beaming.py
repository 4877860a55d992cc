"""The picture of the beaming angle."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from prefect_expres.analysis import beaming_figure, draw_beaming
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


def test_an_empty_panel_says_so(opened: Opened, tmp_path: Path) -> None:
    """Without emission there is no bar, and the picture can be drawn all the same."""
    dataset = opened(visible=nothing())
    figure = beaming_figure(dataset)
    texts = [text.get_text() for axes in figure.axes for text in axes.texts]
    assert texts == ["no visible emission"] * 2
    assert draw_beaming(dataset, tmp_path / "beaming.png").stat().st_size > 10_000


def test_a_file_without_angles_is_an_error(opened: Opened) -> None:
    """The error names the flag that brings the angle."""
    with pytest.raises(ResultError, match=r"SPDYN\.CDF\.THETA"):
        beaming_figure(opened(flags=("FC",)))
