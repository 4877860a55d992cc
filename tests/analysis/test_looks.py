"""How the pictures look: sizes, colours and texts, each once."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from prefect_expres.analysis import (
    Overview,
    beaming_figure,
    draw_beaming,
    draw_quicklook,
    find_arcs,
    find_observatory,
    overview_figure,
    quicklook_figure,
)
from prefect_expres.analysis.arcs import arcs_of
from prefect_expres.analysis.colours import colour_of
from prefect_expres.analysis.sources import EmissionSource
from tests.support.result_files import NAME, even_moon, nothing
from tests.support.sightings import seen, times

Opened = Callable[..., Any]
GREY = "#5f6368"
NENUFAR = find_observatory("NenuFAR")
DAY = date(2024, 1, 1)
SINGLE: dict[str, Any] = {"labels": ("Io NORTH",), "modes": ("RX",)}
MINUS = "\N{MINUS SIGN}"


def assert_grid(axes: Any) -> None:
    """A light grid lies behind what is drawn."""
    assert axes.get_axisbelow() is True
    line = axes.get_xgridlines()[0]
    assert (line.get_alpha(), line.get_linewidth(), line.get_visible()) == (0.25, 0.6, True)


def assert_captions(figure: Figure, title: str, below: str) -> None:
    """The title is above, and the provenance small and grey at the lower right."""
    assert figure.get_suptitle() == title
    assert figure._suptitle.get_fontsize() == 13  # type: ignore[attr-defined]  # noqa: SLF001
    text: Any = figure._supxlabel  # type: ignore[attr-defined]  # noqa: SLF001
    assert (text.get_text(), text.get_fontsize(), text.get_color()) == (below, 7, GREY)
    assert (text.get_position()[0], text.get_ha()) == (0.99, "right")


def test_a_quicklook(opened: Opened) -> None:
    """Its size follows the axes of angles; the legend is above the panel, in two columns."""
    figure = quicklook_figure(opened(**even_moon()))
    panel = figure.axes[0]
    assert tuple(figure.get_size_inches()) == pytest.approx((10, 4 + 1.75 + 2 * 0.52))
    assert figure.dpi == 150
    assert_grid(panel)
    model = "JRM33, loss cone, 3 keV, beam width 1°"
    scene = "Io-induced emission of Jupiter seen from Earth, 2024-01-01"
    assert_captions(figure, f"{scene}\n{model}", NAME)
    legend: Any = panel.get_legend()
    assert legend._ncols == 2  # noqa: SLF001
    assert not legend.get_frame_on()
    assert legend.get_bbox_to_anchor().transformed(panel.transAxes.inverted()).p0 == pytest.approx(
        (0, 1)
    )
    assert (legend._loc, legend.borderaxespad, legend.handlelength) == (3, 0.4, 1.2)  # noqa: SLF001
    bare = quicklook_figure(
        opened(flags=("Theta",), visible=nothing(sources=1), labels=("Io NORTH",), modes=("RX",))
    )
    assert tuple(bare.get_size_inches()) == pytest.approx((10, 5.75))
    single: Any = bare.axes[0].get_legend()
    assert single._ncols == 1  # noqa: SLF001


def placed(cells: Any, extent: Any, panel: Any) -> Any:
    """Put the pixels of an image among all of its panel, shape (500, 1200)."""
    whole = np.zeros((500, 1200), dtype=bool)
    left, _, bottom, _ = extent
    column = (left - panel.get_xlim()[0]) / np.ptp(panel.get_xlim()) * 1200
    row = (bottom - panel.get_ylim()[0]) / np.ptp(panel.get_ylim()) * 500
    start = round(row), round(column)
    whole[start[0] : start[0] + cells.shape[0], start[1] : start[1] + cells.shape[1]] = cells
    return whole


def test_cells_are_drawn_where_they_are(opened: Opened) -> None:
    """An image a source: time to the right, frequency upwards, in the source's colour alone."""
    panel = quicklook_figure(opened()).axes[0]
    north: Any = panel.images[0]
    drawn = placed(~np.ma.getmaskarray(north.get_array()), north.get_extent(), panel)
    # The pixels of each channel and each step of ten minutes, at their middles.
    channels = ((np.array([1.0, 2, 3]) - 1) / (panel.get_ylim()[1] - 1) * 500 + 1).astype(int)
    cells = drawn[channels][:, 25:1200:50]
    assert np.argwhere(cells).tolist() == [
        *([0, 10], [0, 11], [0, 12], [1, 2], [1, 3], [1, 4], [2, 2], [2, 3], [2, 4]),
    ]
    source = EmissionSource("Io", "north", "RH", (0,))
    assert [to_hex(colour) for colour in north.cmap.colors] == [colour_of(source)]
    empty = quicklook_figure(opened(visible=nothing()))
    assert not empty.axes[0].images


