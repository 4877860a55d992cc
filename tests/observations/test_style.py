"""How pictures look: colours, gaps and outlines that people and journals rely on."""

from typing import Any

import pytest
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.colors import to_hex, to_rgba
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from prefect_expres.analysis.quicklook import DPI
from prefect_expres.observations import observation_figure, overlay_figure, synthetic
from tests.observations.test_pictures import NORTH, contours

pytestmark = pytest.mark.slow


@pytest.fixture
def figures(result: Any) -> tuple[Figure, Figure]:
    """Draw an observation, and arcs over it."""
    made = synthetic(result, sigma=8, seed=1)
    return observation_figure(made), overlay_figure(made, result)


def mesh_of(panel: Axes) -> QuadMesh:
    """Give what is drawn of the cells."""
    (mesh,) = (each for each in panel.collections if isinstance(each, QuadMesh))
    return mesh


def test_both_pictures_are_laid_out_alike(figures: tuple[Figure, Figure]) -> None:
    """Panels share their axes, nothing overlaps, and the cells are pixels in vector files, too."""
    for figure, ratios in zip(figures, ([1, 1], [4.0, 2.4]), strict=True):
        assert isinstance(figure.get_layout_engine(), ConstrainedLayoutEngine)
        assert figure.dpi == DPI
        upper, lower = figure.axes[:2]
        assert upper.get_shared_x_axes().joined(upper, lower)
        assert upper.get_shared_y_axes().joined(upper, lower)
        assert list(upper.get_gridspec().get_height_ratios()) == ratios
        assert [mesh_of(panel).get_rasterized() for panel in (upper, lower)] == [True, True]


def test_where_nothing_was_observed_is_hatched(figures: tuple[Figure, Figure]) -> None:
    """In grey on white, without a frame."""
    for figure in figures:
        for panel in figure.axes[:2]:
            patch = panel.patch
            assert to_hex(patch.get_facecolor()) == "#ffffff"
            assert to_hex(patch.get_edgecolor()) == "#b0b4b8"
            assert (patch.get_hatch(), patch.get_linewidth()) == ("////", 0)


def test_colours_have_a_bar(figures: tuple[Figure, Figure]) -> None:
    """It shows that there are fainter and brighter cells; both panels of an overlay have one."""
    alone, overlay = figures
    for figure, colours, bars, aspect in (
        (alone, "viridis", 2, 20),
        (overlay, "Greys", 1, 40),
    ):
        meshes = [mesh_of(panel) for panel in figure.axes[:2]]
        assert [mesh.get_cmap().name for mesh in meshes] == [colours] * 2
        there = [mesh.colorbar for mesh in meshes if mesh.colorbar is not None]
        assert len(there) == bars
        assert {bar.extend for bar in there} == {"both"}
        assert {bar.ax.get_box_aspect() for bar in there} == {aspect}
    limits = [mesh_of(panel).get_clim() for panel in overlay.axes[:2]]
    assert limits[0] == limits[1]


def test_arcs_are_outlined_above_and_pale_below(figures: tuple[Figure, Figure]) -> None:
    """A white rim keeps the line from the cells; what is hidden stays to be guessed."""
    _, overlay = figures
    outline = contours(overlay, 0)[0]
    assert (list(outline.levels), list(outline.get_linewidths())) == ([0.5], [1.1])
    (rim,) = outline.get_path_effects()
    assert rim._gc == {"linewidth": 2.2, "foreground": "white"}  # noqa: SLF001 - else told nowhere
    white, pale = contours(overlay, 1)[:2]
    assert to_hex(white.get_facecolor()[0]) == "#ffffff"
    assert tuple(pale.get_facecolor()[0]) == pytest.approx(to_rgba(NORTH, 0.45))
    assert [each.levels[0] for each in (white, pale)] == [0.5, 0.5]
    title = overlay.axes[1].title
    left = overlay.axes[1]._left_title  # noqa: SLF001 - there is no other way to its size
    assert (title.get_text(), left.get_fontsize()) == ("", 10)
