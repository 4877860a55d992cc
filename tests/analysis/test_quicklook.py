"""The picture of simulations."""

import re
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib import image
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure

from prefect_expres.analysis import draw_quicklook, quicklook_figure
from prefect_expres.analysis.colours import colour_of
from prefect_expres.analysis.quicklook import save_and_release, series_of
from prefect_expres.analysis.sources import EmissionSource
from prefect_expres.errors import ResultError
from tests.support.result_files import NAME, even_moon, nothing

Opened = Callable[..., Any]
NORTH = EmissionSource("Io", "north", "RH", (0,))
SOUTH = EmissionSource("Io", "south", "LH", (1,))


def legend_of(figure: Figure) -> dict[str, str]:
    """Read the names in the legend, and their colours."""
    legend = figure.axes[0].get_legend()
    assert legend is not None
    return {
        text.get_text(): to_hex(patch.get_facecolor())
        for text, patch in zip(legend.get_texts(), legend.get_patches(), strict=True)
    }


def angle_axes(figure: Figure) -> list[str]:
    """Read the labels of the axes below the time."""
    return [axis.get_xlabel() for axis in figure.axes[0].child_axes]


def size_of(picture: Path) -> tuple[int, int]:
    """Read width and height from the head of a PNG file."""
    head = picture.read_bytes()[:24]
    assert head.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", head[16:24])
    return width, height


def test_the_picture_is_whole_under_its_name(opened: Opened, tmp_path: Path) -> None:
    """A picture replaces the one before it, and no part is left."""
    picture = tmp_path / "quicklook.png"
    picture.write_bytes(b"old")
    assert draw_quicklook(opened(), picture) == picture
    assert size_of(picture)[0] == 1500
    assert sorted(tmp_path.iterdir()) == sorted([picture, *tmp_path.glob("*.cdf")])


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("a.pdf", b"%PDF"),
        ("a.PDF", b"%PDF"),
        ("a.svg", b"<?xml"),
        ("a.png", b"\x89PNG"),
        ("a.jpg", b"\x89PNG"),
        ("pdf", b"\x89PNG"),
    ],
)
def test_the_end_of_a_name_tells_the_form(tmp_path: Path, name: str, start: bytes) -> None:
    """Any other than PDF and SVG is a PNG."""
    content = save_and_release(Figure(), tmp_path / name).read_bytes()
    assert content.startswith(start)


def test_pictures_for_journals_have_texts_and_fine_pixels(tmp_path: Path) -> None:
    """Fonts of PDF are TrueType, its rasters have 300 dots per inch; a PNG has its own."""
    sizes = {}
    for name in ("a.pdf", "a.png"):
        figure = Figure((2, 1), dpi=50)
        figure.text(0.5, 0.5, "text")
        panel = figure.add_axes((0, 0, 1, 1))
        panel.margins(0)
        panel.fill_between([0, 1], 1, rasterized=True)
        sizes[name] = save_and_release(figure, tmp_path / name).read_bytes()
    assert b"/FontFile2" in sizes["a.pdf"]
    assert b"/Type3" not in sizes["a.pdf"]
    widths = {int(width) for width in re.findall(rb"/Width (\d+)", sizes["a.pdf"])}
    assert max(widths) == pytest.approx(600, abs=1)
    assert size_of(tmp_path / "a.png") == (100, 50)


def test_a_picture_that_fails_leaves_nothing(opened: Opened, tmp_path: Path) -> None:
    """Where the folder is missing there is an error and nothing is left."""
    with pytest.raises(FileNotFoundError):
        draw_quicklook(opened(), tmp_path / "missing" / "quicklook.png")
    assert not list(tmp_path.glob("*quicklook*"))


def test_each_source_has_a_colour(opened: Opened) -> None:
    """The legend names source, hemisphere and polarization with its sign; cold is the north."""
    names = legend_of(quicklook_figure(opened()))
    assert list(names) == ["Io, north, RH (\N{MINUS SIGN})", "Io, south, LH (+)"]
    assert list(names.values()) == [colour_of(NORTH), colour_of(SOUTH)]
    ordinary = legend_of(quicklook_figure(opened(modes=("LO", "LO"))))
    assert list(ordinary.values()) == list(names.values())


