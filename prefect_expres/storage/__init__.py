"""Files that are whole or absent, on any fsspec file system.

May import: errors.
"""

from prefect_expres.storage.atomic import StoredFile, find_whole, write_whole

__all__ = ["StoredFile", "find_whole", "write_whole"]
