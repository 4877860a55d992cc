"""How much a table may announce: what is just small enough is read, and a little more is not."""

import pytest

from prefect_expres.archive.votable import read_table
from prefect_expres.errors import ArchiveError
from tests.archive.test_answers import ROW, TEXT, URL, table

BYTE = '<FIELD name="{}" datatype="unsignedByte"/>'


def fixed(size: str, name: str = "FIELD") -> str:
    """Describe a fixed number of values, as a column or for the whole table."""
    kind, value = ("double" if "x" in size else "char"), ("x" if name == "PARAM" else "")
    return f'<{name} name="a" datatype="{kind}" arraysize="{size}" value="{value}"/>'


def packed(letters: int, fields: int = 1) -> bytes:
    """Write rows of bytes in binary form, in so many letters of base64."""
    described = "".join(BYTE.format(f"a{number}") for number in range(fields))
    return table(described, f"<BINARY><STREAM encoding='base64'>{'A' * letters}</STREAM></BINARY>")


@pytest.mark.parametrize(
    ("document", "fits"),
    [
        (table(TEXT, f"<TABLEDATA>{ROW}</TABLEDATA>", 'nrows="10"'), True),
        (table(TEXT, f"<TABLEDATA>{ROW}</TABLEDATA>", 'nrows="11"'), False),
        (table(TEXT, f"<TABLEDATA>{ROW}</TABLEDATA>", 'nrows="ten"'), False),
        (table(fixed("10000"), f"<TABLEDATA>{ROW}</TABLEDATA>"), True),
        (table(fixed("10001"), f"<TABLEDATA>{ROW}</TABLEDATA>"), False),
        (table(fixed("9999") + TEXT, "<TABLEDATA/>"), True),
        (table(fixed("9999") + TEXT + BYTE.format("b"), "<TABLEDATA/>"), False),
        (table(fixed("10001", "PARAM") + TEXT, f"<TABLEDATA>{ROW}</TABLEDATA>"), False),
        (table(fixed("100x100"), "<TABLEDATA/>"), True),
        (table(fixed("100x101"), "<TABLEDATA/>"), False),
        (table(fixed("10000x*"), "<TABLEDATA/>"), True),
        (table(fixed("000000005"), "<TABLEDATA/>"), True),
        (table(fixed("0000000005"), "<TABLEDATA/>"), False),
        (table(fixed("٣"), "<TABLEDATA/>"), False),
        (packed(3000), True),
        (packed(3004), False),
        (packed(6000, 2), True),
        (packed(6004, 2), False),
    ],
)
def test_a_table_may_announce_no_more(document: bytes, *, fits: bool) -> None:
    """Ten rows are asked for: a row has 10,000 letters at most, and 300 for each packed value."""
    if fits:
        read_table(document, URL, 10)
    else:
        with pytest.raises(ArchiveError, match="announces more than 10 rows, or rows of more"):
            read_table(document, URL, 10)


def test_links_are_not_data() -> None:
    """They are shown to people, and nothing follows them."""
    link = '<LINK href="https://a.example.org"/>'
    assert read_table(table(TEXT + link, f"<TABLEDATA>{ROW}</TABLEDATA>"), URL, 10)[0] == [
        {"granule_uid": "x"}
    ]


def test_names_are_plain_and_values_without_white_space() -> None:
    """However a service writes them."""
    named = TEXT.replace("granule_uid", "&quot;Granule_UID&quot;")
    wide = '<FIELD name="TIME" datatype="float"/>'
    rows = "<TR><TD> x </TD><TD>NaN</TD></TR><TR><TD>  </TD><TD>2.5</TD></TR>"
    assert read_table(table(named + wide, f"<TABLEDATA>{rows}</TABLEDATA>"), URL, 10)[0] == [
        {"granule_uid": "x", "time": None},
        {"granule_uid": None, "time": 2.5},
    ]