def test_pixels_are_drawn_as_they_are(opened: Opened) -> None:
    """Above the grid, neither smoothed nor kept square, from the lowest row upwards."""
    panel = quicklook_figure(opened()).axes[0]
    assert panel.get_aspect() == "auto"
    for drawn in panel.images:
        assert (drawn.get_interpolation(), drawn.get_zorder(), drawn.origin) == (
            *("nearest", 1, "lower"),
        )


def test_a_source_that_is_not_seen_is_told(opened: Opened) -> None:
    """What is simulated and not visible stands in the legend, and nothing is drawn."""
    figure = quicklook_figure(opened(visible=nothing()))
    assert all(name.endswith(": not visible") for name in legend_of(figure))
    panel = figure.axes[0]
    assert not panel.images
    (remark,) = panel.texts
    assert (remark.get_text(), remark.get_position()) == ("No emission is visible", (0.5, 0.95))
    assert (remark.get_ha(), remark.get_va(), remark.get_color()) == ("center", "top", "#5f6368")
    assert remark.get_transform() == panel.transAxes


def test_the_axes_tell_time_frequency_and_angles(opened: Opened) -> None:
    """UTC, MHz, the meridian and the moon's phase have an axis each, and whole marks."""
    figure = quicklook_figure(opened(**even_moon()))
    panel = figure.axes[0]
    assert (panel.get_xlabel(), panel.get_ylabel()) == ("time (UTC)", "frequency (MHz)")
    assert angle_axes(figure) == ["CML (System III)", "phase of Io"]
    meridian, phase = panel.child_axes
    assert [mark.get_text() for mark in meridian.get_xticklabels()][:3] == ["180°", "270°", "0°"]
    marks = {
        mark.get_text(): place
        for mark, place in zip(phase.get_xticklabels(), phase.get_xticks(), strict=True)
    }
    # The phase is 170 - 320 + 180 = 30 degrees at midnight, and turns on from there.
    minutes = (marks["90°"] - panel.get_xlim()[0]) * 1440
    assert minutes == pytest.approx(60 / (360 / 595.5 - 360 / 777.6), abs=1)


def test_angles_that_are_not_known_have_no_axis(opened: Opened) -> None:
    """A line at a constant distance does not tell the moon; a file without CML tells no angle."""
    assert angle_axes(quicklook_figure(opened())) == ["CML (System III)"]
    assert angle_axes(quicklook_figure(opened(flags=("Theta",)))) == []


def test_the_meridian_is_not_counted_over_missing_days(opened: Opened) -> None:
    """Between two days far apart nobody knows how often the planet turned: there are no marks."""
    days = [opened(**even_moon(day)) for day in (0, 1, 3)]
    figure = quicklook_figure(days)
    assert angle_axes(figure) == ["CML (System III)", "phase of Io"]
    for axis in figure.axes[0].child_axes:
        places = (axis.get_xticks() - figure.axes[0].get_xlim()[0]) // 1
        assert set(places) == {0, 1, 3}


def test_the_scale_can_be_chosen(opened: Opened) -> None:
    """The frequency axis is as the file's channels are, unless told otherwise."""
    linear, ratios = opened(), opened(frequency=(1.0, 2.0, 4.0, 8.0))
    scales = [
        quicklook_figure(dataset, log=log).axes[0].get_yscale()
        for dataset in (linear, ratios)
        for log in (None, True, False)
    ]
    assert scales == ["linear", "log", "linear", "log", "log", "linear"]


def test_simulations_are_laid_over_each_other(opened: Opened) -> None:
    """Each simulation has shades of its own and is named by what is different in its model."""
    other = NAME.replace("jrm33", "jrm09").replace("3kev", "10kev")
    figure = quicklook_figure([opened(), opened(attributes={"Logical_file_id": [other]})])
    names = legend_of(figure)
    assert list(names) == [
        "Io, north, RH (\N{MINUS SIGN}), JRM33, 3 keV",
        "Io, south, LH (+), JRM33, 3 keV",
        "Io, north, RH (\N{MINUS SIGN}), JRM09, 10 keV",
        "Io, south, LH (+), JRM09, 10 keV",
    ]
    assert len(set(names.values())) == 4
    assert figure.get_suptitle().endswith("\nloss cone, beam width 1°")


