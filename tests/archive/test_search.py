"""Search an archive: what is found, page by page, and what is said when it does not go."""

from datetime import date
from typing import Any

import pytest

from prefect_expres.archive import Archive, ArchiveClient, search_archive
from prefect_expres.archive.adql import Sought
from prefect_expres.errors import ArchiveError, ServiceError, UsageError
from tests.support.tap_server import TapService

FIRST, LAST = date(2018, 9, 13), date(2018, 9, 14)


async def test_simulations_of_some_days_are_found(tap: TapService, archive: Archive) -> None:
    """Each once, with all its files; another day, moon or observer is none of them."""
    found = await search_archive(FIRST, LAST, observer="Earth", moon="Io", archive=archive)
    assert found.complete
    assert [each.obs_id[-12:-4] for each in found.simulations] == ["20180913", "20180914"]
    one = found.simulations[0]
    assert one.cdf is not None
    assert one.cdf.access_url is not None
    assert one.cdf.access_url.startswith(f"{tap.files}/earth/2018/09/expres_earth_jupiter_io_")
    assert (one.cdf.start, one.cdf.target_name) is not None
    assert {each.granule_gid for each in one.granules} == {
        *("spectrum", "picture", "catalogue", "calendar", "configuration"),
    }
    assert found.rows == 10
    assert "LIKE '%Earth%'" in tap.queries[-1]
    assert "LIKE '%Io%'" in tap.queries[-1]
    for other in ({"moon": "Europa"}, {"observer": "Juno"}, {"moon": "Jupiter"}):
        assert (await search_archive(FIRST, archive=archive, **other)).rows == 0
    assert (await search_archive(date(2018, 9, 12), archive=archive)).rows == 0


async def test_names_are_found_in_any_case_and_in_foreign_tables(
    tap: TapService, archive: Archive
) -> None:
    """Tables that name their files otherwise say moon and observer in other columns."""
    assert (await search_archive(FIRST, moon="io", observer="earth", archive=archive)).rows == 5
    tap.change(lambda row: row | _renamed(row))
    for sought, rows in (
        ({"moon": "Io"}, 5),
        ({"observer": "Earth"}, 5),
        ({"moon": "Europa"}, 0),
        ({"observer": "Jun"}, 0),
        ({"moon": "o"}, 0),
    ):
        assert (await search_archive(FIRST, archive=archive, **sought)).rows == rows, sought


@pytest.mark.parametrize("written", ["IO", "io", "Io", "iO"])
async def test_names_are_found_as_tables_write_them(
    tap: TapService, archive: Archive, written: str
) -> None:
    """The service is asked for all usual ways, since it may tell small letters from large ones."""
    tap.change(lambda row: row | _renamed(row) | {"target_name": written, "feature_name": None})
    assert (await search_archive(FIRST, moon="iO", archive=archive)).rows == 5


def _renamed(row: dict[str, Any]) -> dict[str, Any]:
    number = row["granule_uid"][-8:].replace("_", "")
    return {
        "granule_uid": f"{row['obs_id'][-12:-4]}-{number}",
        "obs_id": f"run {row['obs_id'][-12:-4]}",
        "file_name": "data.cdf",
        "access_url": "http://other.example/data.cdf",
    }


@pytest.mark.parametrize("largest", [100_000, 7])
async def test_thousands_of_rows_come_page_by_page(
    tap: TapService, archive: Archive, largest: int
) -> None:
    """Each row once and in order, also where the service gives fewer at once than it is asked."""
    tap.repeat(2500 if largest > 100 else 50)
    tap.largest = largest
    async with ArchiveClient(archive, page=1000 if largest > 100 else 20) as client:
        found = await client.search(Sought(date(2018, 1, 1), date(2018, 12, 31)))
    assert found.complete
    uids = [each.granule_uid for one in found.simulations for each in one.granules]
    assert len(set(uids)) == len(uids) == (2500 if largest > 100 else 50)
    assert len(tap.queries) == (4 if largest > 100 else 9)
    assert all("TOP" in query for query in tap.queries[1:])


async def test_no_more_rows_than_asked_for(tap: TapService, archive: Archive) -> None:
    """And it is said that there are more."""
    tap.repeat(300)
    found = await search_archive(FIRST, LAST, archive=archive, most=50)
    assert (found.rows, found.complete) == (50, False)


@pytest.mark.parametrize("name", ["I'o", "Io%", "", "x" * 50, "Io; DROP TABLE", "I_o"])
async def test_what_is_no_name_is_not_sent(archive: Archive, tap: TapService, name: str) -> None:
    """Neither a quote nor a wildcard reaches the query."""
    with pytest.raises(UsageError, match="give its name, as Earth or Io"):
        await search_archive(FIRST, moon=name, archive=archive)
    assert tap.queries == []


async def test_days_in_the_wrong_order_are_not_sent(archive: Archive) -> None:
    """The message has both."""
    with pytest.raises(UsageError, match="2018-09-13 is before the first, 2018-09-14"):
        await search_archive(LAST, FIRST, archive=archive)


def test_a_last_day_alone_bounds_nothing() -> None:
    """One simulation is sought by its identifier."""
    assert list(Sought(last=LAST, obs_id="s").conditions([])) == ["obs_id = 's'"]


async def test_an_identifier_is_quoted(tap: TapService, archive: Archive) -> None:
    """A quote in it ends no text of the query."""
    async with ArchiveClient(archive) as client:
        with pytest.raises(ArchiveError, match="has no simulation"):
            await client.find("x' OR '1' = '1")
    assert "x'' OR ''1'' = ''1" in tap.queries[-1]


async def test_a_table_that_is_not_there_is_named(tap: TapService) -> None:
    """One of two addresses may be wrong."""
    with pytest.raises(ArchiveError, match=r"no table expres.other of http.*look at its name"):
        await search_archive(FIRST, archive=Archive(url=tap.url, table="expres.other"))


async def test_a_table_without_the_columns_is_named(tap: TapService, archive: Archive) -> None:
    """No query is sent that would fail."""
    tap.hidden = {"time_min", "access_url"}
    with pytest.raises(ArchiveError, match=r"no table of EPN-TAP 2.0: it has no access_url, time"):
        await search_archive(FIRST, archive=archive)
    assert len(tap.queries) == 1


async def test_optional_columns_may_be_missing(tap: TapService, archive: Archive) -> None:
    """They are not asked for."""
    tap.hidden = {"access_md5", "thumbnail_url", "feature_name", "file_name", "fingerprint"}
    found = await search_archive(FIRST, moon="Io", archive=archive)
    assert found.rows == 5
    assert found.simulations[0].granules[0].access_md5 is None


async def test_nobody_there_is_told_in_bounded_time() -> None:
    """The address is named without the query, which is long."""
    nowhere = Archive(url="http://127.0.0.1:9/tap", timeout=1)
    with pytest.raises(ServiceError, match=r"127\.0\.0\.1:9/tap/sync did not answer") as told:
        await search_archive(FIRST, archive=nowhere)
    assert "QUERY" not in str(told.value)