def test_a_beaming_picture(opened: Opened) -> None:
    """A panel for each source under its title, and one bar for all."""
    dataset = opened(**even_moon())
    figure = beaming_figure(dataset)
    north, south, bar = figure.axes
    assert tuple(figure.get_size_inches()) == pytest.approx((10, 1.8 + 2 * 2.5 + 2 * 0.52))
    assert figure.dpi == 150
    assert figure.get_suptitle().startswith("Io-induced emission of Jupiter")
    for panel in (north, south):
        assert_grid(panel)
        assert panel.get_ylabel() == "frequency (MHz)"
        title: Any = panel._left_title  # type: ignore[attr-defined]  # noqa: SLF001
        assert (title.get_fontsize(), title.get_weight()) == (11, "bold")
    assert north.get_shared_x_axes().joined(north, south)
    assert north.get_shared_y_axes().joined(north, south)
    assert north.get_xlabel() == ""
    assert south.get_xlabel() == "time (UTC)"
    assert not north.child_axes
    assert len(south.child_axes) == 2
    assert bar.get_ylabel() == "beaming angle θ (°)"
    (image,) = north.images
    reference = mpl.colormaps["plasma"]
    assert image.get_cmap()(0.0) == pytest.approx(reference(0.0), abs=0.01)
    assert image.get_cmap()(1.0) == pytest.approx(reference(0.88), abs=0.01)


def test_an_empty_beaming_panel(opened: Opened) -> None:
    """It says so in its middle."""
    figure = beaming_figure(opened(visible=nothing()))
    assert len(figure.axes) == 2
    (text,) = figure.axes[0].texts
    assert (text.get_text(), text.get_position()) == ("no visible emission", (0.5, 0.5))
    assert (text.get_ha(), text.get_va(), text.get_fontsize()) == ("center", "center", 12)
    assert text.get_color() == GREY
    assert text.get_transform() == figure.axes[0].transAxes


@pytest.mark.parametrize(
    ("cells", "limits", "extend"),
    [
        ([(400, 50.2), (200, 60.7), (400, 70.5)], (50, 71), "neither"),
        ([(1000, 60.5)], (60, 61), "neither"),
        ([(1000, 60.0)], (60, 61), "neither"),
        ([(3, 10.0), (997, 60.5)], (60, 61), "min"),
        ([(997, 60.5), (3, 89.0)], (60, 61), "max"),
        ([(3, 10.0), (994, 60.5), (3, 89.0)], (60, 61), "both"),
        ([(8, 10.0), (984, 60.5), (8, 89.0)], (60, 61), "both"),
        ([(12, 10.0), (976, 60.5), (12, 89.0)], (10, 89), "neither"),
    ],
)
def test_colours_span_nearly_all_angles(
    opened: Opened, cells: list[tuple[int, float]], limits: tuple[float, float], extend: str
) -> None:
    """A hundredth at each end may lie beyond, and the bar shows it by an arrow."""
    counts, angles = zip(*cells, strict=True)
    theta = np.repeat(np.float32(angles), counts).reshape(100, 10, 1)
    figure = beaming_figure(
        opened(
            visible=np.ones((100, 10, 1), dtype=bool),
            frequency=tuple(range(1, 11)),
            labels=("Io NORTH",),
            modes=("RX",),
            flags=("Theta",),
            values={"Theta": theta},
        )
    )
    (image,) = figure.axes[0].images
    assert image.get_clim() == limits
    assert image.colorbar.extend == extend


def test_field_lines_show_their_largest_angle(opened: Opened) -> None:
    """Two lines of a source are one panel."""
    theta = np.full((4, 2, 2), 60, dtype="f4")
    theta[:, 0, 1] = 70
    theta[:, 1, 1] = 50
    figure = beaming_figure(
        opened(
            visible=np.ones((4, 2, 2), dtype=bool),
            frequency=(1.0, 2.0),
            labels=("Io NORTH", "Io NORTH"),
            values={"Theta": theta},
            flags=("Theta",),
        )
    )
    (image,) = figure.axes[0].images
    drawn = np.ma.getdata(image.get_array())
    assert [set(drawn[row]) for row in (1, -2)] == [{70}, {60}]


@pytest.mark.slow
@pytest.mark.parametrize("draw", [draw_quicklook, draw_beaming])
def test_the_scale_goes_through_to_the_file(draw: Any, opened: Opened, tmp_path: Path) -> None:
    """The functions that draw pass it on."""
    dataset = opened(visible=np.ones((2, 2, 1), dtype=bool), frequency=(1.0, 2.0), **SINGLE)
    plain = draw(dataset, tmp_path / "plain.png").read_bytes()
    assert draw(dataset, tmp_path / "log.png", log=True).read_bytes() != plain


def test_labels_go_through_to_the_file(opened: Opened, tmp_path: Path) -> None:
    """The picture has them in its legend."""
    dataset = opened(visible=np.ones((2, 2, 1), dtype=bool), frequency=(1.0, 2.0), **SINGLE)
    plain = draw_quicklook(dataset, tmp_path / "plain.png").read_bytes()
    labelled = draw_quicklook(dataset, tmp_path / "other.png", labels=["other"]).read_bytes()
    assert labelled != plain


