"""Records of every kind that a CDF file may have, and indices that branch."""

import struct
from pathlib import Path

import cdflib
import numpy as np
import pytest
from cdflib.cdfwrite import CDF

from prefect_expres.observations.cdf_records import PlainRecords
from tests.support import observation_files as files

VERSION, ENCODING = 28, 36
"""Where a file has the number of its version, and that of its encoding."""

KINDS = {
    "CDF_INT1": "i1",
    "CDF_INT2": "i2",
    "CDF_INT4": "i4",
    "CDF_UINT1": "u1",
    "CDF_UINT2": "u2",
    "CDF_UINT4": "u4",
    "CDF_REAL4": "f4",
    "CDF_REAL8": "f8",
    "CDF_BYTE": "i1",
    "CDF_FLOAT": "f4",
    "CDF_DOUBLE": "f8",
}


def put(path: Path, place: int, number: int) -> None:
    """Replace four bytes of a file."""
    content = bytearray(path.read_bytes())
    content[place : place + 4] = number.to_bytes(4, "big")
    path.write_bytes(content)


def found(path: Path) -> PlainRecords | None:
    """Find the records of the variable."""
    return PlainRecords.of(path, cdflib.CDF(path), "x")


@pytest.mark.parametrize(("kind", "name"), KINDS.items())
def test_numbers_of_each_kind_are_read(tmp_path: Path, kind: str, name: str) -> None:
    """As cdflib reads them."""
    values = np.arange(1, 25).reshape(6, 4).astype(name)
    records = found(files.write_records(tmp_path / "a.cdf", values, getattr(CDF, kind)))
    assert records is not None
    assert records.read(0, 6).dtype == np.dtype(f"<{name}")
    np.testing.assert_array_equal(records.read(1, 5), values[1:5])


@pytest.mark.parametrize("encoding", [1, 2, 4, 5, 6, 7, 9, 11, 12, 13, 16])
def test_encodings_have_an_order_of_bytes(tmp_path: Path, encoding: int) -> None:
    """That of the machine that wrote the file, whichever it was."""
    values = np.arange(1, 25, dtype="i4").reshape(6, 4)
    first = 1 if encoding in {1, 2, 5, 7, 9, 11, 12} else 6
    path = files.write_records(tmp_path / "a.cdf", values, CDF.CDF_INT4, {"Encoding": first})
    put(path, ENCODING, encoding)
    assert cdflib.CDF(path).cdf_info().Encoding == encoding
    records = found(path)
    assert records is not None
    np.testing.assert_array_equal(records.read(0, 6), values)


def test_what_is_no_plain_array_is_left_to_cdflib(tmp_path: Path) -> None:
    """Files of version 2, files that are compressed as a whole, and times."""
    values = np.arange(1, 25, dtype="f8").reshape(6, 4)
    path = files.write_records(tmp_path / "a.cdf", values, CDF.CDF_REAL8)
    put(path, VERSION, 2)
    assert found(path) is None
    assert found(files.write_records(tmp_path / "b.cdf", values, CDF.CDF_EPOCH)) is None
    assert (
        found(files.write_records(tmp_path / "c.cdf", values, CDF.CDF_REAL8, {"Compressed": 6}))
        is None
    )


def index(entries: list[tuple[int, int, int]], room: int, following: int = 0) -> bytes:
    """Make an index of records: the first, the last and the place of each block."""
    columns = np.full((3, room), -1, dtype=">i8")
    columns[:, : len(entries)] = np.array(entries).T
    body = columns[:2].astype(">i4").tobytes() + columns[2].tobytes()
    return struct.pack(">qiqii", 28 + len(body), 6, following, room, len(entries)) + body


def test_indices_may_branch_and_follow_each_other(tmp_path: Path) -> None:
    """A file that grew has several; entries that are not used yet lead nowhere."""
    values = files.flux()
    path = files.write_records(tmp_path / "a.cdf", values, CDF.CDF_REAL4)
    head = cdflib.CDF(path).vdr_info("x").head_vxr
    content = path.read_bytes()

    def add(record: bytes) -> int:
        nonlocal content
        content += record
        return len(content) - len(record)

    def block(first: int, end: int) -> int:
        data = values[first:end].astype("<f4").tobytes()
        return add(struct.pack(">qi", 12 + len(data), 7) + data)

    inner = add(index([(0, 0, block(0, 1)), (1, 2, block(1, 3))], room=4))
    second = add(index([(3, 5, block(3, 6))], room=2))
    top = add(index([(0, 2, inner)], room=3, following=second))
    path.write_bytes(content.replace(head.to_bytes(8, "big"), top.to_bytes(8, "big")))
    records = found(path)
    assert records is not None
    assert [(each.first, each.end) for each in records.blocks] == [(0, 1), (1, 3), (3, 6)]
    np.testing.assert_array_equal(records.read(0, 6), values)
    np.testing.assert_array_equal(records.read(2, 4), values[2:4])
