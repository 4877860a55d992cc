"""What is not installed is told before anything is asked, written or fetched."""

import sys
from pathlib import Path
from typing import Any

import pytest

from prefect_expres.archive import (
    Archive,
    ArchiveClient,
    ArchiveReuse,
    get_published,
    publish_simulations,
)
from prefect_expres.archive.extra import TO_ASK, TO_PUBLISH, require
from prefect_expres.errors import ArchiveError
from tests.archive.test_get import OBS_ID
from tests.archive.test_reuse import request_for
from tests.support.listening import Told
from tests.support.tap_server import TapService, publication_at


def test_all_that_is_missing_is_told() -> None:
    """And how it is installed."""
    with pytest.raises(ArchiveError, match=r"^no_such, nor_this is not installed; pip install"):
        require(("no_such", "pyvo", "nor_this"))


@pytest.mark.parametrize("package", ["pyvo", "astropy"])
def test_asking_needs(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The client says it when it is made."""
    assert package in TO_ASK
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ArchiveError, match=f"^{package} is not installed"):
        ArchiveClient(Archive())


@pytest.mark.parametrize("package", ["astropy", "cdflib", "xarray", "pyarrow", "PIL"])
async def test_publishing_needs(
    package: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Nothing is written."""
    assert package in TO_PUBLISH
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ArchiveError, match=f"^{package} is not installed"):
        await publish_simulations([], publication_at(tmp_path, "https://data.example.org"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("package", ["cdflib", "xarray"])
async def test_comparing_needs(
    package: str,
    tap: TapService,
    archive: Archive,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    configuration: dict[str, Any],
) -> None:
    """A file comes home with a warning; nothing that cannot be compared stands for a run."""
    monkeypatch.setitem(sys.modules, package, None)
    told = Told()
    home = await get_published(OBS_ID, str(tmp_path), archive=archive, tell=told)
    assert home.files[0].checked == ("checksum", "size")
    async with ArchiveReuse(archive, tell=told) as reuse:
        assert await reuse.take(request_for(configuration), str(tmp_path / "run")) is None
    missing = f"{package} is not installed; pip install 'prefect-expres[analysis]' brings it"
    assert told.warnings == [
        f"{home.cdf} is not compared with the table: {missing}",
        f"Published simulations cannot be compared: {missing}",
    ]
