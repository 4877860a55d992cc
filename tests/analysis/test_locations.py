"""Results at any URL, and products at local paths."""

import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import fsspec
import numpy as np
import pytest
import xarray as xr

from prefect_expres import analysis
from prefect_expres.errors import ResultError, UsageError
from tests.support.result_files import even_moon

Written = Callable[..., Path]
NENUFAR = analysis.find_observatory("NenuFAR")
DAY = date(2024, 1, 1)


@pytest.fixture
def scratch(tmp_path: Path) -> Iterator[Path]:
    """Give the folder in which temporary copies are made."""
    folder, before = tmp_path / "scratch", tempfile.tempdir
    folder.mkdir()
    tempfile.tempdir = str(folder)
    yield folder
    tempfile.tempdir = before


@pytest.fixture(params=["path", "text", "file", "memory"])
def location(request: pytest.FixtureRequest, written: Written) -> Iterator[str | Path]:
    """Give a day of Io: at a local path, as path or text, and at two kinds of URL."""
    path = written(**even_moon())
    if request.param == "memory":
        url = f"memory://results/{path.name}"
        fsspec.filesystem("memory").pipe(url, path.read_bytes())
        path.unlink()
        yield url
        fsspec.filesystem("memory").rm("/results", recursive=True)
    else:
        yield {"path": path, "text": str(path), "file": path.as_uri()}[request.param]


def products(folder: str | Path) -> dict[str, Callable[[xr.Dataset], Any]]:
    """Give every public function that makes something of results, and what it is made of."""

    def at(name: str) -> str:
        return f"{folder}/{name}"

    return {
        "find_arcs": lambda day: [arc.window for arc in analysis.find_arcs([day])],
        "visible_windows": analysis.visible_windows,
        "merge_windows": lambda day: analysis.merge_windows(analysis.visible_windows([day])),
        "compare": lambda day: analysis.compare(day, [day]).unmoved,
        "quicklook_figure": analysis.quicklook_figure,
        "beaming_figure": analysis.beaming_figure,
        "overview_figure": lambda day: analysis.overview_figure(
            analysis.find_arcs(day), analysis.Overview(NENUFAR, DAY, DAY)
        ),
        "draw_quicklook": lambda day: analysis.draw_quicklook(day, at("quicklook.png")),
        "draw_beaming": lambda day: analysis.draw_beaming(day, at("beaming.png")),
        "draw_overview": lambda day: analysis.draw_overview(
            analysis.find_arcs(day), at("o.png"), analysis.Overview(NENUFAR, DAY, DAY)
        ),
        "export_netcdf": lambda day: analysis.export_netcdf(day, at("io.nc")),
        "export_zarr": lambda day: analysis.export_zarr(day, at("io.zarr")),
        "write_csv": lambda day: analysis.write_csv(analysis.visible_windows(day), at("io.csv")),
        "write_parquet": lambda day: analysis.write_parquet(
            analysis.visible_windows(day), at("io.parquet")
        ),
        "write_calendar": lambda day: analysis.write_calendar(
            analysis.visible_windows(day), at("io.ics")
        ),
        "write_catalogue": lambda day: analysis.write_catalogue(
            analysis.find_arcs(day), at("io.json")
        ),
    }


WRITERS = sorted(
    name for name in analysis.__all__ if name.startswith(("draw_", "export_", "write_"))
)


def test_every_function_that_takes_results_is_here() -> None:
    """A new public function joins the tests below."""
    models = {"Comparison", "Observatory", "Overview", "Shift", "Window"}
    others = {"open_results", "find_observatory", "cut_windows"}
    assert {*products("/")} == {*analysis.__all__} - models - others


@pytest.mark.slow
@pytest.mark.parametrize("name", products("/"))
def test_every_function_takes_results_of_any_location(
    name: str, location: str | Path, tmp_path: Path
) -> None:
    """What `open_results` gives is whole, also after the copy of a remote file is deleted."""
    made = products(tmp_path)[name](analysis.open_results(location))
    assert made
    if isinstance(made, Path):
        assert made.parent == tmp_path
        assert made.exists()


def test_a_remote_file_is_copied_only_while_it_is_read(location: str | Path, scratch: Path) -> None:
    """The values are in memory, and no copy stays behind."""
    dataset = analysis.open_results(location)
    assert not list(scratch.iterdir())
    assert np.count_nonzero(dataset["Theta"].notnull()) == 60
    assert dataset.attrs["Project"] == "ExPRES"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("memory://results/none.cdf", "cannot be read: No such file"),
        ("file:///none/none.cdf", "cannot be read as CDF: .* No such file"),
        ("nowhere://none.cdf", "cannot be read: Protocol not known"),
    ],
)
def test_a_url_that_cannot_be_read_is_named(url: str, words: str) -> None:
    """A missing file and an unknown file system are errors of the result."""
    with pytest.raises(ResultError, match=f"^{url} {words}"):
        analysis.open_results(url)


def test_a_remote_file_that_is_no_result_is_named(scratch: Path) -> None:
    """The error names the URL, not the copy, which is deleted."""
    url = "memory://results/page.cdf"
    fsspec.filesystem("memory").pipe(url, b"<html>502 Bad Gateway</html>")
    with pytest.raises(ResultError, match=f"^{url} cannot be read as CDF: {url} is") as caught:
        analysis.open_results(url)
    assert str(scratch) not in str(caught.value)
    assert not list(scratch.iterdir())


@pytest.mark.parametrize(
    "url", ["nowhere://key:secret@host/io.cdf", "memory://key:secret@host/io.cdf"]
)
def test_the_secrets_of_a_url_are_not_shown(url: str) -> None:
    """Neither the error nor what it is raised from shows a user or a password."""
    with pytest.raises(ResultError) as caught:
        analysis.open_results(url)
    assert "secret" not in str(caught.value)
    assert caught.value.__suppress_context__
    assert "/io.cdf" in str(caught.value)
    with pytest.raises(UsageError) as refused:
        analysis.write_csv([], url)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("name", WRITERS)
def test_products_are_written_to_file_urls(name: str, written: Written, tmp_path: Path) -> None:
    """A ``file://`` URL is a local path."""
    folder = tmp_path / "out put"
    folder.mkdir()
    made = products(f"file://{folder}")[name](analysis.open_results(written(**even_moon())))
    assert list(folder.iterdir()) == [made]


@pytest.mark.parametrize("name", WRITERS)
def test_products_are_not_written_to_other_urls(name: str, written: Written) -> None:
    """The error says what is possible instead."""
    with pytest.raises(UsageError, match=r"is not a local path: .* then copy the file there"):
        products("memory://out")[name](analysis.open_results(written(**even_moon())))
    assert not fsspec.filesystem("memory").exists("/out")
