"""The queries, word for word: what a service is asked for decides what can be found."""

from datetime import date

import pytest

from prefect_expres.archive import Archive, ArchiveClient, search_archive
from prefect_expres.archive.adql import REQUIRED, WANTED, Sought, columns_query, page_query
from prefect_expres.archive.client import MOST_ROWS, PAGE
from prefect_expres.archive.granule import Granule
from prefect_expres.errors import UsageError
from tests.support.tap_server import TapService

FIRST, LAST = date(2018, 9, 13), date(2018, 9, 14)
NAMED = ("granule_uid", "obs_id", "file_name", "target_name", "feature_name")
"""Columns that may name a moon; an observer may stand in ``instrument_host_name``, too."""


def test_a_page_is_asked_for_in_the_order_of_the_identifiers() -> None:
    """All conditions hold, and only columns that are wanted and there are asked for."""
    sought = Sought(FIRST, LAST, moon="iO")
    likes = " OR ".join(f"obs_id LIKE '%{each}%'" for each in ("iO", "io", "IO", "Io"))
    assert page_query("a.b", ("obs_id", "time_min", "c1min"), sought, 20, "x'y") == (
        "SELECT TOP 20 obs_id, time_min FROM a.b WHERE time_max > 2458374.500000 AND "
        f"time_min < 2458376.500000 AND ({likes}) AND granule_uid > 'x''y' ORDER BY granule_uid"
    )


def test_without_conditions_all_rows_are_asked_for() -> None:
    """Each column of a row that is read is wanted."""
    columns = ", ".join(Granule.model_fields)
    query = page_query("t", WANTED, Sought(), 7, None)
    assert query == f"SELECT TOP 7 {columns} FROM t ORDER BY granule_uid"
    assert columns_query("a'b") == (
        "SELECT column_name FROM TAP_SCHEMA.columns WHERE table_name = 'a''b'"
    )


def test_a_day_ends_where_the_next_one_begins() -> None:
    """The last day is the first, unless it is given."""
    days = ["time_max > 2458374.500000", "time_min < 2458375.500000"]
    assert list(Sought(FIRST).conditions([])) == days
    assert list(Sought(FIRST, FIRST).conditions([])) == days


def test_names_are_sought_where_they_may_stand() -> None:
    """Observer and moon each in all columns that hold names, and in no others."""
    of_observer, of_moon = Sought(observer="Juno", moon="Io").conditions(WANTED)
    for name, condition in (("Juno", of_observer), ("Io", of_moon)):
        columns = dict.fromkeys(part.split()[0] for part in condition.strip("()").split(" OR "))
        assert list(columns) == [*NAMED, "instrument_host_name"]
        spelled = dict.fromkeys((name, name.lower(), name.upper()))
        assert condition.count("LIKE") == len(columns) * len(spelled)


@pytest.mark.parametrize("name", ["x" * 40, "4U", "Voyager-1", "Solar Orbiter", "S.C."])
def test_names_of_observers_are_sent(name: str) -> None:
    """With digits, dots and spaces, and up to forty letters."""
    assert Sought(observer=name, moon=name).observer == name


@pytest.mark.parametrize("name", ["x" * 41, " Io", "-1", "Ió", "a\n"])
@pytest.mark.parametrize("what", ["observer", "moon"])
def test_other_names_are_not(what: str, name: str) -> None:
    """The error says which of both it is."""
    with pytest.raises(UsageError, match=f"is no {what}; give its name"):
        Sought(**{what: name})


@pytest.mark.parametrize("missing", REQUIRED)
async def test_each_column_that_is_needed_is_missed(
    tap: TapService, archive: Archive, missing: str
) -> None:
    """By its name."""
    tap.hidden = {missing}
    with pytest.raises(Exception, match=f"it has no {missing}; name another table"):
        await search_archive(FIRST, archive=archive)


async def test_columns_are_asked_for_once(tap: TapService, archive: Archive) -> None:
    """Pages have a thousand rows, unless fewer are wanted; so has the list of columns."""
    asked: list[tuple[str, str]] = []

    def note(query: dict[str, str]) -> None:
        asked.append((query["QUERY"].partition(" FROM")[0].split(" granule")[0], query["MAXREC"]))

    tap.answer = note
    async with ArchiveClient(archive) as client:
        await client.search(Sought(FIRST))
        await client.search(Sought(FIRST), most=3)
    async with ArchiveClient(archive, page=20_000) as client:
        await client.search(Sought(FIRST))
    assert (PAGE, MOST_ROWS) == (1000, 10_000)
    columns = ("SELECT column_name", "1000")
    assert asked == [
        columns,
        ("SELECT TOP 1000", "1000"),
        ("SELECT TOP 3", "3"),
        columns,
        ("SELECT TOP 10000", "10000"),
    ]
