"""What can be published where, and what a moment is in a table."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from prefect_expres.archive import Archive, Publication
from prefect_expres.archive.granule import julian_date, moment_of
from prefect_expres.archive.publication import EXPRES_PAPER

URL = "https://data.example.org/expres"


@pytest.mark.parametrize(
    "facts",
    [
        {"url": "data.example.org"},
        {"url": "https://user:secret@data.example.org"},
        {"schema_name": "Robert'; DROP"},
        {"schema_name": "exprés"},
        {"schema_name": "9expres"},
        {"schema_name": "a" * 64},
        {"unknown": 1},
    ],
)
def test_what_cannot_be_published_so_is_refused(facts: dict[str, Any]) -> None:
    """Before anything is written."""
    with pytest.raises(ValueError, match="1 validation error"):
        Publication(**{"folder": "x", "url": URL} | facts)


@pytest.mark.parametrize("url", [URL, "http://localhost:8000/x"])
def test_addresses_end_without_a_slash(url: str) -> None:
    """What follows is put behind one."""
    assert Publication(folder="x", url=f"{url}/").url == url
    assert Archive(url=f"{url}/").url == url


@pytest.mark.parametrize(
    "facts",
    [
        {"url": "ftp://example.org/tap"},
        {"url": "https://user:secret@example.org/tap"},
        {"table": "expres.epn_core; DROP"},
        {"table": "exprés.epn_core"},
        {"table": "a.b.c.d"},
        {"table": "9.b"},
        {"hosts": ()},
        {"timeout": 0},
    ],
)
def test_what_is_no_archive_is_refused(facts: dict[str, Any]) -> None:
    """Its table is part of the query, and its address part of messages."""
    with pytest.raises(ValueError, match="1 validation error"):
        Archive(**facts)


@pytest.mark.parametrize("table", ["epn_core", "a.b.c2"])
def test_a_table_may_have_schema_and_catalogue(table: str) -> None:
    """Or neither."""
    assert Archive(table=table).table == table
    assert Publication(folder="x", url=URL, schema_name="a" * 63).schema_name == "a" * 63


def test_the_default_is_the_table_of_the_team() -> None:
    """As it is registered in the virtual observatory, with the hosts of its files."""
    assert Archive().model_dump() == {
        "url": "https://voparis-tap-maser.obspm.fr/tap",
        "table": "expres.epn_core",
        "trusted_hosts": ("maser.obspm.fr", "maser.lesia.obspm.fr"),
        "timeout": 120.0,
    }
    plain = Publication(folder="x", url=URL)
    assert (plain.schema_name, plain.reference) == ("expres", EXPRES_PAPER)
    assert (plain.publisher, plain.creator, plain.contact) == ("", "", "")


def test_julian_dates_are_those_of_the_almanac() -> None:
    """J2000.0 is 2451545.0; what is no date is None."""
    noon = datetime(2000, 1, 1, 12, tzinfo=UTC)
    assert julian_date(noon) == 2451545.0
    assert moment_of(2451545.0 + 1e-9) == noon
    assert moment_of(julian_date(noon + timedelta(seconds=7))) == noon + timedelta(seconds=7)
    assert [moment_of(each) for each in (None, 0.0, 1e300)] == [None, None, None]