def test_the_days_of_a_simulation_are_one(opened: Opened) -> None:
    """Two days of the same model share a colour, and the axis spans both."""
    figure = quicklook_figure([opened(step=3600), opened(step=3600, day=1)])
    assert len(legend_of(figure)) == 2
    low, high = figure.axes[0].get_xlim()
    assert high - low == pytest.approx(2)


def test_labels_are_given_one_by_one(opened: Opened) -> None:
    """Labels replace the names of the models; there must be one for each dataset."""
    several = [opened(), opened(day=1)]
    names = legend_of(quicklook_figure(several, labels=["first", "second"]))
    assert [name.rpartition(", ")[2] for name in names] == ["first", "first", "second", "second"]
    with pytest.raises(ValueError, match="2 datasets and 1 labels"):
        quicklook_figure(several, labels=["first"])
    with pytest.raises(ValueError, match="at least one"):
        quicklook_figure([])


@pytest.mark.parametrize(
    "changes",
    [
        {"visible": nothing()},
        {"flags": (), "visible": nothing(sources=1), "labels": ("Io NORTH",), "modes": ("RX",)},
        {"flags": ("VisibleSources",)},
        {"flags": ("Theta",)},
        {"frequency": (1.0, 10.0, 100.0, 1000.0)},
        {"visible": nothing(steps=2)},
    ],
    ids=["empty", "flags off", "no angle", "no longitude", "logarithmic", "two steps"],
)
def test_every_kind_of_file_can_be_drawn(
    opened: Opened, tmp_path: Path, changes: dict[str, Any]
) -> None:
    """What is not in the file is not in the picture, without an error or a warning."""
    assert size_of(draw_quicklook(opened(**changes), tmp_path / "quicklook.png"))[1] > 300


def test_single_steps_of_a_long_simulation_are_seen(opened: Opened, tmp_path: Path) -> None:
    """One visible step in sixty days is narrower than a pixel, and yet it is drawn."""
    visible = nothing(steps=8640)
    visible[4321, :, 0] = True
    picture = draw_quicklook(opened(visible=visible, flags=("VisibleSources",)), tmp_path / "q.png")
    colours = image.imread(picture)[:, :, :3].reshape(-1, 3)
    drawn = np.abs(colours - np.array(to_rgb(colour_of(NORTH)))).max(axis=1) < 0.01
    patch = 500  # pixels of the same colour in the legend, at most
    assert drawn.sum() > patch


def test_sources_that_cannot_be_told_apart_are_an_error(opened: Opened, tmp_path: Path) -> None:
    """No picture is better than a wrong one."""
    with pytest.raises(ResultError):
        draw_quicklook(opened(flags=()), tmp_path / "quicklook.png")
    assert not (tmp_path / "quicklook.png").exists()


def test_files_of_a_label_share_the_entries_of_their_sources(opened: Opened) -> None:
    """In whatever order they have them, and whichever of them is seen in which file."""
    north, south = nothing(), nothing()
    north[2, 1, 0] = south[3, 2, 0] = True
    first = opened(visible=north, flags=("FC",))
    second = opened(
        visible=south,
        labels=("Io SOUTH", "Io NORTH"),
        frequency=(1.5, 2.5, 3.5, 4.5),
        flags=("FC",),
        day=1,
    )
    legend = quicklook_figure([first, second], labels=["x", "x"]).axes[0].get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == [
        "Io, north, RH (\N{MINUS SIGN}), x",
        "Io, south, LH (+), x",
    ]


def test_each_label_has_its_own_days(opened: Opened) -> None:
    """Not those of the others."""
    series = series_of([opened(), opened(day=1)], ["a", "b"])
    assert [(label, sighting.time.size) for label, sighting in series] == [
        *(("a", 24), ("a", 24), ("b", 24), ("b", 24)),
    ]


def test_a_picture_replaces_another_as_a_whole(opened: Opened, tmp_path: Path) -> None:
    """Who has the old one open keeps it: it is not written over."""
    path, before = tmp_path / "io.png", tmp_path / "before.png"
    path.write_bytes(b"old")
    before.hardlink_to(path)
    draw_quicklook(opened(), path)
    assert before.read_bytes() == b"old"
    assert path.read_bytes().startswith(b"\x89PNG")
