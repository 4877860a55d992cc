"""Large arrays are read in blocks that fit to how they are stored."""

from itertools import pairwise

import numpy as np
import pytest

from prefect_expres.observations.spectrum import blocks, in_blocks


@pytest.mark.parametrize("chunk", [1, 7, 1350, 5000, 100_000])
def test_blocks_take_no_chunk_apart(chunk: int) -> None:
    """They follow each other, begin where a chunk begins, and are large but for the last."""
    found = list(blocks((86_400, 800), chunk))
    assert found[0].start == 0
    assert found[-1].stop == 86_400
    assert all(one.stop == other.start for one, other in pairwise(found))
    assert all(each.start % chunk == 0 for each in found)
    assert all(each.stop - each.start >= min(chunk, 86_400) for each in found[:-1])
    assert max(each.stop - each.start for each in found) <= max(5300, chunk)


def test_blocks_without_chunks_are_as_large_as_may_be() -> None:
    """Four million cells and a few; a row may have more."""
    assert list(blocks((9000, 1003))) == [slice(0, 4181), slice(4181, 8362), slice(8362, 9000)]
    assert list(blocks((2, 2**23))) == [slice(0, 1), slice(1, 2)]
    assert list(blocks((3, 0))) == [slice(0, 3)]
    asked: list[slice] = []

    def read(rows: slice) -> np.ndarray:
        asked.append(rows)
        return np.zeros((rows.stop - rows.start, 1003))

    in_blocks((9000, 1003), read)
    assert asked[0] == slice(0, 4181)


@pytest.mark.parametrize("along", [0, 1])
def test_an_array_is_read_block_by_block(along: int) -> None:
    """Each row once, and turned around if asked for."""
    whole = np.arange(9_000_000, dtype=np.int32).reshape(9000, 1000)
    asked: list[slice] = []

    def read(rows: slice) -> np.ndarray:
        asked.append(rows)
        return whole[rows]

    values = in_blocks((9000, 1000), read, along=along, chunk=1000)
    np.testing.assert_array_equal(values, whole if along == 0 else whole.T)
    assert [(each.start, each.stop) for each in asked] == [(0, 4000), (4000, 8000), (8000, 9000)]
