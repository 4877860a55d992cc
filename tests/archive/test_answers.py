"""Answers of a TAP service that are wrong, of somebody else, or meant to harm."""

import io
from datetime import date
from pathlib import Path

import pytest
from astropy.io.votable import parse
from starlette.responses import Response

from prefect_expres.archive import Archive, search_archive
from prefect_expres.archive.votable import read_table
from prefect_expres.errors import ArchiveError, ExpresError, RequestRejected, Unreachable
from tests.support.tap_server import TapService, as_it_is, votable, votable_error

DAY = date(2018, 9, 13)
URL = "http://tap.example.org/tap/sync"


def table(fields: str, data: str, attributes: str = "") -> bytes:
    """Write a VOTable as a service may."""
    return (
        '<VOTABLE version="1.3" xmlns="http://www.ivoa.net/xml/VOTable/v1.3">'
        f'<RESOURCE type="results"><INFO name="QUERY_STATUS" value="OK"/><TABLE {attributes}>'
        f"{fields}<DATA>{data}</DATA></TABLE></RESOURCE></VOTABLE>"
    ).encode()


TEXT = '<FIELD name="granule_uid" datatype="char" arraysize="*"/>'
ROW = "<TR><TD>x</TD></TR>"


def test_rows_are_read_with_none_for_what_is_empty() -> None:
    """Masked values, empty texts and NaN are the same."""
    document = votable(
        ["granule_uid", "time_min", "processing_level", "target_name"],
        [("a", 2458374.5, 5, "Io"), ("b", None, None, None)],
    )
    assert read_table(document, URL, 10) == (
        [
            {"granule_uid": "a", "time_min": 2458374.5, "processing_level": 5, "target_name": "Io"},
            {"granule_uid": "b", "time_min": None, "processing_level": None, "target_name": None},
        ],
        True,
    )
    assert read_table(votable(["granule_uid"], [("a",)], "OVERFLOW"), URL, 10)[1] is False
    assert read_table(votable(["granule_uid"], [("a",)], "overflow"), URL, 10)[1] is False
    assert len(read_table(table(TEXT, f"<TABLEDATA>{ROW * 10}</TABLEDATA>"), URL, 10)[0]) == 10


@pytest.mark.parametrize("form", ["binary", "binary2"])
def test_rows_in_binary_form_are_read(form: str) -> None:
    """As DaCHS writes them unless it is asked otherwise."""
    tree = parse(io.BytesIO(votable(["granule_uid", "time_min"], [("a", 2458374.5), ("b", 1.0)])))
    written = io.BytesIO()
    tree.get_first_table().format = form
    tree.to_xml(written, tabledata_format=form)
    assert b"<TR>" not in written.getvalue()
    rows, whole = read_table(written.getvalue(), URL, 10)
    assert whole
    assert rows == [
        {"granule_uid": "a", "time_min": 2458374.5},
        {"granule_uid": "b", "time_min": 1.0},
    ]


@pytest.mark.parametrize("scheme", ["file", "http", "ftp"])
@pytest.mark.parametrize("form", ["BINARY", "BINARY2"])
def test_data_elsewhere_are_not_fetched(tmp_path: Path, scheme: str, form: str) -> None:
    """The library would open any file and address that the service names."""
    secret = tmp_path / "secret"
    secret.write_bytes(b"\0\0\0\1s")
    stream = f'<{form}><STREAM href="{scheme}://{secret}"/></{form}>'
    with pytest.raises(ArchiveError, match="leads to data elsewhere"):
        read_table(table(TEXT, stream), URL, 10)


@pytest.mark.parametrize("form", ["FITS", "PARQUET"])
def test_files_within_a_table_are_not_opened(form: str) -> None:
    """No query here is answered so."""
    with pytest.raises(ArchiveError, match="leads to data elsewhere"):
        read_table(table(TEXT, f"<{form}><STREAM>x</STREAM></{form}>"), URL, 10)


