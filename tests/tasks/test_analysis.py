"""The analysis as tasks of a science flow."""

from pathlib import Path

import fsspec
import pytest
import xarray as xr
from prefect import flow

from prefect_expres.analysis import open_results, visible_windows
from prefect_expres.errors import ResultError, UsageError
from prefect_expres.storage import StoredFile, write_whole
from prefect_expres.tasks import (
    compare_simulations,
    draw_simulations,
    export_results,
    find_windows,
    view_results,
)
from tests.support.result_files import Result, two_windows, write

pytestmark = pytest.mark.usefixtures("server")


async def test_tasks_go_from_files_to_files(tmp_path: Path) -> None:
    """Windows, picture, comparison and exports come from a simulation's file, by tasks."""
    cdf = tmp_path / "expres.cdf"
    write(Result(two_windows()), cdf)

    @flow
    async def study() -> None:
        with open_results(cdf) as dataset:
            assert await find_windows([cdf], gap=1) == visible_windows(dataset) != []
        assert await find_windows([cdf], "LOFAR") == []
        picture = await draw_simulations([cdf], tmp_path / "talk.png", log=True)
        assert picture.read_bytes().startswith(b"\x89PNG")
        comparison = await compare_simulations(cdf, cdf)
        assert not comparison.missing
        assert not comparison.added
        for name in ("results.nc", "results.zarr"):
            exported = await export_results(cdf, tmp_path / name)
            with xr.open_dataset(exported) as dataset:
                assert "time" in dataset.sizes
        with pytest.raises(ResultError, match=r"\.nc or \.zarr"):
            await export_results(cdf, tmp_path / "results.csv")

    await study()


@pytest.fixture(params=["file", "memory", "s3"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give a folder on each kind of file system."""
    if request.param == "s3":
        return f"{request.getfixturevalue('bucket')}/analysis"
    return {"file": tmp_path.as_uri(), "memory": f"memory://{tmp_path.name}"}[request.param]


async def stored(folder: str, tmp_path: Path) -> list[StoredFile]:
    """Store a result and a log in a folder, as `download_results` does."""
    cdf = tmp_path / "made.cdf"
    write(Result(two_windows()), cdf)
    files = {"expres.CDF": cdf.read_bytes(), "run.log": b"done"}
    return [await write_whole(folder, name, content) for name, content in files.items()]


async def test_downloaded_files_and_their_urls_are_taken(folder: str, tmp_path: Path) -> None:
    """All that a download gave, one file of it, or its URL: on any file system."""
    files = await stored(folder, tmp_path)

    @flow
    async def study() -> None:
        windows = await find_windows(files, gap=1)
        assert len(windows) == 3
        assert await find_windows(files[0], gap=1) == windows
        assert await find_windows(files[0].url, gap=1) == windows
        assert (await compare_simulations(files, files[0].url)).missing == ()

    await study()


async def test_views_lie_beside_the_result_if_nothing_else_is_said(
    folder: str, tmp_path: Path
) -> None:
    """Of a result as it was downloaded, or of its URL."""
    files = await stored(folder, tmp_path)
    names = ["expres.png", "expres.ics", "expres.tfcat.json"]

    @flow
    async def viewing() -> None:
        beside = [await view_results(files), await view_results(files[0].url)]
        elsewhere = await view_results(files, tmp_path / "views")
        assert [file.name for file in elsewhere.files] == names
        assert all((tmp_path / "views" / name).is_file() for name in names)
        for view in beside:
            own = [files[0].url.replace("expres.CDF", name) for name in names]
            assert [file.url for file in view.files] == own
            assert len(view.windows or ()) == 3

    await viewing()


async def test_products_are_written_to_any_file_system(folder: str, tmp_path: Path) -> None:
    """A picture and a netCDF file go where they are wanted; a Zarr store is a folder on a disk."""
    files = await stored(folder, tmp_path)

    @flow
    async def products() -> None:
        picture = await draw_simulations(files, f"{folder}/talk.png")
        with fsspec.open(str(picture), "rb") as file:
            assert file.read(4) == b"\x89PNG"
        export = await export_results(files, f"{folder}/results.nc")
        with fsspec.open(str(export), "rb") as file:
            assert file.read(4) == b"\x89HDF"
        if not folder.startswith("file:"):
            with pytest.raises(UsageError, match="local path"):
                await export_results(files, f"{folder}/results.zarr")

    await products()


async def test_one_result_is_one_file(tmp_path: Path) -> None:
    """Where one result is needed, several or none are refused in words."""
    files = await stored(tmp_path.as_uri(), tmp_path)

    @flow
    async def wrong() -> None:
        with pytest.raises(ResultError, match="but 2 were given"):
            await export_results([files[0], files[0]], tmp_path / "two.nc")
        with pytest.raises(ResultError, match="no CDF file"):
            await find_windows(files[1:])

    await wrong()
