"""Files that are whole or absent, on any fsspec file system.

May import: errors, net.
"""

from prefect_expres.storage.atomic import StoredFile, find_whole, write_whole
from prefect_expres.storage.folders import (
    files_below,
    find_files,
    is_file,
    is_there,
    last_change,
    names_in,
    parent_of,
    path_in,
    remove_folder,
)
from prefect_expres.storage.local import (
    atomic_path,
    local_copy,
    local_path,
    refuse_folder,
    require_readable,
)
from prefect_expres.storage.models import as_json, read_model, write_model
from prefect_expres.storage.move import move_files
from prefect_expres.storage.probe import require_writable
from prefect_expres.storage.read import read_blocks, read_bounded, read_or_none, read_whole
from prefect_expres.storage.scratch import scratch_folder

__all__ = [
    "StoredFile",
    "as_json",
    "atomic_path",
    "files_below",
    "find_files",
    "find_whole",
    "is_file",
    "is_there",
    "last_change",
    "local_copy",
    "local_path",
    "move_files",
    "names_in",
    "parent_of",
    "path_in",
    "read_blocks",
    "read_bounded",
    "read_model",
    "read_or_none",
    "read_whole",
    "refuse_folder",
    "remove_folder",
    "require_readable",
    "require_writable",
    "scratch_folder",
    "write_model",
    "write_whole",
]
