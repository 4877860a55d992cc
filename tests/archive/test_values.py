"""What an archive is, holds and gives: values that nobody changes."""

import pytest

from prefect_expres.archive.address import Archive
from prefect_expres.archive.adql import Sought
from prefect_expres.archive.columns import Column
from prefect_expres.archive.granule import Granule, PublishedSimulation, SearchResult
from prefect_expres.archive.home import BroughtHome, PublishedFile
from prefect_expres.archive.publication import Publication, Published
from prefect_expres.archive.rows import Facts
from prefect_expres.archive.tree import Kind, PlacedFile
from tests.support.values import assert_unchangeable


@pytest.mark.parametrize(
    "kind",
    [
        Archive,
        BroughtHome,
        Column,
        Facts,
        Granule,
        Kind,
        PlacedFile,
        Publication,
        Published,
        PublishedFile,
        PublishedSimulation,
        SearchResult,
        Sought,
    ],
)
def test_values_stay_as_they_are(kind: type) -> None:
    """Many share them, and some are keys."""
    assert_unchangeable(kind)
