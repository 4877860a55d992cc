"""Pictures of observations, and of arcs over them: what is where, and in which colour."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import matplotlib.dates as mdates
import numpy as np
import pytest
from matplotlib.collections import QuadMesh
from matplotlib.colors import LogNorm, to_hex
from matplotlib.contour import ContourSet
from matplotlib.figure import Figure

from prefect_expres.analysis.axes import AXIS_HEIGHT
from prefect_expres.analysis.quicklook import WIDTH
from prefect_expres.observations import (
    Interference,
    above_background,
    draw_observation,
    draw_overlay,
    observation_figure,
    overlay_figure,
    synthetic,
)
from tests.support.left_behind import left_behind

pytestmark = pytest.mark.slow

NORTH, SOUTH = "#0072b2", "#d55e00"


@pytest.fixture
def observation(result: Any) -> Any:
    """Make an observation of the simulated day, with a gap."""
    return synthetic(result, sigma=8, seed=1)


def contours(figure: Figure, panel: int) -> list[ContourSet]:
    """Give what outlines or hides arcs in a panel."""
    return [each for each in figure.axes[panel].get_children() if isinstance(each, ContourSet)]


def span(contour: ContourSet) -> Any:
    """Give the bounds of a contour in hours of the day and in MHz."""
    points = np.concatenate([path.vertices for path in contour.get_paths() if len(path)])
    hours = (points[:, 0] % 1) * 24
    return [hours.min(), hours.max(), points[:, 1].min(), points[:, 1].max()]


def test_the_overlay(result: Any, observation: Any) -> None:
    """Both panels show the same cells; arcs have outlines above, and hide what they are below."""
    figure = overlay_figure(observation, result)
    upper, lower = figure.axes[:2]
    for panel in (upper, lower):
        (mesh,) = (each for each in panel.collections if isinstance(each, QuadMesh))
        assert mesh.get_array().mask.any(), "the gap is not drawn"
        assert panel.get_ylim() == (1, 20)
    assert upper.get_shared_x_axes().joined(upper, lower)
    assert figure.get_size_inches() == pytest.approx((WIDTH, 8.4 + AXIS_HEIGHT))
    assert figure.get_suptitle().splitlines() == [
        "Jupiter seen from Earth, synthetic, 2024-01-01",
        "simulated: JRM33, loss cone, 3 keV, beam width 1°",
    ]
    assert [text.get_text() for text in upper.get_legend().get_texts()] == [
        "Io, north, RH (−)",  # noqa: RUF001 - the sign
        "Io, south, LH (+)",
    ]
    assert [to_hex(each.get_edgecolor()[0]) for each in contours(figure, 0)] == [NORTH, SOUTH]
    assert len(contours(figure, 1)) == 4, "each arc is hidden by white and its pale colour"
    below = [axis.get_xlabel() for axis in lower.child_axes]
    assert below[0].startswith("CML")


def test_arcs_are_where_they_are_simulated(result: Any, observation: Any) -> None:
    """An outline goes some pixels around the cells, which last ten minutes."""
    north, south = contours(overlay_figure(observation, result), 0)
    near = {"abs": 0.35}
    assert span(north) == pytest.approx([40 / 6, 10, 5.5, 10.5], **near)
    assert span(south) == pytest.approx([100 / 6, 20, 12.5, 16.5], **near)


def test_a_shift_moves_the_arcs_only(result: Any, observation: Any) -> None:
    """The angles stay where the observer saw them."""
    still = overlay_figure(observation, result)
    moved = overlay_figure(observation, result, shift=timedelta(hours=1))
    assert span(contours(moved, 0)[0])[0] - span(contours(still, 0)[0])[0] == pytest.approx(1)
    assert "arcs moved by +60 min" in moved.get_suptitle()
    marks = [
        [tuple(axis.get_xticks()) for axis in figure.axes[1].child_axes]
        for figure in (still, moved)
    ]
    assert marks[0] == marks[1]


def test_an_observation_of_an_hour(result: Any, observation: Any) -> None:
    """Axes and angles are those of the hour; what is not seen in it is named so."""
    hour = observation.isel(time=slice(42, 48))
    figure = overlay_figure(hour, result)
    upper, lower = figure.axes[:2]
    ends = [mdates.num2date(each).strftime("%H:%M") for each in upper.get_xlim()]
    assert ends == ["06:55", "07:55"]
    names = [text.get_text() for text in upper.get_legend().get_texts()]
    assert names[1].endswith(": not visible")
    assert len(contours(figure, 0)) == 1
    assert len(lower.child_axes[0].get_xticks()) >= 3


def test_nothing_of_the_simulation_was_observed(result: Any, observation: Any) -> None:
    """A day later there is no arc, and no angle."""
    later = observation.assign_coords(time=observation["time"].values + np.timedelta64(2, "D"))
    figure = overlay_figure(later, result)
    assert contours(figure, 0) == []
    assert figure.axes[1].child_axes == []


def test_an_observation(observation: Any) -> None:
    """The flux in its units above, what is above the background below."""
    figure = observation_figure(observation)
    meshes = [each for axis in figure.axes[:2] for each in axis.collections]
    assert [type(mesh) for mesh in meshes] == [QuadMesh, QuadMesh]
    assert isinstance(meshes[0].norm, LogNorm)
    assert meshes[1].norm.vmin == -1
    assert 4 <= meshes[1].norm.vmax <= 8
    assert tuple(figure.get_size_inches()) == (WIDTH, 7.0)
    assert [axis.get_ylabel() for axis in figure.axes[2:]] == [
        "flux\n(ADU)",
        "flux above the background\n(standard deviations)",
    ]
    assert figure.get_suptitle() == "Jupiter seen from Earth, synthetic, 2024-01-01"
    assert figure.get_supxlabel() == observation.attrs["source"]
    days = observation.isel(time=[0, 1]).assign_coords(
        time=np.array(["2024-01-01", "2024-01-03"], dtype="datetime64[ns]")
    )
    unknown = observation_figure(days.assign_attrs(instrument="", source="s3://a/b/c.cdf"))
    assert unknown.get_suptitle() == "Jupiter seen from Earth, 2024-01-01 to 2024-01-03"
    assert unknown.get_supxlabel() == "c.cdf"


def test_each_cell_is_drawn_at_its_time(observation: Any) -> None:
    """A pause has a column of its own, without a value; faint units have colours, too."""
    minutes = np.array([0, 1, 2, 10, 11])
    few = observation.isel(time=slice(0, 5)).assign_coords(
        time=np.datetime64("2024-01-01", "ns") + minutes * np.timedelta64(60_000_000_000, "ns")
    )
    few["flux"].values[:] = 1e-20 * np.arange(1, few["flux"].size + 1).reshape(few["flux"].shape)
    mesh = observation_figure(few).axes[0].collections[0]
    edges = (mesh.get_coordinates()[0, :, 0] - mdates.date2num(np.datetime64("2024-01-01"))) * 1440
    np.testing.assert_allclose(edges, [-0.5, 0.5, 1.5, 2.5, 9.5, 10.5, 11.5], atol=1e-4)
    cells = mesh.get_array()
    assert cells.mask.all(axis=0).tolist() == [False] * 3 + [True] + [False] * 2
    np.testing.assert_allclose(cells[:, [0, 1, 2, 4, 5]], few["flux"].values.T)
    assert isinstance(mesh.norm, LogNorm)


def test_frequencies_of_equal_ratios_are_drawn_so(result: Any) -> None:
    """A logarithmic axis follows the channels, or is asked for."""
    channels = np.geomspace(1, 20, 40)
    made = synthetic(result, frequency=channels)
    assert observation_figure(made).axes[0].get_yscale() == "log"
    assert overlay_figure(made, result).axes[1].get_yscale() == "log"
    assert observation_figure(made, log=False).axes[0].get_yscale() == "linear"


@pytest.mark.parametrize("of", [{"time": [5]}, {"frequency": [5]}, {"time": [5], "frequency": [5]}])
def test_observations_of_one_step_or_channel(result: Any, of: dict[str, list[int]]) -> None:
    """There is nothing to compare with, and something to draw."""
    made = synthetic(result, gaps=0).isel(of)
    overlay_figure(made, result).draw_without_rendering()
    observation_figure(made).draw_without_rendering()


def test_an_observation_of_nothing(observation: Any) -> None:
    """A file may have gaps only."""
    empty = observation.copy(deep=True)
    empty["flux"].values[:] = np.nan
    figure = observation_figure(empty)
    figure.draw_without_rendering()
    (upper, lower) = (axis.collections[0].norm for axis in figure.axes[:2])
    assert (upper.vmin, upper.vmax) == (0, 1)
    assert (lower.vmin, lower.vmax) == (-1, 4)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["a.png", "a.pdf", "a.svg"])
def test_formats(result: Any, observation: Any, tmp_path: Path, name: str) -> None:
    """The end of the name tells: pixels, or lines that a journal can print at any size."""
    starts = {"a.png": b"\x89PNG", "a.pdf": b"%PDF-", "a.svg": b"<?xml"}
    draw: list[Callable[..., Path]] = [draw_observation, draw_overlay]
    for make, more in zip(draw, ([], [result]), strict=True):
        path = make(observation, *more, tmp_path / name)
        content = path.read_bytes()
        assert content.startswith(starts[name])
        assert len(content) < 3_000_000


def test_each_simulation_needs_a_label(result: Any, observation: Any, tmp_path: Path) -> None:
    """Nothing is drawn with the name of another."""
    with pytest.raises(ValueError, match="label"):
        draw_overlay(observation, result, tmp_path / "a.svg", labels=["one", "other"])
    assert not (tmp_path / "a.svg").exists()


def test_the_outlines_of_a_vector_file_are_lines(
    result: Any, observation: Any, tmp_path: Path
) -> None:
    """In the colours of their sources, over one image for each panel."""
    text = draw_overlay(observation, result, tmp_path / "a.svg").read_text(encoding="utf-8")
    for colour in (NORTH, SOUTH):
        assert f"stroke: {colour}" in text
    assert text.count("<image ") >= 2


def test_the_background_is_taken_away(result: Any) -> None:
    """Noise has a standard deviation of 1 at each frequency, and emission its strength."""
    made = synthetic(result, sigma=5, interference=Interference(0, 0), gaps=1, seed=2)
    above = above_background(made)
    values = above.values
    assert np.nanmedian(values, axis=0) == pytest.approx(0, abs=1e-5)
    assert np.nanstd(values[:30, 17:], axis=0).mean() == pytest.approx(1, abs=0.3)
    assert np.nanmean(values[40:60, 5:10]) == pytest.approx(5, abs=1)


def test_channels_without_noise_have_no_deviation(observation: Any) -> None:
    """Nothing can be said of a channel that never changes, nor of one that is missing."""
    dead = observation.copy(deep=True)
    dead["flux"].values[:, 3] = 7
    dead["flux"].values[:, 4] = np.nan
    assert np.isnan(above_background(dead).values[:, 3:5]).all()


def test_a_saved_overlay_leaves_nothing(result: Any, observation: Any, tmp_path: Path) -> None:
    """Nothing of its figure stays in memory; the mesh of a day is the most of it."""
    picture = tmp_path / "overlay.png"
    assert not left_behind(lambda: draw_overlay(observation, result, picture))
