"""Where a CDF file of format 3 has the records of a variable, so that they can be read in parts.

cdflib reads the whole block of records that a part is in, which may be all of a day, and copies it
twice. Blocks that are not compressed are plain arrays, and an index tells where they are: the
variable index records (VXR) of the CDF Internal Format Description, chapter 2.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Self

import numpy as np
from numpy.typing import NDArray

_START = struct.Struct(">qi")
"""Size and type, with which every internal record begins."""

_INDEX = struct.Struct(">qii")
"""Where the next index is, how many entries this one has room for, and how many it has."""

_OF_INDEX, _OF_VALUES = 6, 7
"""Types of internal records; compressed values have another."""

_BIG_ENDIAN = frozenset({1, 2, 5, 7, 9, 11, 12})
"""Encodings of a file; all others that cdflib opens have the last byte first."""

_KINDS = {1: "i1", 2: "i2", 4: "i4", 11: "u1", 12: "u2", 14: "u4", 21: "f4", 22: "f8"}
_KINDS |= {41: "i1", 44: "f4", 45: "f8"}
"""Data types of CDF, and of NumPy."""


@dataclass(frozen=True)
class _Block:
    """Records beside each other: the first, the end, and where they are in the file."""

    first: int
    end: int
    offset: int


@dataclass(frozen=True)
class PlainRecords:
    """The records of a variable that are plain arrays in a file."""

    path: Path
    kind: np.dtype[Any]
    size: int
    blocks: tuple[_Block, ...]

    @classmethod
    def of(cls, path: Path, cdf: Any, name: str) -> Self | None:
        """Find the records of a variable; None if they are compressed, sparse, or of another kind.

        Args:
            path: The file.
            cdf: The same, opened by cdflib.
            name: The variable, whose records have one dimension or none.
        """
        info, variable = cdf.cdf_info(), cdf.vdr_info(name)
        plain = not (info.Compressed or variable.compression_bool or variable.sparse)
        known = variable.data_type in _KINDS and str(info.Version).startswith("3")
        if not (plain and known):
            return None
        order = ">" if info.Encoding in _BIG_ENDIAN else "<"
        size = int(np.prod(variable.dim_sizes, dtype=int))
        with path.open("rb") as file:
            blocks = tuple(_blocks(file, variable.head_vxr, set()))
        return cls(path, np.dtype(order + _KINDS[variable.data_type]), size, blocks)

    def read(self, first: int, end: int) -> NDArray[Any]:
        """Read records from the first one on, up to the end, shape (records, size)."""
        parts = [
            np.fromfile(
                self.path,
                self.kind,
                (min(end, block.end) - begin) * self.size,
                offset=block.offset + (begin - block.first) * self.size * self.kind.itemsize,
            )
            for block in self.blocks
            for begin in [max(first, block.first)]
            if begin < min(end, block.end)
        ]
        return np.concatenate(parts).reshape(end - first, self.size)


def _blocks(file: BinaryIO, place: int, seen: set[int]) -> Iterator[_Block]:
    """Follow the indices from one on; an entry of an index may be another."""
    while place:
        if place in seen:
            raise ValueError("the index of its records leads in a circle")
        seen.add(place)
        file.seek(place)
        size, _ = _START.unpack(file.read(_START.size))
        following, room, used = _INDEX.unpack(file.read(_INDEX.size))
        content = file.read(size - _START.size - _INDEX.size)
        bounds = np.frombuffer(content, ">i4", 2 * room).reshape(2, room)
        places = np.frombuffer(content, ">i8", room, offset=8 * room)
        for first, last, at in zip(*bounds[:, :used].tolist(), places.tolist(), strict=False):
            file.seek(at)
            _, kind = _START.unpack(file.read(_START.size))
            if kind == _OF_INDEX:
                yield from _blocks(file, at, seen)
            elif kind == _OF_VALUES:
                yield _Block(first, last + 1, at + _START.size)
            else:
                raise ValueError("its records are damaged")
        place = following
