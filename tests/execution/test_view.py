"""What is made of results: picture, calendar and catalogue beside them."""

import asyncio
import re
import sys
from pathlib import Path

import pytest

from prefect_expres.analysis import open_results, visible_windows
from prefect_expres.analysis.windows import Window
from prefect_expres.errors import ResultError
from prefect_expres.execution import ClientSteps, ResultView
from prefect_expres.execution.view import ANALYSIS_NEEDS, missing_for_analysis, view_results
from prefect_expres.storage import StoredFile
from prefect_expres.tasks import find_windows
from tests.support.command_line import run
from tests.support.listening import Told
from tests.support.result_files import Result, nothing, two_windows, write
from tests.support.virtual_service import VirtualService


async def test_visible_windows_are_found_and_drawn(tmp_path: Path) -> None:
    """Three files with the result's name; two who view it write the same bytes."""
    visible = two_windows()
    visible[6:8, 3, 1] = True
    cdf = write(Result(visible), tmp_path / "expres_io.v14.cdf")
    file = StoredFile(name=cdf.name, url=f"file://{cdf}", size=cdf.stat().st_size, sha256="0" * 64)
    told = Told()
    async with VirtualService().client() as client:
        view = await ClientSteps(client, tell=told).view(file, str(tmp_path / "one"))
    names = ["expres_io.v14.png", "expres_io.v14.ics", "expres_io.v14.tfcat.json"]
    assert [file.name for file in view.files] == names
    assert view.picture == (tmp_path / "one" / names[0]).read_bytes()
    assert view.picture is not None
    assert view.picture.startswith(b"\x89PNG")
    assert view.windows is not None
    assert len(view.windows) == 4
    starts = [window.start for window in view.windows]
    assert starts == sorted(starts)
    stamps = re.findall("DTSTAMP:(.*Z)", (tmp_path / "one" / names[1]).read_text())
    assert stamps == [f"{starts[0]:%Y%m%dT%H%M%SZ}"] * 4
    assert b'"features"' in (tmp_path / "one" / names[2]).read_bytes()
    assert told.steps("view") == [f"4 windows of visible emission; {', '.join(names)}"]
    again = await view_results(str(cdf), str(tmp_path / "two"))
    assert [file.sha256 for file in again.files] == [file.sha256 for file in view.files]


@pytest.mark.parametrize(("pause", "count"), [(15, 1), (16, 2)])
async def test_all_who_look_at_a_file_see_the_same_windows(
    tmp_path: Path, pause: int, count: int
) -> None:
    """The view, the calendar, the task and the analysis hold pauses of up to 15 minutes."""
    visible = nothing(steps=120)
    visible[10:20, 1, 0] = visible[20 + pause : 60, 1, 0] = True
    cdf = str(write(Result(visible, step=60.0), tmp_path / "io.cdf"))
    view = await view_results(cdf, str(tmp_path))
    assert view.windows is not None
    assert len(view.windows) == count
    with open_results(cdf) as dataset:
        assert visible_windows(dataset) == list(view.windows)
    assert await find_windows.fn(cdf) == list(view.windows)
    assert (tmp_path / "io.ics").read_text().count("BEGIN:VEVENT") == count
    told = await asyncio.to_thread(run, "windows", cdf, "--json")
    assert [Window.model_validate(each) for each in told.found] == list(view.windows)


async def test_nothing_visible_is_a_view_too(tmp_path: Path) -> None:
    """Without a window there is none, and the files are made all the same."""
    cdf = str(write(Result(nothing()), tmp_path / "io.cdf"))
    view = await view_results(cdf, str(tmp_path))
    assert view.windows == ()
    assert [file.name for file in view.files] == ["io.png", "io.ics", "io.tfcat.json"]


async def test_what_is_no_result_is_told(tmp_path: Path) -> None:
    """By its name."""
    path = tmp_path / "io.cdf"
    path.write_bytes(b"no CDF")
    with pytest.raises(ResultError, match=r"io\.cdf"):
        await view_results(str(path), str(tmp_path))


async def test_without_the_analysis_extra_there_is_no_view(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The user is told why, and no file is made."""
    monkeypatch.setitem(sys.modules, "icalendar", None)
    cdf, told = str(write(Result(two_windows()), tmp_path / "io.cdf")), Told()
    assert await view_results(cdf, str(tmp_path / "view"), told) == ResultView()
    (warning,) = told.warnings
    assert warning.startswith("No quicklook and no windows: icalendar is not installed; ")
    assert not (tmp_path / "view").exists()


def test_what_is_missing_is_named() -> None:
    """With the command that installs it."""
    assert missing_for_analysis() is None
    assert ANALYSIS_NEEDS == ("cdflib", "xarray", "matplotlib", "contourpy", "icalendar")
    missing = missing_for_analysis(["json", "no_such_module", "nor_this"])
    remedy = "is not installed; pip install 'prefect-expres[analysis]' brings it"
    assert missing == f"no_such_module, nor_this {remedy}"
