"""Files that are whole or absent, on any fsspec file system.

May import: errors.
"""

from prefect_expres.storage.atomic import StoredFile, find_whole, write_whole
from prefect_expres.storage.local import atomic_path, local_copy
from prefect_expres.storage.move import move_files
from prefect_expres.storage.probe import require_writable
from prefect_expres.storage.read import read_bounded, read_or_none
from prefect_expres.storage.scratch import scratch_folder

__all__ = [
    "StoredFile",
    "atomic_path",
    "find_whole",
    "local_copy",
    "move_files",
    "read_bounded",
    "read_or_none",
    "require_writable",
    "scratch_folder",
    "write_whole",
]
