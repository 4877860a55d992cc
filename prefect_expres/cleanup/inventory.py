"""What stands under an output URL: simulations that are complete, and what is left of others."""

import asyncio
import posixpath
import re
from collections import defaultdict
from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict

from prefect_expres.execution.manifest import MANIFEST, Manifest, read_manifest
from prefect_expres.storage import files_below, path_in

_SIMULATION = re.compile(r".+\.[0-9a-f]{12}")


class Inventory(BaseModel):
    """What stands under an output URL.

    ``bytes`` counts all files; ``complete`` gives the folder of each complete simulation by its
    fingerprint. ``incomplete`` are the folders without a manifest, whose download is under way or
    was cut, ``broken`` those whose manifest cannot be read or does not fit their files; folders
    are given below the output URL.
    """

    model_config = ConfigDict(frozen=True)

    bytes: int
    complete: Mapping[str, str]
    incomplete: tuple[str, ...]
    broken: tuple[str, ...]

    def find(self, fingerprint: str) -> tuple[str, str] | None:
        """Find a complete simulation by the first digits of its fingerprint: all and folder."""
        found = (each for each in self.complete.items() if each[0].startswith(fingerprint))
        return next(found, None)


async def take_inventory(output: str) -> Inventory:
    """Look at everything under an output URL; names and sizes are compared, not hashes.

    Args:
        output: Path or fsspec URL; it may not be there yet.

    Raises:
        StorageError: It cannot be read.
    """
    return await asyncio.to_thread(_take_inventory, output)


def _take_inventory(output: str) -> Inventory:
    sizes = files_below(output)
    folders: dict[str, dict[str, int]] = defaultdict(dict)
    for path, size in sizes.items():
        folder, name = posixpath.split(path)
        if _SIMULATION.fullmatch(folder):
            folders[folder][name] = size
    complete: dict[str, str] = {}
    incomplete: list[str] = []
    broken: list[str] = []
    for folder, files in sorted(folders.items()):
        if MANIFEST not in files:
            incomplete.append(folder)
        elif (manifest := _fitting(path_in(output, folder), files)) is None:
            broken.append(folder)
        else:
            complete[manifest.fingerprint] = folder
    return Inventory(
        bytes=sum(sizes.values()),
        complete=complete,
        incomplete=tuple(incomplete),
        broken=tuple(broken),
    )


def _fitting(folder: str, files: Mapping[str, int]) -> Manifest | None:
    """Read a manifest; None if it cannot be read, or its files are not there in their size."""
    manifest = read_manifest(folder)
    fits = manifest is not None and all(
        files.get(each.name) == each.size for each in manifest.files
    )
    return manifest if fits else None