def test_the_scale_of_the_beaming_picture(opened: Opened) -> None:
    """As told, or as the channels are."""
    dataset = opened()
    assert beaming_figure(dataset, log=True).axes[0].get_yscale() == "log"
    assert beaming_figure(dataset).axes[0].get_yscale() == "linear"


def strips(visible: Any, **more: Any) -> Figure:
    """Draw an overview of two days from the cells of a sighting in steps of a minute."""
    arcs = arcs_of([seen(visible, time=times(len(visible)))], 10)
    days = {"first": DAY, "last": DAY + timedelta(days=1), **more}
    return overview_figure(arcs, Overview(NENUFAR, **days))


def test_an_overview(opened: Opened) -> None:
    """A strip a day with the hours above and below, and the legend below all."""
    visible = nothing(steps=2880)
    visible[1140:1200, 1:3, 0] = True
    arcs = find_arcs(
        opened(visible=visible, step=60.0, frequency=(5.0, 20.0, 40.0, 90.0)), observatory=NENUFAR
    )
    days = Overview(NENUFAR, DAY, DAY + timedelta(days=1), missing={DAY: ["Europa"]})
    figure = overview_figure(arcs, days)
    first, second = figure.axes
    assert tuple(figure.get_size_inches()) == pytest.approx((10, 2 * 1.0 + 2.1))
    assert figure.dpi == 150
    assert figure._suptitle.get_fontsize() == 13  # type: ignore[attr-defined]  # noqa: SLF001
    label: Any = figure._supylabel  # type: ignore[attr-defined]  # noqa: SLF001
    assert (label.get_text(), label.get_fontsize()) == ("frequency (MHz)", 10)
    assert first.get_xlim() == (0, 24)
    assert first.get_ylim() == pytest.approx((10, 10 + 30 * 1.1))
    figure.draw_without_rendering()
    hours = [text.get_text() for text in second.get_xticklabels()]
    assert hours == [f"{hour:02d}:00" for hour in range(0, 25, 2)]
    ticks: Any = first.xaxis.get_major_ticks()[0]
    assert (ticks.tick2line.get_visible(), ticks.label2.get_visible()) == (True, True)
    assert ticks.label1.get_fontsize() == 8
    for strip in (first, second):
        assert_grid(strip)
        assert to_hex(strip.get_facecolor()) == "#e4e6e9"
        assert [to_hex(patch.get_facecolor()) for patch in strip.patches] == ["#ffffff"] * len(
            strip.patches
        )
        assert {patch.get_zorder() for patch in strip.patches} == {0}
        name = strip.yaxis.label
        assert (name.get_rotation(), name.get_ha(), name.get_va()) == (0, "right", "center")
        assert (name.get_fontsize(), strip.yaxis.labelpad) == (10, 8)
    (note,) = first.texts
    assert (note.get_text(), note.get_position()) == ("not simulated: Europa", (0.995, 0.06))
    assert (note.get_ha(), note.get_fontsize(), note.get_color()) == ("right", 8, GREY)
    assert note.get_transform() == first.transAxes
    (legend,) = figure.legends
    assert (legend._ncols, legend.get_frame_on()) == (3, False)  # noqa: SLF001
    assert (legend._outside_loc, legend.handlelength) == ("lower", 1.2)  # noqa: SLF001
    assert [text.get_text() for text in legend.get_texts()] == [
        f"Io, north, RH ({MINUS})",
        "Jupiter below 20°",
    ]
    assert to_hex(legend.get_patches()[-1].get_facecolor()) == "#e4e6e9"


def box_of(strip: Any) -> tuple[float, float, float, float]:
    """Give the hours and the frequencies of the only shape of a strip."""
    (shape,) = [each for each in strip.collections if each.get_paths()]
    box = shape.get_paths()[0].get_extents()
    return box.x0, box.x1, box.y0, box.y1


def test_arcs_are_drawn_from_their_lowest_to_their_highest_frequency() -> None:
    """Thin ones at 0.8 MHz, and broken ones whole; what is beyond midnight is on the next day."""
    visible = np.zeros((2880, 4), dtype=bool)
    visible[600:660, 1:3] = True
    assert box_of(strips(visible).axes[0]) == pytest.approx((10, 10 + 59 / 60, 20, 30))
    thin = np.zeros((2880, 4), dtype=bool)
    thin[600:660:5, 1] = True
    assert box_of(strips(thin).axes[0]) == pytest.approx((10, 10 + 55 / 60, 19.6, 20.4))
    night = np.zeros((2880, 4), dtype=bool)
    night[1430:1450, 1:3] = True
    first, second = strips(night).axes
    assert box_of(first) == pytest.approx((1430 / 60, 1439 / 60, 20, 30))
    assert box_of(second) == pytest.approx((0, 9 / 60, 20, 30))
    (shape,) = [each for each in first.collections if each.get_paths()]
    assert (shape.get_alpha(), shape.get_linewidth()[0]) == (0.9, 0.8)