@pytest.mark.parametrize(
    "document",
    [
        table(TEXT, f"<TABLEDATA>{ROW}</TABLEDATA>", 'nrows="100000000000"'),
        table(TEXT, f"<TABLEDATA>{ROW}</TABLEDATA>", 'nrows="-1"'),
        table(TEXT, f"<TABLEDATA>{ROW * 11}</TABLEDATA>"),
        table(
            '<FIELD name="a" datatype="char" arraysize="1000000000"/>',
            f"<TABLEDATA>{ROW}</TABLEDATA>",
        ),
        table(
            '<FIELD name="a" datatype="double" arraysize="9999x9999x9"/>',
            f"<TABLEDATA>{ROW}</TABLEDATA>",
        ),
        table(
            "".join(f'<FIELD name="a{n}" datatype="char" arraysize="900"/>' for n in range(12)),
            f"<TABLEDATA>{ROW}</TABLEDATA>",
        ),
        table(
            '<FIELD name="a" datatype="unsignedByte"/>',
            f"<BINARY><STREAM encoding='base64'>{'AAAA' * 1000}</STREAM></BINARY>",
        ),
    ],
    ids=["rows", "negative", "more rows", "letters", "cube", "fields", "binary"],
)
def test_no_memory_is_taken_for_what_is_only_announced(document: bytes) -> None:
    """It is refused before the library reads it."""
    with pytest.raises(ArchiveError, match="more than 10 rows, or rows of more than"):
        read_table(document, URL, 10)


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (b"", "no VOTable that is read here"),
        (b"no XML at all", "no VOTable that is read here"),
        (b"<VOTABLE><RESOURCE>", "no VOTable that is read here"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><VOTABLE/>', "document type declaration"),
        (b"<VOTABLE/>", "cannot be read"),
        (b'<VOTABLE version="1.3"><RESOURCE type="results"/></VOTABLE>', "cannot be read"),
        (b"<VOTABLE>" + b"<a/>" * 200_001 + b"</VOTABLE>", "elements and attributes"),
    ],
    ids=["empty", "text", "cut", "entities", "nothing", "no table", "many"],
)
def test_what_is_no_table_is_told(document: bytes, words: str) -> None:
    """In the words of people, and never as an error of the library."""
    with pytest.raises(ArchiveError, match=words):
        read_table(document, URL, 10)


def test_pages_and_errors_are_told_apart() -> None:
    """A page may go away; an error in a VOTable is the answer."""
    with pytest.raises(Unreachable, match="maintenance"):
        read_table(b"<html><title>Back soon</title></html>", URL, 10)
    with pytest.raises(RequestRejected, match="no such column"):
        read_table(bytes(votable_error("no such column").body), URL, 10)
    late = table(TEXT, f"<TABLEDATA>{ROW}</TABLEDATA>").replace(
        b"</RESOURCE>", b'<INFO name="QUERY_STATUS" value="ERROR">too long</INFO></RESOURCE>'
    )
    with pytest.raises(ArchiveError, match="refused the query: too long"):
        read_table(late.replace(b'value="OK"/>', b'value="OK"/>' + b" " * 9000), URL, 10)


@pytest.mark.parametrize("status", [200, 400])
async def test_a_refused_query_is_told_in_the_words_of_the_service(
    tap: TapService, archive: Archive, status: int
) -> None:
    """Once: it is not asked again."""
    tap.answer = lambda _: votable_error("the dog ate the index", status)
    with pytest.raises(ArchiveError, match="the dog ate the index") as told:
        await search_archive(DAY, archive=archive)
    assert "QUERY=" not in str(told.value)
    assert len(tap.queries) == 1


async def test_a_page_is_asked_for_again_and_then_told(tap: TapService) -> None:
    """A gateway's page may be gone a moment later."""
    tap.answer = lambda _: Response("<html><title>Sorry</title></html>", media_type="text/html")
    with pytest.raises(ExpresError, match="'Sorry'"):
        await search_archive(DAY, archive=Archive(url=tap.url, timeout=1))
    assert len(tap.queries) > 1
    tap.answer = as_it_is
    assert (await search_archive(DAY, archive=Archive(url=tap.url))).rows == 5


async def test_a_service_that_does_not_page_is_not_asked_for_ever(
    tap: TapService, archive: Archive
) -> None:
    """The same rows again, or none and yet more, end the search."""
    columns = ["column_name"]
    rows = [(name,) for name in tap.columns]

    def same(asked: dict[str, str]) -> Response:
        if "TAP_SCHEMA" in asked["QUERY"]:
            return Response(votable(columns, rows))
        return Response(votable(["granule_uid", "obs_id"], [("a", "s")], "OVERFLOW"))

    tap.answer = same
    with pytest.raises(ArchiveError, match="gives no further rows, but says that there are more"):
        await search_archive(DAY, archive=archive)
    assert len(tap.queries) == 3


async def test_a_row_of_other_types_is_told(tap: TapService, archive: Archive) -> None:
    """It is named, and its column."""
    tap.change(lambda row: row | {"time_min": "yesterday"})
    tap.answer = lambda asked: (
        None
        if "TAP_SCHEMA" in asked["QUERY"]
        else Response(votable(["granule_uid", "obs_id", "target_class"], [("a", None, "x")]))
    )
    with pytest.raises(ArchiveError, match="'a' of the table has no valid obs_id"):
        await search_archive(DAY, archive=archive)
