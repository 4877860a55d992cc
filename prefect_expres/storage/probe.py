"""Try whether a folder can be written, before work begins whose results belong there."""

import asyncio
import shutil

from prefect_expres.errors import StorageError
from prefect_expres.storage.atomic import Part
from prefect_expres.storage.local import local_path

_PROBE = "writable"
_PROBE_BYTES = 2**16


async def require_writable(target: str, needed: int) -> None:
    """Write a few bytes into a folder and remove them: what fails, fails before work begins.

    Args:
        target: The folder: a path or any fsspec URL; it is made if it is missing.
        needed: Bytes that will be written; on a local disk so many must be free.

    Raises:
        StorageError: The folder cannot be written, or has not so much space.
    """
    part = await Part.open(target, _PROBE)
    try:
        await part.write(bytes(_PROBE_BYTES))
        await part.is_whole()
        await part.remove()  # what a store has kept back until now is written then
    except BaseException:
        await part.drop()
        raise
    folder = local_path(target)
    if folder is None:
        return
    folder = folder.absolute()
    free = (await asyncio.to_thread(shutil.disk_usage, folder)).free
    if free < needed:
        msg = (
            f"{folder} has {free / 1e6:.1f} MB free, and the results need about "
            f"{needed / 1e6:.1f} MB. Free some space there, or name another folder."
        )
        raise StorageError(msg, str(folder))
