"""How the client of an archive asks: how often, for how long, and what errors keep."""

from datetime import date

import pytest
from starlette.responses import Response

from prefect_expres.archive import Archive, ArchiveClient
from prefect_expres.archive.adql import Sought
from prefect_expres.archive.client import ATTEMPTS
from prefect_expres.errors import ArchiveError, ServiceError
from tests.support.no_pause import NoPause
from tests.support.tap_server import TapService, votable

DAY = Sought(date(2018, 9, 13))


async def test_a_fault_of_the_service_keeps_its_facts(tap: TapService, archive: Archive) -> None:
    """It is asked four times; status and wait are those of the last answer."""
    tap.answer = lambda _: Response("closed", 503, {"Retry-After": "7"})
    clock = NoPause()
    async with ArchiveClient(archive, clock=clock) as client:
        with pytest.raises(ServiceError) as told:
            await client.search(DAY)
    fault = told.value
    assert (fault.status, fault.retry_after, fault.url) == (503, 7.0, f"{tap.url}/sync")
    assert "QUERY" not in str(fault)
    assert len(tap.queries) == ATTEMPTS == 4
    assert len(clock.slept) == 3


@pytest.mark.parametrize(
    "answer",
    [
        Response("no such service", 404),
        Response("", 200),
        Response("x", 200, {"Content-Length": "99999999"}),
    ],
    ids=["refused", "no table", "too large"],
)
async def test_what_is_no_tap_service_is_told(
    tap: TapService, archive: Archive, answer: Response
) -> None:
    """As an error of the archive, at once and without the query."""
    tap.answer = lambda _: answer
    async with ArchiveClient(archive, clock=NoPause()) as client:
        with pytest.raises(ArchiveError) as told:
            await client.search(DAY)
    assert "QUERY" not in str(told.value)
    assert len(tap.queries) == 1


@pytest.mark.parametrize(("seconds", "whole"), [(119.0, True), (120.0, False)])
async def test_pages_come_within_the_time_of_a_search(
    tap: TapService, archive: Archive, seconds: float, *, whole: bool
) -> None:
    """What has come by then is not taken for all there is."""
    clock = NoPause()

    def late(asked: dict[str, str]) -> None:
        clock.time = seconds if "ORDER BY" in asked["QUERY"] else 0.0

    tap.answer = late
    async with ArchiveClient(archive, clock=clock, page=4) as client:
        if whole:
            assert (await client.search(DAY)).rows == 5
        else:
            with pytest.raises(ArchiveError, match="did not give all rows in 120 s; ask for fewer"):
                await client.search(DAY)
    assert len(tap.queries) == (3 if whole else 2)


async def test_the_last_page_may_be_late(tap: TapService, archive: Archive) -> None:
    """Nothing is missing then."""
    clock = NoPause()

    def late(asked: dict[str, str]) -> None:
        clock.time = 121.0 if "ORDER BY" in asked["QUERY"] else 0.0

    tap.answer = late
    async with ArchiveClient(archive, clock=clock) as client:
        found = await client.search(DAY)
    assert (found.rows, found.complete) == (5, True)


async def test_rows_that_come_again_count_once(tap: TapService, archive: Archive) -> None:
    """A service may begin a page with the last row of the one before."""
    pages = [
        votable(["granule_uid", "obs_id"], [(f"g{n}", "s") for n in numbers], status)
        for numbers, status in (((0, 1), "OK"), ((1, 2), "OVERFLOW"), ((2,), "OK"))
    ]
    tap.answer = lambda asked: Response(pages.pop(0)) if "ORDER BY" in asked["QUERY"] else None
    async with ArchiveClient(archive, page=2) as client:
        found = await client.search(Sought())
    assert [each.granule_uid for each in found.simulations[0].granules] == ["g0", "g1", "g2"]
    assert (found.rows, found.complete) == (3, True)
    after = [query.partition("granule_uid > ")[2][:4] for query in tap.queries[1:]]
    assert after == ["", "'g1'", "'g2'"]


async def test_closed_connections_stay_closed(tap: TapService, archive: Archive) -> None:
    """The end of the block closes them."""
    async with ArchiveClient(archive, clock=NoPause()) as client:
        await client.search(DAY)
    with pytest.raises(RuntimeError, match="closed"):
        await client.search(DAY)


async def test_names_of_columns_are_plain(tap: TapService, archive: Archive) -> None:
    """Some services quote them, or write them in capitals."""
    names = [(f'"{name.upper()}"',) for name in tap.columns]
    tap.answer = lambda asked: (
        Response(votable(["column_name"], names)) if "TAP_SCHEMA" in asked["QUERY"] else None
    )
    async with ArchiveClient(archive) as client:
        assert (await client.search(DAY)).rows == 5
