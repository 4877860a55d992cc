"""The files of a simulation in the tree of the MASER repository: ``observer/YYYY/MM/name.ext``.

All files of a simulation have the name that ExPRES gives its CDF file, each with an end of its own.
"""

import asyncio
import hashlib
import io
import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from prefect_expres.execution import SimulationResult
from prefect_expres.storage import StoredFile, read_blocks, read_whole, write_whole
from prefect_expres.storage.copy import copy_whole

THUMBNAIL_END = "_thumb.png"
_THUMBNAIL_WIDTH = 200


@dataclass(frozen=True)
class Kind:
    """A kind of published file.

    Attributes:
        gid: What its rows have as ``granule_gid``.
        end: How its name ends.
        product: How its data are organised, as EPNcore says it.
        media: Its media type.
        level: Its processing level: 5 is derived, 6 is ancillary.
    """

    gid: str
    end: str
    product: str
    media: str
    level: int = 5


SPECTRUM = Kind("spectrum", ".cdf", "ds", "application/x-cdf")
PICTURE = Kind("picture", ".png", "im", "image/png")
CATALOGUE = Kind("catalogue", ".tfcat.json", "ca", "application/json")
CALENDAR = Kind("calendar", ".ics", "ca", "text/calendar")
CONFIGURATION = Kind("configuration", ".json", "ci", "application/json", 6)
EPHEMERIS = Kind("ephemeris", ".csv", "ts", "text/csv", 6)


@dataclass(frozen=True)
class PlacedFile:
    """A file in the tree: its kind, its path below the root, its size and its hashes."""

    kind: Kind
    path: str
    size: int
    md5: str
    sha256: str


def files_of(result: SimulationResult) -> Iterator[tuple[Kind, StoredFile]]:
    """Give the files that are published, the CDF file first."""
    by_name = {file.name: file for file in result.files}
    configuration = f"{result.label}.json"
    named = [
        (SPECTRUM, result.cdf),
        (PICTURE, result.quicklook),
        (CATALOGUE, result.catalogue),
        (CALENDAR, result.calendar),
        (CONFIGURATION, configuration),
        *((EPHEMERIS, name) for name in result.inputs if name != configuration),
    ]
    for kind, name in named:
        if name in by_name:
            yield kind, by_name[name]


async def place(
    result: SimulationResult, root: str, folder: str, stem: str
) -> tuple[list[PlacedFile], str | None]:
    """Copy the files of a simulation into the tree, each whole or absent.

    Args:
        result: The simulation.
        root: Path or fsspec URL of the tree.
        folder: The folder below the root.
        stem: The name of the files, without its end.

    Returns:
        The files, and the path of a small picture, if there is a picture.

    Raises:
        StorageError: A file cannot be read or written.
    """
    placed: list[PlacedFile] = []
    thumbnail = None
    for kind, file in files_of(result):
        source, name = result.url_of(file.name), f"{stem}{kind.end}"
        target = posixpath.join(root, folder)
        md5 = await asyncio.to_thread(_md5, source)
        kept = await copy_whole(source, target, name, file.sha256)
        placed.append(PlacedFile(kind, posixpath.join(folder, name), kept.size, md5, kept.sha256))
        if kind is PICTURE:
            small = await asyncio.to_thread(_thumbnail, source)
            await write_whole(target, f"{stem}{THUMBNAIL_END}", small)
            thumbnail = posixpath.join(folder, f"{stem}{THUMBNAIL_END}")
    return placed, thumbnail


def stem_of(result: SimulationResult) -> str:
    """Give the name that ExPRES gave."""
    return PurePosixPath(result.cdf).stem


def _md5(url: str) -> str:
    digest = hashlib.md5(usedforsecurity=False)
    for block in read_blocks(url):
        digest.update(block)
    return digest.hexdigest()


def _thumbnail(url: str) -> bytes:
    """Draw a picture small, as clients show it beside a row."""
    from PIL import Image  # noqa: PLC0415 - an extra

    content = io.BytesIO()
    with Image.open(io.BytesIO(read_whole(url))) as picture:
        size = (_THUMBNAIL_WIDTH, round(picture.height * _THUMBNAIL_WIDTH / picture.width))
        picture.convert("RGB").resize(size, Image.Resampling.LANCZOS).save(content, "PNG")
    return content.getvalue()
