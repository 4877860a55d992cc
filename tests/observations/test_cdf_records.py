"""Records are found in CDF files wherever they are, or left to cdflib."""

from pathlib import Path
from typing import Any

import cdflib
import numpy as np
import pytest
from cdflib.cdfwrite import CDF

from prefect_expres.errors import ObservationError
from prefect_expres.observations import open_observation
from prefect_expres.observations.cdf_records import PlainRecords
from tests.support import observation_files as files


def written(path: Path, values: Any, kind: int, *, encoding: int = 6) -> PlainRecords:
    """Write a variable, and find its records."""
    files.write_records(path, values, kind, {"Encoding": encoding})
    found = PlainRecords.of(path, cdflib.CDF(path), "x")
    assert found is not None
    return found


@pytest.mark.parametrize("encoding", [1, 6])
@pytest.mark.parametrize(
    ("kind", "name"), [(CDF.CDF_REAL4, "f4"), (CDF.CDF_REAL8, "f8"), (CDF.CDF_UINT1, "u1")]
)
def test_any_part_is_read(tmp_path: Path, encoding: int, kind: int, name: str) -> None:
    """In either order of bytes, and as cdflib reads it."""
    values = np.arange(200).reshape(50, 4).astype(name)
    found = written(tmp_path / "a.cdf", values, kind, encoding=encoding)
    for first, end in ((0, 50), (0, 1), (13, 37), (49, 50)):
        np.testing.assert_array_equal(found.read(first, end), values[first:end])


def test_parts_of_several_blocks(tmp_path: Path) -> None:
    """A file that grew has its records in many places."""
    values = np.arange(200, dtype="f4").reshape(50, 4)
    path = tmp_path / "a.cdf"
    one = written(path, values, CDF.CDF_REAL4)
    (block,) = one.blocks
    width = one.size * one.kind.itemsize
    split = [
        type(block)(first, end, block.offset + first * width)
        for first, end in ((0, 7), (7, 8), (8, 50))
    ]
    several = PlainRecords(path, one.kind, one.size, tuple(split))
    for first, end in ((0, 50), (6, 9), (7, 8), (40, 50)):
        np.testing.assert_array_equal(several.read(first, end), values[first:end])


@pytest.mark.parametrize("squeezed", [{"Compress": 6}, {"Sparse": "pad_sparse"}])
def test_others_are_left_to_cdflib(tmp_path: Path, squeezed: dict[str, Any]) -> None:
    """Compressed and sparse records are no plain arrays."""
    path = tmp_path / "a.cdf"
    file = CDF(path)
    spec = {
        "Variable": "x",
        "Data_Type": CDF.CDF_REAL4,
        "Num_Elements": 1,
        "Rec_Vary": True,
        "Dim_Sizes": [4],
        "Compress": 0,
    }
    values = files.flux()
    records = [0, 1, 2, 3, 4, 9]
    file.write_var(
        spec | squeezed, var_data=values if "Compress" in squeezed else [records, values]
    )
    file.close()
    assert PlainRecords.of(path, cdflib.CDF(path), "x") is None


def test_an_index_that_leads_in_a_circle_is_refused(tmp_path: Path) -> None:
    """A hostile file does not keep us for ever."""
    path = files.juno(tmp_path / "a.cdf", squeezed=False)
    head = cdflib.CDF(path).vdr_info("Data").head_vxr
    content = bytearray(path.read_bytes())
    content[head + 12 : head + 20] = head.to_bytes(8, "big")
    path.write_bytes(content)
    with pytest.raises(ObservationError, match="leads in a circle"):
        open_observation(path)


def test_records_that_are_none_are_refused(tmp_path: Path) -> None:
    """What an index leads to must be an index or values: other bytes would be read as flux."""
    path = files.juno(tmp_path / "a.cdf", squeezed=False)
    plain = PlainRecords.of(path, cdflib.CDF(path), "Data")
    assert plain is not None
    kind = plain.blocks[0].offset - 4
    content = bytearray(path.read_bytes())
    content[kind : kind + 4] = (8).to_bytes(4, "big")
    path.write_bytes(content)
    with pytest.raises(ObservationError, match="its records are damaged"):
        open_observation(path)
