"""What stays in memory of a picture that is saved."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from prefect_expres.analysis import (
    Overview,
    draw_beaming,
    draw_overview,
    draw_quicklook,
    find_arcs,
    find_observatory,
    quicklook_figure,
)
from tests.support.left_behind import left_behind

pytestmark = pytest.mark.slow

Opened = Callable[..., Any]
ONE_DAY = Overview(find_observatory("NenuFAR"), date(2024, 1, 1), date(2024, 1, 1))


@pytest.mark.parametrize("end", ["png", "pdf", "svg"])
def test_a_saved_picture_leaves_nothing(opened: Opened, tmp_path: Path, end: str) -> None:
    """A figure is circles of references around some megabytes, which stay in long processes."""
    dataset = opened()
    assert not left_behind(lambda: draw_quicklook(dataset, tmp_path / f"quicklook.{end}"))


def test_other_pictures_leave_nothing(opened: Opened, tmp_path: Path) -> None:
    """Those of the beaming angle and of many days are saved in the same way."""
    dataset = opened()
    assert not left_behind(lambda: draw_beaming(dataset, tmp_path / "beaming.png"))
    arcs = find_arcs(dataset)
    assert not left_behind(lambda: draw_overview(arcs, tmp_path / "overview.png", ONE_DAY))


def test_a_picture_that_fails_leaves_nothing_in_memory(opened: Opened, tmp_path: Path) -> None:
    """Nor does one whose folder is missing."""
    dataset = opened()

    def fail() -> None:
        with pytest.raises(FileNotFoundError):
            draw_quicklook(dataset, tmp_path / "missing" / "quicklook.png")

    assert not left_behind(fail)


def test_a_figure_that_is_given_stays_whole(opened: Opened, tmp_path: Path) -> None:
    """Who asks for the figure may save it, and go on with it."""
    figure = quicklook_figure(opened())
    figure.savefig(tmp_path / "first.png")
    figure.savefig(tmp_path / "second.png")
    assert (tmp_path / "first.png").read_bytes() == (tmp_path / "second.png").read_bytes()
