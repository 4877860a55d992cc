"""Copy a file between file systems so that it is whole or absent."""

import asyncio

from prefect_expres.storage.atomic import Part, StoredFile, find_whole
from prefect_expres.storage.read import read_blocks


async def copy_whole(source: str, target: str, name: str, sha256: str) -> StoredFile:
    """Copy a file into a folder; if it is there already with this hash, it stays.

    Args:
        source: Path or fsspec URL of the file.
        target: The folder: a path or any fsspec URL; it is made if it is missing.
        name: The file name there.
        sha256: The hash that it has.

    Raises:
        ChecksumMismatch: The file has another hash.
        StorageError: The file is not there, cannot be read, or cannot be written.
    """
    there = await find_whole(target, name, sha256)
    if there is not None:
        return there
    part = await Part.open(target, name, sha256)
    try:
        if part.size:
            await part.restart()
        blocks = read_blocks(source)
        while block := await asyncio.to_thread(next, blocks, b""):
            await part.write(block)
        return await part.keep()
    except BaseException:
        await part.drop()
        raise
