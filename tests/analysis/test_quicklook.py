"""The picture of a simulation."""

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib import image
from matplotlib.colors import to_rgb
from result_files import nothing, two_windows

from prefect_expres.analysis import draw_quicklook
from prefect_expres.analysis.quicklook import UNIFORM
from prefect_expres.analysis.sources import sources_of
from prefect_expres.analysis.titles import panel_title, provenance, title_of
from prefect_expres.errors import ResultError

Opened = Callable[..., Any]


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
    assert not list(tmp_path.glob("*.part"))


def test_a_picture_that_fails_leaves_nothing(opened: Opened, tmp_path: Path) -> None:
    """Where the folder is missing there is an error and no part."""
    with pytest.raises(FileNotFoundError):
        draw_quicklook(opened(), tmp_path / "missing" / "quicklook.png")
    assert not list(tmp_path.rglob("*.part"))


def test_each_source_has_a_panel(opened: Opened, tmp_path: Path) -> None:
    """The picture is higher by a panel a source; field lines of a source share one."""

    def height(**changes: Any) -> int:
        return size_of(draw_quicklook(opened(**changes), tmp_path / "quicklook.png"))[1]

    one = height(visible=two_windows()[:, :, :1], labels=("Io NORTH",), modes=("RX",))
    assert height(labels=("Io NORTH", "Io NORTH")) == one
    assert height() > one
    assert height(labels=("Io NORTH", "Io NORTH"), modes=("RX", "LO")) == height()


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
    drawn = np.abs(colours - np.array(to_rgb(UNIFORM))).max(axis=1) < 0.01
    assert drawn.sum() > 100


def test_sources_that_cannot_be_told_apart_are_an_error(opened: Opened, tmp_path: Path) -> None:
    """No picture is better than a wrong one."""
    with pytest.raises(ResultError):
        draw_quicklook(opened(flags=()), tmp_path / "quicklook.png")
    assert not (tmp_path / "quicklook.png").exists()


@pytest.mark.parametrize(
    ("name", "title"),
    [
        (
            "expres_earth_jupiter_io_jrm33_lossc-wid1deg_3kev_rx_20240101_v14",
            (
                "Io-induced emission of Jupiter seen from Earth, 2024-01-01\n"
                "JRM33, loss cone, 3 keV, beam width 1°"
            ),
        ),
        (
            "expres_juice_jupiter_ganymede_isaac_cst80.000-wid2deg_10kev_lo_refr_20240101_v14",
            (
                "Ganymede-induced emission of Jupiter seen from JUICE, 2024-01-01\n"
                "ISaAC, constant angle 80°, 10 keV, beam width 2°"
            ),
        ),
        (
            "expres_voyager1_saturn_30d-75r_spv_shell-wid1deg_3kev_rx_20240101_v14",
            (
                "Auroral emission of Saturn (source 30d-75r) seen from Voyager 1, 2024-01-01\n"
                "SPV, shell, 3 keV, beam width 1°"
            ),
        ),
        (
            "expres_juno_jupiter_io_10.25935-kpge-zb59_20240101_v14",
            "Io-induced emission of Jupiter seen from Juno, 2024-01-01",
        ),
        ("something-else", "something-else\n2024-01-01"),
    ],
)
def test_the_title_says_what_was_run(opened: Opened, name: str, title: str) -> None:
    """Observer, planet, moon, day and model come from the file's name, as far as it has them."""
    assert title_of(opened(attributes={"Logical_file_id": [name]})) == title


def test_the_title_has_the_days(opened: Opened) -> None:
    """The last epoch of a day may be the next midnight; a longer simulation has two days."""
    day, days = (opened(visible=nothing(steps=steps), step=3600) for steps in (25, 26))
    assert title_of(day).splitlines()[0].endswith(", 2024-01-01")
    assert title_of(days).splitlines()[0].endswith(", 2024-01-01 to 2024-01-02")


def test_a_panel_is_named_after_its_source(opened: Opened) -> None:
    """Source, hemisphere and polarization stand above a panel."""
    names = [panel_title(source) for source in sources_of(opened())]
    assert names == ["Io, north, RH", "Io, south, LH"]


def test_the_picture_names_its_origin(opened: Opened) -> None:
    """The file and the program are named, so that a model is not taken for ExPRES."""
    dataset = opened(attributes={"Generated_by": ["a sandbox"]})
    assert provenance(dataset).endswith("_v14, a sandbox")
    dataset.attrs = {}
    assert provenance(dataset) == ""
